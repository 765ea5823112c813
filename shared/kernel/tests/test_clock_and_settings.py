"""The clock is read in one place, settings come from the environment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from kernel import clock
from kernel.settings import Settings


def test_the_clock_is_in_utc() -> None:
    assert clock.now().utcoffset() == timedelta(0)


def test_a_day_belongs_to_a_place() -> None:
    with clock.stopped_at(datetime(2026, 3, 1, 2, tzinfo=UTC)):
        assert clock.today() == date(2026, 3, 1)
        assert clock.today("America/Monterrey") == date(2026, 2, 28)


def test_the_clock_goes_on_afterwards() -> None:
    moment = datetime(2001, 1, 1, tzinfo=UTC)
    with clock.stopped_at(moment):
        assert clock.now() == moment
    assert clock.now() > moment


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GERENCIA_SITE", "monterrey")
    monkeypatch.setenv("GERENCIA_ALLOW_UNSYNCED_BROKER", "1")
    monkeypatch.setenv("GERENCIA_BACKGROUND_SECONDS", "0.2")
    settings = Settings()
    assert (settings.site, settings.allow_unsynced_broker) == ("monterrey", True)
    assert settings.background_seconds == 0.2


@pytest.mark.parametrize(
    "wrong",
    [{"site": "Not a token."}, {"app_dsn": "mysql://x"}, {"http_port": 70000}],
    ids=str,
)
def test_wrong_settings_are_refused_at_the_start(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(wrong)


def test_a_login_is_not_shown() -> None:
    assert "secret" not in repr(Settings(app_dsn="postgresql://a:secret@localhost/b"))
