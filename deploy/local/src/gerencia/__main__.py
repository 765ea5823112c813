"""`python -m gerencia` is the `gerencia` command."""

from __future__ import annotations

from gerencia.cli import main

main()
