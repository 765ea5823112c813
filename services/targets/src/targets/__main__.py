"""`python -m targets` runs the service, `python -m targets migrate` prepares its database."""

from __future__ import annotations

from kernel.service import main
from targets.app import SERVICE

main(SERVICE)
