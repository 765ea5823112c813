"""What the others are told of users."""

from __future__ import annotations

from contracts.gateway.user_changed import Grant as GrantV1
from contracts.gateway.user_changed import PersonalV1, UserChangedV1
from gateway.access.model import EVERYWHERE, User

NO_UNIT = "everywhere"
"""The unit of the event when the first grant is `*`, which no subject may contain."""


def published(user: User) -> UserChangedV1:
    """The user as the others may know them."""
    first = user.grants[0].unit
    return UserChangedV1(
        unit=NO_UNIT if first == EVERYWHERE else first,
        user=user.id,
        person=user.person,
        grants=[GrantV1(role=grant.role, unit=grant.unit) for grant in user.grants],
        locale=user.locale,
        active=user.active,
        personal=PersonalV1(name=user.name, email=user.email),
    )
