"""Records on their way through the gateway: in batches, sent again until they are answered."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from contracts.imports import ImportAnswer
from gerencia.connection import answer
from gerencia.installation import GerenciaError
from gerencia.sources.reading import Load, Read, Refused, Row

if TYPE_CHECKING:
    from contracts.imports import RefusedRow

ROWS = 500
BYTES = 3_000_000
IN_FLIGHT = 2
BATCH_SECONDS = 120
PATIENCE_SECONDS = 600.0
"""How long a batch is sent again while the gateway or a service does not answer."""

MOMENTARY = frozenset({429, 502, 503, 504})
ABOUT_THE_ROWS = frozenset({400, 409, 413, 422})
STILL_RUNNING = "request.still-running"


@dataclass
class Tally:
    """What became of the rows of one load."""

    operation: str
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[Refused] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows were answered."""
        return self.added + self.changed + self.unchanged + len(self.refused)

    def add(self, other: Tally) -> None:
        """Count what became of further rows."""
        self.added += other.added
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.refused += other.refused


@dataclass(frozen=True)
class Sender:
    """Sends batches of one import.

    Args:
        run: names this run, so that a batch sent again gets the answer of the first time, and a
            later run is told anew that nothing changed.
        company: what the source makes a company of.
        extra: further fields of a command, by name, for those commands that have them.
    """

    http: httpx.Client
    run: str
    company: str
    extra: Mapping[str, str] = field(default_factory=dict)
    patience: float = PATIENCE_SECONDS
    pause: float = 0.5

    def send(self, load: Load) -> Iterator[Tally]:
        """Send all rows of a load; the tally is told again and again while it grows."""
        tally = Tally(load.command.operation)
        in_flight = 1 if load.in_order else IN_FLIGHT
        with ThreadPoolExecutor(in_flight) as pool:
            waiting: set[Future[Tally]] = set()
            for batch in _batches(load.rows(), tally):
                waiting.add(pool.submit(self._batch, load, batch))
                if len(waiting) > in_flight:
                    waiting = _first_done(waiting, tally)
                    yield tally
            while waiting:
                waiting = _first_done(waiting, tally)
                yield tally
        yield tally

    def _batch(self, load: Load, batch: Sequence[Row[Any]]) -> Tally:
        """Send one batch; one that is refused as a whole is halved until the row is found."""
        response = self._answered(load, batch)
        if response.is_success:
            return _told(load, batch, ImportAnswer.model_validate_json(response.content))
        if response.status_code not in ABOUT_THE_ROWS:
            answer(response)
        if len(batch) == 1:
            return Tally(load.command.operation, refused=[_refused_alone(batch[0], response)])
        middle = len(batch) // 2
        both = self._batch(load, batch[:middle])
        both.add(self._batch(load, batch[middle:]))
        return both

    def _answered(self, load: Load, batch: Sequence[Row[Any]]) -> httpx.Response:
        """Send until there is an answer: the key makes sure that it is done once."""
        body = self._body(load, batch)
        key = hashlib.sha256(f"{self.run}/{load.command.operation}/".encode() + body).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "Request-Timeout": str(BATCH_SECONDS),
        }
        path = f"/api/v1/batches/{load.command.operation}"
        until = time.monotonic() + self.patience
        while True:
            try:
                response = self.http.post(path, content=body, headers=headers)
                if not _is_momentary(response) or time.monotonic() > until:
                    return response
            except httpx.TransportError:
                if time.monotonic() > until:
                    raise
            time.sleep(self.pause)

    def _body(self, load: Load, batch: Sequence[Row[Any]]) -> bytes:
        given = {name: self.extra[name] for name in self.extra if name in load.command.model_fields}
        records = [row.record for row in batch]
        command = load.command.model_validate({"company": self.company, "records": records} | given)
        return command.model_dump_json(exclude_defaults=True).encode()


def settle(http: httpx.Client, patience: float = PATIENCE_SECONDS) -> None:
    """Wait until every service has heard of everything.

    Raises:
        GerenciaError: they are still at it after all this time.
    """
    until = time.monotonic() + patience
    while True:
        response = http.get("/api/v1/admin/settled", params={"timeout": 30})
        if response.is_success:
            return
        if response.status_code not in MOMENTARY:
            answer(response)
        if time.monotonic() > until:
            raise GerenciaError(
                "Everything was taken in, but not every service has caught up yet "
                f"({_problem(response).get('detail') or 'nobody says who'}). "
                "`gerencia status` and `gerencia parked` tell more."
            )
        time.sleep(0.5)


def _batches(rows: Iterable[Read[Any]], tally: Tally) -> Iterator[list[Row[Any]]]:
    """Cut the good rows into batches; the others are refused on the way."""
    batch: list[Row[Any]] = []
    size = 0
    for row in rows:
        if isinstance(row, Refused):
            tally.refused.append(row)
            continue
        batch.append(row)
        size += _weight(row)
        if len(batch) >= ROWS or size >= BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _weight(row: Row[Any]) -> int:
    """About how many bytes a record takes on the wire."""
    return 300 + 120 * len(getattr(row.record, "lines", ()))


def _first_done(waiting: set[Future[Tally]], tally: Tally) -> set[Future[Tally]]:
    done, left = wait(waiting, return_when=FIRST_COMPLETED)
    for each in done:
        tally.add(each.result())
    return left


def _told(load: Load, batch: Sequence[Row[Any]], taken: ImportAnswer) -> Tally:
    refused = [_refused(batch[row.index], row) for row in taken.refused]
    return Tally(load.command.operation, taken.added, taken.changed, taken.unchanged, refused)


def _is_momentary(response: httpx.Response) -> bool:
    if response.status_code in MOMENTARY:
        return True
    return response.status_code == 409 and _problem(response).get("code") == STILL_RUNNING


def _refused(row: Row[Any], why: RefusedRow) -> Refused:
    return Refused(row.line.file, row.line.number, why.key, why.code, why.detail)


def _refused_alone(row: Row[Any], response: httpx.Response) -> Refused:
    problem = _problem(response)
    reason = " ".join(filter(None, (problem.get("title"), problem.get("detail"))))
    code = problem.get("code") or str(response.status_code)
    return Refused(row.line.file, row.line.number, row.record.key, code, reason)


def _problem(response: httpx.Response) -> dict[str, Any]:
    try:
        problem = response.json()
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}
