"""Handing mails to the mail server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from aiosmtplib import SMTP, SMTPException, SMTPRecipientsRefused, SMTPResponseException

from notifications.mail.model import Mail, Outcome, Refused, Sent, Unknown
from notifications.mail.rules import message_id
from notifications.mail.settings import MailSettings

_FOR_EVER = range(500, 600)


async def send(
    mails: Sequence[Mail], settings: MailSettings
) -> AsyncIterator[tuple[Mail, Outcome]]:
    """Hand in mails one after the other, over one connection as long as it holds.

    A server that does not let us in refuses no mail: all of them are tried again.
    """
    server = _server(settings)
    for mail in mails:
        try:
            if not server.is_connected:
                await server.connect()
        except (SMTPException, OSError) as unreachable:
            yield mail, Unknown(f"not connected: {unreachable}")
            continue
        yield mail, await _hand_in(server, mail, settings)
    server.close()


async def _hand_in(server: SMTP, mail: Mail, settings: MailSettings) -> Outcome:
    try:
        await server.send_message(_message(mail, settings), recipients=[mail.recipient])
    except SMTPRecipientsRefused as refused:
        return _said(refused.recipients[0])
    except SMTPResponseException as answered:
        return _said(answered)
    except (SMTPException, OSError) as cut_off:
        server.close()
        return Unknown(f"cut off: {cut_off}")
    except ValueError as unfit:  # an address or a header that no mail can have
        return Refused(f"not a mail: {unfit}")
    return Sent()


def _said(answer: SMTPResponseException) -> Outcome:
    reason = f"{answer.code} {answer.message}"
    return Refused(reason) if answer.code in _FOR_EVER else Unknown(reason)


def _server(settings: MailSettings) -> SMTP:
    url = urlsplit(settings.smtp_url)
    return SMTP(
        hostname=url.hostname,
        port=url.port,
        username=unquote(url.username) if url.username else None,
        password=unquote(url.password) if url.password else None,
        use_tls=url.scheme == "smtps",
        timeout=settings.mail_timeout_seconds,
    )


def _message(mail: Mail, settings: MailSettings) -> EmailMessage:
    message = EmailMessage()
    message["Message-ID"] = message_id(mail.notification)
    message["Date"] = format_datetime(mail.made_at)
    message["From"] = settings.mail_from
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message
