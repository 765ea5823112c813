"""Each import rule is broken on purpose, in a small copy of the workspace, and the check sees it."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
    "root_packages"
]
LINT = Path(sys.executable).with_name("lint-imports")
CAPABILITY = ("model", "rules", "events", "store", "commands", "queries", "operations")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Every package of the workspace, with one capability and nothing in it."""
    for package in PACKAGES:
        (tmp_path / package / "capability").mkdir(parents=True)
        (tmp_path / package / "__init__.py").touch()
        for module in ("__init__", *CAPABILITY):
            (tmp_path / package / "capability" / f"{module}.py").touch()
    for module in ("clock", "database", "rpc", "inbox", "jobs", "service", "settings", "client"):
        (tmp_path / "kernel" / f"{module}.py").touch()
    return tmp_path


def broken(workspace: Path) -> list[str]:
    """The names of the rules that the check finds broken."""
    done = subprocess.run(
        [str(LINT), "--config", str(ROOT / "pyproject.toml"), "--no-cache"],
        cwd=workspace,
        env=os.environ | {"PYTHONPATH": str(workspace), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Analyzed" in done.stdout, done.stdout + done.stderr
    return [
        line.removesuffix(" BROKEN") for line in done.stdout.splitlines() if line.endswith("BROKEN")
    ]


def test_a_workspace_without_forbidden_imports_is_kept(workspace: Path) -> None:
    (workspace / "billing" / "capability" / "store.py").write_text("import sqlalchemy, contracts\n")
    (workspace / "billing" / "capability" / "rules.py").write_text("import kernel\n")
    assert broken(workspace) == []


@pytest.mark.parametrize(
    ("module", "statement", "rule"),
    [
        ("kernel/clock.py", "import billing", "The kernel knows no service and no contract"),
        ("kernel/clock.py", "import contracts", "The kernel knows no service and no contract"),
        ("contracts/__init__.py", "import targets", "Contracts know the kernel only"),
        (
            "billing/capability/store.py",
            "import customers.capability.queries",
            "A service never imports another service",
        ),
        (
            "gateway/capability/queries.py",
            "from gerencia import capability",
            "A service does not import the command line",
        ),
        (
            "billing/capability/rules.py",
            "from sqlalchemy import select",
            "Rules and models do no input or output, read no clock and throw no dice",
        ),
        (
            "targets/capability/model.py",
            "from kernel.clock import now",
            "Rules and models do no input or output, read no clock and throw no dice",
        ),
        (
            "targets/capability/rules.py",
            "import random",
            "Rules and models do no input or output, read no clock and throw no dice",
        ),
        (
            "customers/capability/rules.py",
            "from customers.capability.store import *",
            "Rules and models do not reach into the shells around them",
        ),
    ],
)
def test_a_forbidden_import_is_seen(
    workspace: Path, module: str, statement: str, rule: str
) -> None:
    (workspace / module).write_text(f"{statement}\n")
    assert broken(workspace) == [rule]


def test_the_clock_is_read_in_one_place_only(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text("from datetime import UTC, datetime\n\nMOMENT = datetime.now(UTC)\n")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "ruff",
            "check",
            "--config",
            str(ROOT / "pyproject.toml"),
            "--select",
            "TID251",
            "--output-format",
            "concise",
            str(planted),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Only kernel.clock reads a clock" in done.stdout
