"""`gerencia up`, `down` and `status`, and what happens when a process is killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from gerencia.servers import nats
from gerencia.supervisor import still_runs

if TYPE_CHECKING:
    from tests.deploy.conftest import Gerencia

NOBODY = 65534
AS_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


def test_ctrl_c_stops_everything_and_exits_with_0(gerencia: Gerencia):
    process = gerencia.ready()
    programs = gerencia.installation.recall("programs")
    assert len(programs) == 7
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert output == ""  # "ready" is the only line
    assert not any(still_runs(standing) for standing in programs)


def test_the_next_start_finds_the_data_the_ports_and_the_token_again(fresh: Gerencia):
    first = fresh.ready()
    token, ports = fresh.installation.token, fresh.installation.recall("ports")
    marker = fresh.data / "postgres" / "cluster" / "gerencia-migrated"
    migrated = marker.stat().st_mtime
    assert fresh.run("down").returncode == 0
    assert first.wait(10) == 0
    fresh.ready("--port", str(ports["gateway"]))
    assert fresh.installation.token == token
    assert fresh.installation.recall("ports") == ports
    assert marker.stat().st_mtime == migrated


def test_secrets_are_readable_by_their_owner_only(gerencia: Gerencia):
    gerencia.ready()
    for name in ("token", "programs.json", "postgres/password", "nats/password", "nats/nats.conf"):
        assert (gerencia.data / name).stat().st_mode & 0o077 == 0, name
    assert gerencia.data.stat().st_mode & 0o077 == 0


def test_a_second_up_on_the_same_data_is_refused_with_words(gerencia: Gerencia):
    first = gerencia.ready()
    second = gerencia.up()
    output, error = second.communicate(timeout=20)
    assert second.returncode == 1
    assert output == ""
    assert "already runs" in error
    assert str(first.pid) in error
    assert "Traceback" not in error
    assert gerencia.health("billing") == 200


def test_a_taken_port_that_was_asked_for_is_refused_with_words(fresh: Gerencia):
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        taken = somebody.getsockname()[1]
        refused = fresh.run("up", "--port", str(taken))
    assert refused.returncode == 1
    assert f"Port {taken} is taken" in refused.stderr


def test_status_is_0_only_when_every_program_is_ready(gerencia: Gerencia):
    assert gerencia.run("status").returncode == 1
    gerencia.ready()
    told = gerencia.run("status", "--json")
    status = json.loads(told.stdout)
    assert told.returncode == 0
    assert status["ready"]
    assert {program["name"] for program in status["programs"]} == {
        *("postgres", "nats", "customers", "billing", "targets", "notifications", "gateway")
    }
    assert all(program["pid"] and program["since"] for program in status["programs"])
    os.kill(gerencia.program("targets")["pid"], signal.SIGSTOP)
    stalled = gerencia.run("status", "--json")
    assert stalled.returncode == 1
    unready = [p["name"] for p in json.loads(stalled.stdout)["programs"] if not p["ready"]]
    assert unready == ["targets"]
    os.kill(gerencia.program("targets")["pid"], signal.SIGCONT)
    gerencia.run("down")
    assert gerencia.run("status").returncode == 1


@pytest.mark.parametrize("name", ["billing", "postgres", "nats"])
def test_a_killed_program_is_started_again(gerencia: Gerencia, name: str):
    gerencia.ready()
    before = gerencia.program(name)["pid"]
    os.kill(before, signal.SIGKILL)
    after = gerencia.wait_for(name, restarts=1)
    assert after["pid"] != before
    assert gerencia.run("status").returncode == 0


def test_a_program_that_never_gets_ready_is_named_with_its_log(gerencia: Gerencia):
    gerencia.environment |= {"STAND_IN_CRASHES": "targets", "GERENCIA_READY_SECONDS": "2"}
    failed = gerencia.run("up", "--no-demo", "--port", "0")
    assert failed.returncode == 1
    assert "targets" in failed.stderr
    assert "targets.log" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert gerencia.installation.runner() is None


def test_after_kill_9_of_up_itself_the_next_start_takes_over(gerencia: Gerencia):
    killed = gerencia.ready()
    before = gerencia.installation.recall("programs")
    killed.kill()
    killed.wait()
    gerencia.ready()
    assert gerencia.run("status").returncode == 0
    assert not any(still_runs(standing) for standing in before)


def test_down_ends_what_a_killed_up_has_left(gerencia: Gerencia):
    killed = gerencia.ready()
    before = gerencia.installation.recall("programs")
    killed.kill()
    killed.wait()
    assert gerencia.run("down").returncode == 0
    assert not any(still_runs(standing) for standing in before)


def test_down_without_anything_running_is_well(fresh: Gerencia):
    assert fresh.run("down").returncode == 0


def test_a_command_without_an_installation_says_what_helps(fresh: Gerencia):
    refused = fresh.run("verify")
    assert refused.returncode == 4
    assert "gerencia up" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_it_runs_as_an_ordinary_user(fresh: Gerencia):
    python = next(filter(_may_be_run_by_nobody, PYTHONS), None)
    if python is None:
        pytest.skip("nobody can run none of the Pythons here")
    home = Path("/var/tmp") / f"gerencia-{os.getpid()}"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    stand_ins = shutil.copytree(fresh.environment["PYTHONPATH"], home / "stand-ins")
    stand_ins.chmod(0o755)
    try:
        fresh.data = home / "data"
        fresh.python = [*AS_NOBODY, python]
        fresh.environment |= {
            "HOME": str(home),
            "PYTHONPATH": ":".join([str(stand_ins), *filter(None, sys.path)]),
            "GERENCIA_NATS_SERVER": nats.binary(),
        }
        fresh.ready()
        assert psutil.Process(fresh.program("postgres")["pid"]).uids().effective == NOBODY
        fresh.end()
        assert fresh.started[0].returncode == 0
    finally:
        shutil.rmtree(home)


# The project's own Python may lie in root's home; then the system's runs the same packages.
PYTHONS = (sys.executable, f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}")


def _may_be_run_by_nobody(python: str) -> bool:
    ask = [*AS_NOBODY, "/bin/sh", "-c", f"{python} -c 'import encodings' && cat {__file__}"]
    return subprocess.run(ask, capture_output=True, check=False).returncode == 0
