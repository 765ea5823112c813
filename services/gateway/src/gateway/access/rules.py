"""Who a request comes from, what they may see, and what they may grant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from gateway.access.model import EVERYWHERE, Credential, Grant
from gateway.access.refusals import CrossSite, GrantBeyondYours, SessionExpired
from kernel.operations import ADMINISTRATOR, REP

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SAME_SITE = frozenset({"same-origin", "none"})


def scope(
    grants: Iterable[Grant],
    below: Callable[[str], Iterable[str]],
    everything: Callable[[], Iterable[str]],
) -> tuple[str, ...]:
    """The units somebody may see: those of their grants and all units below these.

    A unit that is not known yet stands for itself alone, so that a grant made a moment too
    early opens nothing that was not meant.

    Source: GW1.

    >>> tree = {"acme": ["acme", "mty", "gdl"], "mty": ["mty"]}
    >>> scope([Grant("manager", "mty")], lambda unit: tree.get(unit, []), lambda: tree["acme"])
    ('mty',)
    """
    found: set[str] = set()
    for grant in grants:
        if grant.unit == EVERYWHERE:
            found.update(everything())
        else:
            found.add(grant.unit)
            found.update(below(grant.unit))
    return tuple(sorted(found))


def sees_only_their_own(roles: Iterable[str]) -> bool:
    """Who is a rep and nothing else sees own customers and orders only.

    >>> sees_only_their_own({"rep"}), sees_only_their_own({"rep", "manager"})
    (True, False)
    """
    return set(roles) == {REP}


def assert_may_grant(
    own: Iterable[Grant], given: Iterable[Grant], units_in_scope: Iterable[str]
) -> None:
    """An administrator grants roles at the units of their own scope; `*` only who has it.

    Raises:
        GrantBeyondYours: a grant is for a unit outside the administrator's scope.

    >>> assert_may_grant([Grant("administrator", "mty")], [Grant("rep", "gdl")], ["mty"])
    Traceback (most recent call last):
    gateway.access.refusals.GrantBeyondYours: access.grant-beyond-yours: ... (unit=gdl)
    """
    if Grant(ADMINISTRATOR, EVERYWHERE) in set(own):
        return
    mine = set(units_in_scope)
    for grant in given:
        if grant.unit not in mine:
            raise GrantBeyondYours(grant.unit)


def assert_not_expired(credential: Credential, now: datetime) -> None:
    """A session or token holds until the moment it expires; at that moment it does not.

    Raises:
        SessionExpired: it has expired.
    """
    if now >= credential.expires_at:
        raise SessionExpired(credential.expires_at)


def assert_same_site(method: str, headers: Mapping[str, str], trusted: frozenset[str]) -> None:
    """A write that is only vouched for by a cookie must come from a page of ours.

    Browsers say so themselves (`Sec-Fetch-Site`); older ones name the page's `Origin`. A
    request that tells neither did not come from a browser, and a cookie alone vouches for
    nothing there.

    Args:
        method: of the request.
        headers: with names in lower case.
        trusted: further origins, such as the public address behind a proxy.

    Raises:
        CrossSite: the write came from elsewhere.
    """
    if method in SAFE_METHODS:
        return
    if "sec-fetch-site" in headers:
        ours = headers["sec-fetch-site"] in SAME_SITE
    else:
        ours = from_our_own_page(headers, trusted)
    if not ours and headers.get("origin") not in trusted:
        raise CrossSite


def from_our_own_page(headers: Mapping[str, str], trusted: frozenset[str]) -> bool:
    """Whether the page that sent the request has our address.

    >>> from_our_own_page({"host": "ventas.mx", "origin": "https://ventas.mx"}, frozenset())
    True
    """
    origin = headers.get("origin", "")
    return origin in trusted or (bool(origin) and urlsplit(origin).netloc == headers.get("host"))
