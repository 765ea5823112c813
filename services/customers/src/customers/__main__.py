"""`python -m customers` runs the service, `python -m customers migrate` prepares its database."""

from __future__ import annotations

from customers.app import SERVICE
from kernel.service import main

main(SERVICE)
