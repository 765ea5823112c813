"""What the gateway is told by its environment, beyond what every service is told."""

from __future__ import annotations

from pathlib import Path

from limits import parse
from pydantic import Field, field_validator

from kernel.settings import Settings

MEBIBYTE = 1024 * 1024


class GatewaySettings(Settings):
    """`GERENCIA_HOST`, `GERENCIA_PORT` and the rest of the gateway's own settings."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    """Where browsers and scripts come in; 0 takes a free one."""
    admin_token_file: Path | None = None
    """Made at the first start: the token of the local administrator, for whoever owns the file."""
    public_origin: str | None = None
    """Our address as browsers see it, when a proxy stands before us: `https://ventas.mx`."""
    rate_limit: str = "60000/minute"
    """Requests of one person; generous, for it guards against accidents, not against people."""
    sign_in_limit: str = "10/minute"
    """Failed sign-ins of one user, and ten times as many from one address."""
    body_limit: int = MEBIBYTE
    batch_limit: int = 7 * MEBIBYTE
    """What fits into one message on the bus."""

    files: str | None = None
    """Where files are kept: a folder, or a bucket (`s3://…`); without it none are taken."""
    file_limit: int = 100 * MEBIBYTE
    """The largest file that is taken."""

    @field_validator("rate_limit", "sign_in_limit")
    @classmethod
    def _is_a_rate(cls, rate: str) -> str:
        parse(rate)
        return rate

    @property
    def trusted_origins(self) -> frozenset[str]:
        """Origins that are ours although they do not bear our host's name."""
        return frozenset({self.public_origin} if self.public_origin else ())
