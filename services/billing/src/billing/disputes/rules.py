"""When something is in dispute."""

from __future__ import annotations

from dataclasses import dataclass

from kernel.problems import Refusal


@dataclass(eq=False)
class AlreadyDisputed(Refusal):
    """An item has one dispute at a time."""

    code = "disputes.already-disputed"
    title = "The item is in dispute already"
    number: str


@dataclass(eq=False)
class NotDisputed(Refusal):
    """Only what is in dispute can be settled."""

    code = "disputes.not-disputed"
    title = "The item is not in dispute"
    number: str


def check_new(number: str, *, disputed: bool) -> None:
    """An item has one dispute at a time; one that was settled can be disputed again.

    What is in dispute stays owed and counts as exposure; it is not reminded, earns no interest,
    and is settled last by payments that do not name it.

    Raises:
        AlreadyDisputed

    Source: BI4.
    """
    if disputed:
        raise AlreadyDisputed(number)


def check_settled(number: str, *, disputed: bool) -> None:
    """Only what is in dispute can be settled.

    Raises:
        NotDisputed

    Source: BI4.
    """
    if not disputed:
        raise NotDisputed(number)
