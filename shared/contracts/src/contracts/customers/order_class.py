"""How an order is paid for, which decides when it takes credit."""

from __future__ import annotations

from typing import Literal

OrderClass = Literal["on-account", "call-off", "cash", "prepaid"]
"""On account takes credit from the moment it is placed; a call-off with each delivery that is
called for; one paid in cash or in advance takes none as an order."""
