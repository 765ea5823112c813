from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from gateway.access.bearers import fingerprint
from kernel import clock

from ..conftest import ANA, PASSWORD, Gateway


async def sign_in(client: httpx.AsyncClient, user: str = "ana", password: str = PASSWORD):
    return await client.post("/api/v1/sessions", json={"user": user, "password": password})


async def test_signing_in_sets_a_cookie_that_no_script_can_read(gateway: Gateway):
    await gateway.user("ana", ("manager", "mty"), person=ANA)
    async with gateway.client("") as browser:
        answer = await sign_in(browser)
        assert answer.status_code == 201
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        me = (await browser.get("/api/v1/me")).json()
    assert me["units"] == ["mty", "mty-7"]
    assert me["person"] == str(ANA)
    assert me["roles"] == ["manager"]
    assert not me["own_only"]


async def test_the_secret_of_a_session_is_nowhere_in_the_database(gateway: Gateway):
    await gateway.user("ana", ("manager", "mty"))
    async with gateway.client("") as browser:
        await sign_in(browser)
        secret = browser.cookies["gerencia_session"]
    async with gateway.program.database.working("test") as tx:
        rows = (await tx.execute(text("SELECT fingerprint FROM credentials"))).scalars()
        kept = [bytes(row) for row in rows]
    assert fingerprint(secret) in kept
    assert secret.encode() not in b"".join(kept)


async def test_a_wrong_password_and_an_unknown_user_get_the_same_answer(gateway: Gateway):
    await gateway.user("ana", ("manager", "mty"))
    async with gateway.client("", **{"Accept-Language": "en"}) as browser:
        wrong = await sign_in(browser, password="otra cosa mejor")
        unknown = await sign_in(browser, user="nadie")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert wrong.json()["code"] == "session.wrong-password"
    assert wrong.headers["content-type"] == "application/problem+json"


async def test_after_too_many_failures_even_the_right_password_waits(gateway: Gateway):
    await gateway.user("ana", ("manager", "mty"))
    gateway_limit = 10
    async with gateway.client("") as browser:
        for _ in range(gateway_limit):
            await sign_in(browser, password="no es esta frase")
        answer = await sign_in(browser)
    assert answer.status_code == 429
    assert answer.json()["code"] == "session.too-many-tries"
    assert int(answer.headers["retry-after"]) >= 1


async def test_after_signing_out_the_cookie_opens_nothing(gateway: Gateway):
    await gateway.user("ana", ("manager", "mty"))
    async with gateway.client("", **{"Sec-Fetch-Site": "same-origin"}) as browser:
        await sign_in(browser)
        secret = browser.cookies["gerencia_session"]
        assert (await browser.delete("/api/v1/sessions/current")).status_code == 204
        assert "gerencia_session" not in browser.cookies
        browser.cookies.set("gerencia_session", secret)
        answer = await browser.get("/api/v1/me")
    assert answer.status_code == 401
    assert answer.json()["code"] == "access.not-signed-in"


async def test_a_write_with_the_cookie_from_another_site_is_refused(gateway: Gateway):
    await gateway.user("ana", ("administrator", "mty"))
    async with gateway.client("", **{"Sec-Fetch-Site": "cross-site"}) as browser:
        refused = await sign_in(browser)
        assert refused.json()["code"] == "session.cross-site"
    async with gateway.client("") as browser:
        await sign_in(browser)
        evil = {"Origin": "https://mala.mx"}
        answer = await browser.post("/api/v1/tokens", json={"name": "x"}, headers=evil)
        own = {"Origin": gateway.address}
        good = await browser.post("/api/v1/tokens", json={"name": "x"}, headers=own)
    assert answer.status_code == 403
    assert answer.json()["code"] == "session.cross-site"
    assert good.status_code == 201


async def test_an_expired_token_says_that_it_has_expired(gateway: Gateway):
    token = await gateway.user("ana", ("manager", "mty"))
    async with gateway.program.database.working("test") as tx:
        past = clock.now() - timedelta(seconds=1)
        await tx.execute(text("UPDATE credentials SET expires_at = :past"), {"past": past})
    async with gateway.client(token, **{"Accept-Language": "en"}) as script:
        answer = await script.get("/api/v1/me")
    assert answer.status_code == 401
    assert answer.json()["code"] == "session.expired"
    assert answer.json()["title"] == "The session has expired"


async def test_a_revoked_token_opens_nothing(gateway: Gateway):
    token = await gateway.user("ana", ("manager", "mty"))
    async with gateway.client(token) as script:
        (listed,) = (await script.get("/api/v1/tokens")).json()["items"]
        assert "token" not in listed
        assert (await script.delete(f"/api/v1/tokens/{listed['id']}")).status_code == 204
        answer = await script.get("/api/v1/me")
    assert answer.status_code == 401


