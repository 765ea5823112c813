"""`python -m notifications` runs the service, `python -m notifications migrate` prepares it."""

from __future__ import annotations

from kernel.service import main
from notifications.app import SERVICE

main(SERVICE)
