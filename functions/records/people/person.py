"""A person as far as telling goes: what they chose, and the phones that they are signed in on."""

from dataclasses import dataclass
from datetime import datetime

from functions.complaints.people_rules import Preferences
from functions.complaints.region import Region
from functions.records.dynamodb import raw_items
from functions.records.people.devices import DeviceItem
from functions.records.people.profiles import ProfileItem, preferences
from functions.records.people.table import PeopleTable, person_pk


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """A person as far as telling goes: what they chose, and the phones that they are signed in on.

    `lost`: phones that were not seen for DEVICE_KEPT, which are told nothing.
    """

    subject: str
    profile: ProfileItem | None
    devices: tuple[DeviceItem, ...]
    lost: tuple[DeviceItem, ...] = ()

    def language_on(self, device: DeviceItem) -> str | None:
        """The phone's own, else the person's choice, else the one that its app spoke when it signed in."""
        chosen = None if self.profile is None else self.profile.language
        return device.language or chosen or device.spoken

    def preferences(self, region: Region) -> Preferences:
        return preferences(self.profile, region=region)

    def was_erased_after(self, instant: datetime) -> bool:
        erased_at: datetime | None = None if self.profile is None else self.profile.erased_at
        return erased_at is not None and instant <= erased_at


def person_of(person: str, *, now: datetime) -> Person:
    """Profile and devices; one query."""
    profile: ProfileItem | None = None
    devices: list[DeviceItem] = []
    # Between the two keys lie the devices and the profile, and nothing else of the person's.
    query = PeopleTable.query(
        person_pk(person), PeopleTable.sk.between("device#", ProfileItem.SK), consistent_read=True
    )
    for raw in raw_items(query):
        if raw["sk"]["S"] == ProfileItem.SK:
            profile = ProfileItem.from_raw_data(raw)
        else:
            devices.append(DeviceItem.from_raw_data(raw))
    live = tuple(device for device in devices if device.live_until > now)
    lost = tuple(device for device in devices if device.live_until <= now)
    return Person(subject=person, profile=profile, devices=live, lost=lost)
