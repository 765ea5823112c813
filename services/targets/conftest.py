"""What the examples of the rules may speak of without importing it."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import pytest

from kernel.money import Money


@pytest.fixture(autouse=True)
def _words_of_the_examples(doctest_namespace: dict[str, Any]) -> None:
    doctest_namespace.update(mxn=partial(Money.of, currency="MXN"), day=date.fromisoformat)