async def test_nobody_revokes_the_token_of_another(gateway: Gateway):
    anas = await gateway.user("ana", ("manager", "mty"))
    bens = await gateway.user("ben", ("manager", "mty"))
    async with gateway.client(anas) as ana, gateway.client(bens) as ben:
        (listed,) = (await ana.get("/api/v1/tokens")).json()["items"]
        answer = await ben.delete(f"/api/v1/tokens/{listed['id']}")
    assert answer.status_code == 404


async def test_a_wrong_token_is_nobodys(gateway: Gateway):
    async with gateway.client("ger_nonsense") as script:
        answer = await script.get("/api/v1/me")
    assert answer.status_code == 401
    assert answer.json()["code"] == "access.not-signed-in"


async def test_an_administrator_adds_changes_and_lists_users(gateway: Gateway):
    await gateway.user("ana", ("manager", "mty"))
    changed = {
        "name": "Ana María",
        "grants": [{"role": "director", "unit": "acme"}],
        "active": False,
    }
    async with gateway.client() as admin:
        put = await admin.put("/api/v1/users/ana", json=changed)
        got = await admin.get("/api/v1/users/ana")
        listed = await admin.get("/api/v1/users", params={"limit": "1"})
        rest = await admin.get("/api/v1/users", params={"after": listed.json()["next"]})
    assert put.json() == got.json()
    assert got.json()["grants"] == [{"role": "director", "unit": "acme"}]
    assert [one["username"] for one in listed.json()["items"]] == ["ana"]
    assert [one["username"] for one in rest.json()["items"]] == ["local-administrator"]


async def test_somebody_inactive_is_nobody(gateway: Gateway):
    token = await gateway.user("ana", ("manager", "mty"))
    inactive = {"name": "Ana", "grants": [{"role": "rep", "unit": "mty"}], "active": False}
    async with gateway.client() as admin:
        await admin.put("/api/v1/users/ana", json=inactive)
    async with gateway.client(token) as script:
        assert (await script.get("/api/v1/me")).status_code == 401


async def test_the_administrator_of_a_branch_stays_within_it(gateway: Gateway):
    token = await gateway.user("jefa", ("administrator", "mty"))
    await gateway.user("lejos", ("rep", "gdl"))
    body = {"name": "X", "password": PASSWORD, "grants": [{"role": "rep", "unit": "gdl"}]}
    async with gateway.client(token) as jefa:
        beyond = await jefa.put("/api/v1/users/nuevo", json=body)
        body["grants"] = [{"role": "administrator", "unit": "*"}]
        everywhere = await jefa.put("/api/v1/users/nuevo", json=body)
        body["grants"] = [{"role": "rep", "unit": "mty"}]
        takeover = await jefa.put("/api/v1/users/lejos", json=body)
        unseen = await jefa.get("/api/v1/users/lejos")
        token_of_another = await jefa.post("/api/v1/tokens", json={"name": "x", "user": "lejos"})
        settled = await jefa.get("/api/v1/admin/settled")
    assert beyond.json()["code"] == everywhere.json()["code"] == "access.grant-beyond-yours"
    assert takeover.status_code == token_of_another.status_code == 403
    assert unseen.status_code == 404
    assert settled.status_code == 403


async def test_who_is_no_administrator_manages_no_users(gateway: Gateway):
    token = await gateway.user("ana", ("manager", "mty"))
    async with gateway.client(token) as ana:
        answer = await ana.get("/api/v1/users")
    assert answer.status_code == 403
    assert answer.json()["code"] == "access.not-your-role"


async def test_users_are_told_to_the_others(gateway: Gateway):
    await gateway.user("ana", ("manager", "mty"), person=ANA)
    async with gateway.program.database.working("test") as tx:
        rows = await tx.execute(text("SELECT type, unit, body FROM event_log ORDER BY seq"))
        told = [tuple(row) for row in rows]
    assert [unit for _, unit, _ in told] == ["everywhere", "mty"]
    assert told[1][0] == "gateway.user-changed.v1"
    assert PASSWORD not in str(told)


async def test_the_token_file_is_made_once_and_for_its_owner_only(
    database: Any, started: Any, tmp_path: Any
):
    file = Path(tmp_path / "admin-token")
    async with started(database) as first:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        token = first.token
    async with started(database) as second:
        assert second.token == token
        async with second.client() as admin:
            assert (await admin.get("/api/v1/me")).json()["username"] == "local-administrator"
