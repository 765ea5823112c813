"""`gerencia import prices`: a price list through the gateway."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gerencia.connection import answer, gateway
from gerencia.installation import GerenciaError

AT_ONCE = 2000
"""Prices that are taken together: all of them or none."""
SECONDS = 120.0
NEEDED = ("product", "amount", "currency", "valid_from")
PLAIN = ("product", "region", "customer_class", "least_margin", "valid_from", "valid_to")
MONEY = ("amount", "floor", "cost")


@dataclass(frozen=True)
class Listed:
    """What became of the prices of a file."""

    figures: Mapping[str, int]

    def print(self, *, as_json: bool) -> None:
        """Print it on stdout, as JSON or for a person."""
        if as_json:
            print(json.dumps(self.figures))
            return
        print(", ".join(f"{count} {what}" for what, count in self.figures.items()))


def run(path: Path, company: str | None) -> Listed:
    """Read a price list (CSV in UTF-8, with a header) and put its prices into a company's list.

    A file that was taken in before changes nothing. Of a longer one each two thousand prices are
    taken together; when some are refused, those before them stay, and the file can be sent again.

    Args:
        company: needed where there are several.

    Raises:
        GerenciaError: the file is no price list, or a price was refused.
    """
    prices = read(path)
    done = Counter(added=0, changed=0, unchanged=0)
    with gateway(timeout=SECONDS) as http:
        of = _company(answer(http.get("/api/v1/companies"))["rows"], company)
        for first in range(0, len(prices), AT_ONCE):
            body = {"company": of, "prices": prices[first : first + AT_ONCE]}
            done.update(answer(http.post("/api/v1/prices", json=body)))
    return Listed(dict(done))


def read(path: Path) -> list[dict[str, Any]]:
    """The prices of a file, as the gateway takes them.

    Raises:
        GerenciaError: a column is missing, or it is no text.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            missing = [name for name in NEEDED if name not in (rows.fieldnames or ())]
            if missing:
                raise GerenciaError(
                    f"{path.name} has no column {', '.join(missing)}. A price list has the columns "
                    f"{', '.join((*NEEDED, *(n for n in PLAIN + MONEY if n not in NEEDED)))}."
                )
            return [_price(row) for row in rows]
    except (UnicodeDecodeError, csv.Error) as wrong:
        raise GerenciaError(f"{path.name} is no CSV in UTF-8: {wrong}.") from wrong


def _price(row: Mapping[str, str | None]) -> dict[str, Any]:
    plain = {name: row[name] for name in PLAIN if row.get(name)}
    money = {
        name: {"amount": row[name], "currency": row["currency"]} for name in MONEY if row.get(name)
    }
    return plain | money


def _company(known: list[list[str]], wanted: str | None) -> str:
    """The company that is meant: the only one, or the one of this id or name."""
    found = [id_ for id_, name in known if wanted is None or wanted.lower() in {id_, name.lower()}]
    if len(found) == 1:
        return found[0]
    names = ", ".join(id_ for id_, _ in known) or "none yet"
    raise GerenciaError(f"Say with --company whose price list it is. There are: {names}.")
