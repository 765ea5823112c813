"""The words of notices and mails: templates in Spanish and English."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from kernel.problems import language_of, spell
from notifications.notices.model import News, Rule
from notifications.recipients.model import Recipient

_FRACTIONS = frozenset({"attainment", "threshold"})


def title_and_text(
    rule: Rule, news: News, recipient: Recipient, about: Recipient | None
) -> tuple[str, str]:
    """What a person is told, in their language; amounts and days as its readers write them.

    Args:
        about: the rep, or whose quota it is, where they are known.
    """
    template = _template(f"{language_of(recipient.locale)}/{rule.key}.txt")
    said = {name: _spoken(name, each, recipient) for name, each in news.figures.items()}
    said["about"] = spell(about.name if about else None)
    return _block(template, "title", said), _block(template, "text", said)


def mail_body(recipient: Recipient, text: str, address: str | None) -> str:
    """A mail around the text of a notice; `address` is where a browser finds what it is about."""
    template = _template(f"{language_of(recipient.locale)}/mail.txt")
    return template.render(name=recipient.name, text=text, address=address)


def _spoken(name: str, value: Any, recipient: Recipient) -> str:
    if name in _FRACTIONS:
        return f"{spell(value * 100, recipient.locale)}%"
    return spell(value, recipient.locale)


def _block(template: Template, name: str, said: dict[str, Any]) -> str:
    lines = template.blocks[name](template.new_context(said))
    return " ".join("".join(lines).split())


@cache
def _environment() -> Environment:
    # Plain text: select_autoescape leaves .txt alone and would escape an .html beside it.
    return Environment(
        loader=PackageLoader("notifications"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )


def _template(name: str) -> Template:
    return _environment().get_template(name)
