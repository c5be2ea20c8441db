"""What a person chose."""

from collections.abc import Iterable
from typing import Any, ClassVar

from pynamodb.attributes import BooleanAttribute, JSONAttribute, TTLAttribute, UnicodeAttribute

from functions.complaints.people_rules import Preferences, QuietHours
from functions.complaints.region import Region
from functions.records.attributes import InstantAttribute
from functions.records.people.table import PeopleTable, person_pk


class ProfileItem(PeopleTable):
    """What is absent was never chosen: the region's own value counts. `quiet` `{}`: at any hour.

    `erased_at` is what stays of a person for a while who had everything erased: events from before it, which are
    still on their way, are told to nobody, and restoring a table does not bring them back.
    """

    SK: ClassVar = "profile"

    sk = UnicodeAttribute(range_key=True, default=SK)
    kind = UnicodeAttribute(null=True)
    bin = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    zone = UnicodeAttribute(null=True)
    quiet = JSONAttribute(null=True)
    escalations_pass = BooleanAttribute(null=True)
    muted = JSONAttribute(null=True)
    read_until = InstantAttribute(null=True)
    erased_at = InstantAttribute(null=True)
    expires = TTLAttribute(null=True)


def preferences(profile: ProfileItem | None, *, region: Region) -> Preferences:
    """The person's choices, and the region's where they made none."""
    quiet = region.quiet_hours if profile is None or profile.quiet is None else profile.quiet
    passing = None if profile is None else profile.escalations_pass
    return Preferences(
        zone=region.time_zone if profile is None else profile.zone or region.time_zone,
        quiet=QuietHours.from_dict(quiet) if quiet else None,
        escalations_pass=True if passing is None else passing,
        muted=frozenset(() if profile is None else profile.muted or ()),
    )


def profile_of(person: str) -> ProfileItem | None:
    try:
        return ProfileItem.get(person_pk(person), ProfileItem.SK, consistent_read=True)
    except ProfileItem.DoesNotExist:
        return None


def language_of_person(person: str) -> str | None:
    """What the person chose, None where they chose none."""
    profile = profile_of(person)
    return None if profile is None else profile.language


def change_profile(person: str, *, set_: dict[str, Any], unset: Iterable[str] = ()) -> ProfileItem:
    """Set and remove attributes of the profile, all at once; returns it as it stands then."""
    actions = [getattr(ProfileItem, name).set(value) for name, value in set_.items()]
    actions += [getattr(ProfileItem, name).remove() for name in (*unset, "expires")]
    item = ProfileItem(person_pk(person))
    item.update(actions)
    return item
