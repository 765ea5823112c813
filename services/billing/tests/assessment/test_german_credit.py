"""A scorecard as data separates good from bad: bands found on one half, proved on the other.

Public data of 1,000 credit applications, read where they lie beside the product and never
copied into it. Personal properties (sex, age, foreign worker) decide nothing here.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from billing.assessment import rules
from billing.assessment.model import Band, Factor, Grade, Scorecard, Value

BESIDE = Path(__file__).resolve().parents[5] / "shared" / "data"
FILE = Path(os.environ.get("GERENCIA_DATASETS", BESIDE)) / "german-credit" / "germancredit.csv"
CHOICES = (
    "status_of_existing_checking_account", "credit_history", "savings_account_and_bonds",
    "property", "other_installment_plans", "other_debtors_or_guarantors", "purpose",
    "present_employment_since",
)  # fmt: skip
NUMBERS = {"duration_in_month": (12, 24, 36), "credit_amount": (2000, 5000, 10000)}
Row = dict[str, str]


def rows() -> list[Row]:
    if not FILE.exists():
        pytest.skip("the german-credit data are not there: set GERENCIA_DATASETS to their folder")
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def points(of: Sequence[Row]) -> int:
    """The share of the good among these, as points; few cases lean to the middle."""
    good = sum(row["creditability"] == "good" for row in of)
    return round(100 * (good + 7) / (len(of) + 10))


def weight(bands: Sequence[Band]) -> Decimal:
    """What tells more apart weighs more."""
    return Decimal(1 + max(b.points for b in bands) - min(b.points for b in bands))


def scorecard(learn: Sequence[Row]) -> Scorecard:
    factors = []
    for name in CHOICES:
        values = sorted({row[name] for row in learn})
        bands = tuple(Band(points([r for r in learn if r[name] == v]), choice=v) for v in values)
        factors.append(Factor(name, "entered", weight(bands), bands))
    for name, bounds in NUMBERS.items():
        edges = [None, *map(Decimal, bounds)]
        bands = tuple(
            Band(points([r for r in learn if (low or 0) <= Decimal(r[name]) < high]), low)
            for low, high in zip(edges, [*map(Decimal, bounds), Decimal(10**9)], strict=True)
        )
        factors.append(Factor(name, "entered", weight(bands), bands))
    return Scorecard(tuple(factors), (Grade("D", Decimal(0), Decimal(0), 1),), Decimal(0), "EUR")


def scored(card: Scorecard, row: Row) -> Decimal:
    values: dict[str, Value] = {name: row[name] for name in CHOICES}
    values |= {name: Decimal(row[name]) for name in NUMBERS}
    score = rules.assess(card, values, None, date(2026, 1, 1)).score
    assert score is not None
    return score


def separation(good: Sequence[Decimal], bad: Sequence[Decimal]) -> float:
    """How often a good one scores above a bad one (area under the curve); 0.5 is chance."""
    pairs = [1.0 if g > b else 0.5 if g == b else 0.0 for g in good for b in bad]
    return sum(pairs) / len(pairs)


def test_a_scorecard_separates_good_from_bad_on_cases_it_has_not_seen():
    data = rows()
    Random(7).shuffle(data)
    card = scorecard(data[:500])
    rules.check(card)
    scores = {"good": [], "bad": []}
    for row in data[500:]:
        scores[row["creditability"]].append(scored(card, row))
    area = separation(scores["good"], scores["bad"])
    print(f"area under the curve {area:.3f}")
    assert area > 0.70
    best = sorted([(s, k) for k, of in scores.items() for s in of], reverse=True)
    fifth = len(best) // 5
    bad_in = [
        sum(kind == "bad" for _, kind in part) / fifth for part in (best[:fifth], best[-fifth:])
    ]
    assert bad_in[0] * 3 < bad_in[1], bad_in
