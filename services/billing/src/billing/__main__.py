"""`python -m billing` runs the service, `python -m billing migrate` prepares its database."""

from __future__ import annotations

from billing.app import SERVICE
from kernel.service import main

main(SERVICE)
