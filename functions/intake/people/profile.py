"""What a person chose, as the app sees it, and changes to it."""

from collections.abc import Iterator, Mapping
from typing import Any

from functions.complaints.clock import iso
from functions.complaints.complaint import CITIZEN, ENTREPRENEUR
from functions.complaints.faults import FieldFault, Invalid
from functions.complaints.people_rules import PUSH_KINDS, is_business_number, is_zone
from functions.complaints.region import Region
from functions.records.people import Person, ProfileItem, change_profile, preferences


def profile_view(person: Person, *, region: Region) -> dict[str, Any]:
    profile = person.profile
    chosen = preferences(profile, region=region)
    return {
        "language": None if profile is None else profile.language,
        "zone": chosen.zone,
        "quiet_hours": None if chosen.quiet is None else chosen.quiet.to_dict(),
        "escalations_pass": chosen.escalations_pass,
        "push_kinds": {kind: kind not in chosen.muted for kind in PUSH_KINDS},
        "kind": CITIZEN if profile is None or profile.kind is None else profile.kind,
        "bin": None if profile is None else profile.bin,
        "devices": [
            {"device_id": device.device_id, "platform": device.platform, "seen_at": iso(device.seen_at)}
            for device in sorted(person.devices, key=lambda device: device.seen_at, reverse=True)
        ],
    }


def change(person: Person, body: Mapping[str, Any]) -> ProfileItem:
    """Apply a body that fits the schema; raises Invalid with every fault, and nothing is changed then."""
    faults = tuple(_faults(person.profile, body))
    if faults:
        raise Invalid(faults)
    chosen: dict[str, Any] = {
        name: body[name] for name in ("language", "zone", "escalations_pass", "kind", "bin") if name in body
    }
    if "quiet_hours" in body:
        # None would be "never chosen", which is the region's hours.
        chosen["quiet"] = body["quiet_hours"] or {}
    if "push_kinds" in body:
        muted = set(() if person.profile is None else person.profile.muted or ())
        for kind, wanted in body["push_kinds"].items():
            muted = muted - {kind} if wanted else muted | {kind}
        chosen["muted"] = sorted(muted)
    if chosen.get("kind") == CITIZEN:
        chosen["bin"] = None
    unset = [name for name, value in chosen.items() if value is None]
    return change_profile(
        person.subject, set_={name: value for name, value in chosen.items() if value is not None}, unset=unset
    )


def _faults(profile: ProfileItem | None, body: Mapping[str, Any]) -> Iterator[FieldFault]:
    zone = body.get("zone")
    if zone is not None and not is_zone(zone):
        yield FieldFault(pointer="/zone", key="unknown_zone")
    number = body.get("bin")
    if number is not None and not is_business_number(number):
        yield FieldFault(pointer="/bin", key="wrong_control_digit")
    kind = body.get("kind") or (profile.kind if profile is not None else None) or CITIZEN
    held = number or (profile.bin if profile is not None else None)
    if kind == ENTREPRENEUR and held is None:
        yield FieldFault(pointer="/bin", key="missing")
    if kind == CITIZEN and number is not None:
        yield FieldFault(pointer="/bin", key="for_entrepreneurs")
