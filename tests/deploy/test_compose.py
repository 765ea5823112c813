"""docker-compose.yml: read and checked always, run where an engine answers and it is asked for."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from nats import connect
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import NoRespondersError

from gerencia.programs import SERVICES
from gerencia.servers import nats
from gerencia.servers.ports import free_port
from gerencia.testing import in_containers

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
SECRETS = ROOT / "deploy" / "docker" / "secrets"
HUB = ROOT / "deploy" / "nats" / "hub.conf"
# Builds reach the package registries from the host's network, wherever the tests run.
BUILD_NETWORK = "services:\n" + "".join(
    f"  {service}: {{build: {{network: host}}}}\n" for service in SERVICES
)


def test_every_service_is_migrated_before_it_starts():
    for service in SERVICES:
        assert COMPOSE[service]["depends_on"][f"migrate-{service}"] == {
            "condition": "service_completed_successfully"
        }
        migration = COMPOSE[f"migrate-{service}"]
        assert migration["command"] == ["migrate"]
        assert migration["depends_on"]["postgres"] == {"condition": "service_healthy"}
        assert list(migration["environment"]) == ["GERENCIA_OWNER_DSN"]


def test_no_running_service_knows_the_owner_of_its_database_or_the_superuser():
    for service in SERVICES:
        environment = str(COMPOSE[service]["environment"])
        assert "OWNER" not in environment
        assert "POSTGRES_PASSWORD" not in environment


def test_only_the_gateway_is_reachable_and_only_from_this_host():
    published = {name: service["ports"] for name, service in COMPOSE.items() if "ports" in service}
    assert list(published) == ["gateway"]
    assert all(port.startswith("127.0.0.1:") for port in published["gateway"])


def test_programs_run_without_rights_and_keep_nothing_in_their_container():
    for service in SERVICES:
        assert COMPOSE[service]["cap_drop"] == ["ALL"]
        assert COMPOSE[service]["read_only"] is True
        assert COMPOSE[service]["restart"] == "unless-stopped"
        dockerfile = (ROOT / COMPOSE[service]["build"]["dockerfile"]).read_text()
        assert dockerfile.rindex("USER gerencia") < dockerfile.rindex("ENTRYPOINT")


def test_the_images_of_all_services_are_made_alike():
    """A mend in one of them is wanted in all; only the service's name differs."""
    alike = {
        (ROOT / "services" / service / "Dockerfile").read_text().replace(service, "NAME")
        for service in SERVICES
    }
    assert len(alike) == 1


def test_secrets_gives_every_password_that_is_asked_for_and_keeps_those_it_gave(tmp_path: Path):
    copy = tmp_path / "deploy" / "docker" / "secrets"
    copy.parent.mkdir(parents=True)
    copy.write_text(SECRETS.read_text())
    for _ in range(2):
        subprocess.run(["sh", copy], check=True)
        given = (tmp_path / ".env").read_text()
    names = re.findall(r"^(\w+)=p[0-9a-f]{40}$", given, re.MULTILINE)
    asked = set(re.findall(r"\$\{(\w+):\?", (ROOT / "docker-compose.yml").read_text()))
    assert sorted(names) == sorted(asked)
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0


