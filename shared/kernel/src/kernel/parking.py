"""Messages that could not be handled: set aside with their reason, tried again, shown, replayed.

A message that fails is parked at once and acknowledged, and tried again from here with back-off.
So it survives a restart, nobody waits behind it, and the retries cost the flow nothing. What
comes later for the same entity is parked behind it, for effects of one entity keep their order.
After the last try it waits for a person: `gerencia parked` lists, shows and replays.
"""

from __future__ import annotations


def tables(service: str) -> list[str]:
    """The table of parked messages; `retry_at` is null when only a person tries it again."""
    return [
        """
        CREATE TABLE parked (
            place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            source text COLLATE "C" NOT NULL,
            id uuid NOT NULL,
            type text COLLATE "C" NOT NULL,
            entity text COLLATE "C" NOT NULL,
            headers jsonb NOT NULL,
            body bytea NOT NULL,
            reason text NOT NULL,
            tries integer NOT NULL,
            retry_at timestamptz,
            parked_at timestamptz NOT NULL DEFAULT now(),
            UNIQUE (source, id)
        )
        """,
        "CREATE INDEX parked_entity ON parked (source, entity, place)",
        f"GRANT SELECT ON parked TO {service}_app",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON parked TO {service}_worker",
    ]
