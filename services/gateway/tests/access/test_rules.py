from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from gateway.access import rules
from gateway.access.bearers import fingerprint, new_secret
from gateway.access.model import EVERYWHERE, Credential, Grant
from gateway.access.refusals import CrossSite, GrantBeyondYours, SessionExpired
from gateway.organisation.tree import Tree, Unit

TREE = Tree.of(
    [
        Unit("acme", "acme", None, "Acme"),
        Unit("mty", "acme", "acme", "Monterrey"),
        Unit("mty-7", "acme", "mty", "Piso 7"),
        Unit("gdl", "acme", "acme", "Guadalajara"),
        Unit("otra", "otra", None, "Otra"),
    ]
)


def scope(*grants: Grant):
    return rules.scope(grants, TREE.below, TREE.everything)


def test_a_branch_manager_sees_the_branch_and_what_is_below_it():
    assert scope(Grant("manager", "mty")) == ("mty", "mty-7")


def test_a_director_of_the_company_sees_all_its_branches_and_no_other_company():
    assert scope(Grant("director", "acme")) == ("acme", "gdl", "mty", "mty-7")


def test_who_is_granted_everywhere_sees_every_company():
    assert scope(Grant("administrator", EVERYWHERE)) == ("acme", "gdl", "mty", "mty-7", "otra")


def test_a_unit_nobody_has_heard_of_stands_for_itself_alone():
    assert scope(Grant("rep", "nueva")) == ("nueva",)


def test_a_ring_in_the_organisation_does_not_hang_us():
    ring = Tree.of([Unit("a", "a", "b", "A"), Unit("b", "a", "a", "B")])
    assert ring.below("a") == ("a", "b")


def test_only_who_is_a_rep_and_nothing_else_sees_only_their_own():
    assert rules.sees_only_their_own({"rep"})
    assert not rules.sees_only_their_own({"rep", "collector"})
    assert not rules.sees_only_their_own({"manager"})


def test_nobody_grants_everywhere_who_does_not_have_it():
    own = [Grant("administrator", "acme")]
    with pytest.raises(GrantBeyondYours):
        rules.assert_may_grant(own, [Grant("rep", EVERYWHERE)], scope(*own))


def test_an_administrator_grants_within_their_own_company():
    own = [Grant("administrator", "acme")]
    rules.assert_may_grant(own, [Grant("rep", "mty-7")], scope(*own))


def test_a_session_holds_until_its_last_moment_and_not_at_it():
    ends = datetime(2026, 3, 2, 12, tzinfo=UTC)
    session = Credential(UUID(int=1), "session", "browser", ends, ends)
    rules.assert_not_expired(session, ends.replace(hour=11))
    with pytest.raises(SessionExpired):
        rules.assert_not_expired(session, ends)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin", "host": "ventas.mx"},
        {"origin": "https://ventas.mx", "host": "ventas.mx"},
        {"origin": "https://otra.mx", "host": "adentro:8080"},
    ],
)
def test_a_write_from_a_page_of_ours_is_taken(headers: dict[str, str]):
    rules.assert_same_site("POST", headers, frozenset({"https://otra.mx"}))


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site", "host": "ventas.mx"},
        {"sec-fetch-site": "same-site", "host": "ventas.mx"},
        {"origin": "https://mala.mx", "host": "ventas.mx"},
        {"origin": "null", "host": "ventas.mx"},
        {"host": "ventas.mx"},
    ],
)
def test_a_write_with_a_cookie_from_elsewhere_is_refused(headers: dict[str, str]):
    with pytest.raises(CrossSite):
        rules.assert_same_site("POST", headers, frozenset())


def test_reading_with_a_cookie_needs_no_page_of_ours():
    rules.assert_same_site("GET", {}, frozenset())


def test_secrets_are_never_the_same_and_kept_as_fingerprints():
    one, other = new_secret(), new_secret()
    assert one != other
    assert one.encode() not in fingerprint(one)
    assert fingerprint(one) == fingerprint(one) != fingerprint(other)
