"""Where mail is handed in, and from whom it comes."""

from __future__ import annotations

from pydantic_settings import BaseSettings, SettingsConfigDict


class MailSettings(BaseSettings):
    """`GERENCIA_SMTP_URL`, `GERENCIA_MAIL_FROM`, `GERENCIA_PUBLIC_ORIGIN`."""

    model_config = SettingsConfigDict(env_prefix="GERENCIA_", extra="ignore", frozen=True)

    smtp_url: str = ""
    """`smtp://user:password@host:port`, or `smtps://`; without it no mail is made."""
    mail_from: str = "Gerencia <no-reply@gerencia.invalid>"
    public_origin: str = ""
    """Where browsers reach the gateway: `https://ventas.example.com`."""
    mail_timeout_seconds: float = 15.0
