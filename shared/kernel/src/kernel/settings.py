"""What a process is told by its environment: `GERENCIA_…`."""

from __future__ import annotations

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_SCHEMES = ("postgresql://", "postgres://")


class Settings(BaseSettings):
    """Settings of every service; a service with more of them adds fields in a subclass.

    Args given by name win over the environment, so tests say what they mean:

    >>> Settings(site="branch-7", nats_url="nats://127.0.0.1:4222").site
    'branch-7'
    """

    model_config = SettingsConfigDict(env_prefix="GERENCIA_", extra="ignore", frozen=True)

    site: str = Field(default="hub", pattern=r"^[a-z0-9][a-z0-9-]*$")
    """The installation that records here: a token of every subject."""
    nats_url: str = "nats://127.0.0.1:4222"
    nats_monitoring_url: str | None = None
    """Where the broker says how it is set up, so that its sync interval can be checked."""
    allow_unsynced_broker: bool = False
    """Start although the broker may lose acknowledged messages at a power cut."""
    app_dsn: str = Field(default="", repr=False)
    """Login of questions and commands; row-level security holds for it."""
    worker_dsn: str = Field(default="", repr=False)
    """Login of the relay, the consumers and the jobs."""
    owner_dsn: str = Field(default="", repr=False)
    """Login of the migrations."""
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=0, ge=0, le=65535)
    """Port of health, metrics and AsyncAPI; 0 takes a free one."""
    log_level: str = "INFO"
    background_seconds: float | None = Field(default=None, gt=0)
    """Period of all background jobs, instead of each job's own."""
    otlp_endpoint: str | None = None
    """Where traces are sent; without it none are recorded."""

    @field_validator("app_dsn", "worker_dsn", "owner_dsn")
    @classmethod
    def _names_postgresql(cls, dsn: str) -> str:
        if dsn and not dsn.startswith(_SCHEMES):
            raise ValueError("a DSN begins with postgresql://")
        return dsn

    @field_validator("log_level")
    @classmethod
    def _upper(cls, level: str) -> str:
        return level.upper()