def test_the_hub_is_synced_and_its_configuration_is_valid():
    passwords = dict.fromkeys(re.findall(r"\$(\w+_PASSWORD)", HUB.read_text()), "p1")
    assert set(passwords) == set(COMPOSE["nats"]["environment"])
    assert "sync_interval: always" in HUB.read_text()
    checked = subprocess.run(
        [nats.binary(), "-t", "-c", HUB],
        env={**os.environ, **passwords},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[str]:
    """The hub's broker as compose configures it, on a port and folder of its own."""
    port, monitoring = free_port(), free_port()
    text = HUB.read_text().replace("port: 4222", f"port: {port}", 1)
    text = text.replace("http_port: 8222", f"http_port: {monitoring}")
    configuration = tmp_path / "hub.conf"
    configuration.write_text(text.replace("/data", str(tmp_path / "data")))
    passwords = dict.fromkeys(re.findall(r"\$(\w+_PASSWORD)", text), "p1")
    process = subprocess.Popen(
        [nats.binary(), "-c", configuration],
        env={**os.environ, **passwords},
        stderr=subprocess.DEVNULL,
    )
    try:
        while not (listens(monitoring) and listens(port)):
            assert process.poll() is None
            time.sleep(0.01)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def connected(hub: str, user: str) -> tuple[Client, list[str]]:
    complaints: list[str] = []

    async def complain(error: Exception) -> None:
        complaints.append(str(error))

    return await connect(f"nats://{user}:p1@{hub}", error_cb=complain), complaints


async def say_yes(question: Msg) -> None:
    await question.respond(b"yes")


async def test_a_service_declares_its_stream_and_tells_its_own_facts(hub: str):
    for service in SERVICES:
        broker, complaints = await connected(hub, service)
        stream = f"evt-hub-{service}"
        await broker.jetstream(timeout=10).add_stream(
            name=stream, subjects=[f"evt.hub.*.{service}.>"]
        )
        told = await broker.jetstream(timeout=10).publish(
            f"evt.hub.mty.{service}.fact.v1.one", b"{}"
        )
        assert told.stream == stream
        assert complaints == []
        await broker.close()


@pytest.mark.parametrize(
    ("user", "subject"),
    [
        ("billing", "evt.hub.mty.customers.order-placed.v1.one"),
        ("billing", "rpc.hub.customers.place-order"),
        ("customers", "rpc.hub.billing.set-limit"),
        ("targets", "$JS.API.STREAM.DELETE.evt-hub-billing"),
        ("notifications", "$JS.API.STREAM.PURGE.evt-hub-billing"),
    ],
)
async def test_what_is_not_a_services_own_is_refused(hub: str, user: str, subject: str):
    broker, complaints = await connected(hub, user)
    await broker.publish(subject, b"{}")
    await broker.flush()
    async with asyncio.timeout(5):
        while not complaints:
            await asyncio.sleep(0.01)
    assert "permissions violation" in complaints[0]
    await broker.close()


async def answer_to(asking: Client, subject: str) -> bytes:
    """The answer, as soon as there is somebody to give it."""
    for _ in range(40):
        with suppress(NoRespondersError):
            return (await asking.request(subject, b"{}", timeout=2)).data
        await asyncio.sleep(0.05)
    raise AssertionError(f"nobody answers {subject}")


async def test_the_gateway_asks_and_a_service_answers(hub: str):
    billing, _ = await connected(hub, "billing")
    gateway, _ = await connected(hub, "gateway")
    await billing.subscribe("rpc.hub.billing.>", cb=say_yes)
    await billing.flush()
    assert await answer_to(gateway, "rpc.hub.billing.get-credit") == b"yes"
    await billing.close()
    await gateway.close()


@pytest.mark.skipif(
    os.environ.get("GERENCIA_TEST_COMPOSE") != "1" or not in_containers(),
    reason="needs a Docker engine and GERENCIA_TEST_COMPOSE=1",
)
@pytest.mark.timeout(1200)
def test_compose_builds_starts_and_becomes_healthy(tmp_path: Path):
    network = tmp_path / "network.yml"
    network.write_text(BUILD_NETWORK)
    subprocess.run(["sh", SECRETS], check=True)
    compose = [*("docker", "compose", "--file", "docker-compose.yml"), "--file", str(network)]
    compose += ["--project-name", "gerencia-test"]
    environment = {**os.environ, "GERENCIA_PORT": "18480"}
    try:
        for command in (["build"], ["up", "--wait", "--wait-timeout", "180"]):
            subprocess.run([*compose, *command], cwd=ROOT, env=environment, check=True)
        token = subprocess.run(
            [*compose, "exec", "-T", "gateway", "cat", "/var/lib/gerencia/token"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        here = {**environment, "GERENCIA_URL": "http://127.0.0.1:18480", "GERENCIA_TOKEN": token}
        status = [ROOT / ".venv" / "bin" / "gerencia", "status"]
        assert subprocess.run(status, env=here, check=False).returncode == 0
    finally:
        subprocess.run([*compose, "down", "--volumes"], cwd=ROOT, env=environment, check=False)
