"""The parts of the gateway, put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.access.sessions import Sessions
from gateway.audit import Audit
from gateway.http.reception import Reception
from gateway.live.hub import Hub
from gateway.organisation.projection import ORGANISATION, Organisation
from gateway.views.parts import Composer

if TYPE_CHECKING:
    from gateway.settings import GatewaySettings
    from kernel.client import Client
    from kernel.database import Database


@dataclass(frozen=True)
class Gateway:
    """What the doors need: one of each in a process."""

    settings: GatewaySettings
    database: Database
    client: Client
    organisation: Organisation
    sessions: Sessions
    reception: Reception
    audit: Audit
    hub: Hub
    composer: Composer

    @classmethod
    def of(cls, settings: GatewaySettings, database: Database, client: Client) -> Gateway:
        """The parts, on a database and a connection to the bus."""
        sessions = Sessions(database, ORGANISATION)
        return cls(
            settings=settings,
            database=database,
            client=client,
            organisation=ORGANISATION,
            sessions=sessions,
            reception=Reception(sessions, settings),
            audit=Audit(database),
            hub=Hub(client.nats, settings.site),
            composer=Composer(client),
        )

    def forget(self) -> None:
        """Whatever was remembered of users and units may have changed: look anew."""
        self.organisation.forget()
        self.sessions.forget()
