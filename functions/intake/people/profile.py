"""What a person chose: as the app sees it, and changes to it."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import Field, create_model, field_validator

from functions.complaints.clock import iso
from functions.complaints.complaint import CITIZEN, ENTREPRENEUR
from functions.complaints.faults import FieldFault, Invalid
from functions.complaints.people_rules import PUSH_KINDS, is_business_number, is_zone
from functions.complaints.region import Region
from functions.complaints.texts import LANGUAGES, Language
from functions.edge.fields import Body, Instant, View, described, fault, omitted, one_of, under
from functions.records.people.person import Person
from functions.records.people.profiles import ProfileItem, change_profile, preferences

type Platform = Literal["fcm", "apns"]
_Time = Annotated[
    str,
    Field(
        pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$",
        description="By the clock on the wall, as `22:00`",
        json_schema_extra={"maxLength": 5},
    ),
]


class QuietHours(Body):
    """When pushes wait."""

    start: _Time = Field(alias="from")
    end: _Time = Field(alias="to")


WantedKinds: Final[type[Body]] = create_model(
    "WantedKinds",
    __base__=Body,
    __doc__="Which kinds of steps are pushed; what is left out stays as it is.",
    **{kind: (bool, omitted()) for kind in PUSH_KINDS},  # type: ignore[call-overload]
)


class Choices(Body):
    """What is left out stays as it is."""

    language: Annotated[
        Language | None,
        described(
            "Of every text, but for pushes to a phone that named its own; null: the one that each request asks for"
        ),
    ] = omitted()
    zone: Annotated[
        str | None,
        Field(
            max_length=64,
            description="Time zone of the IANA database, as `Asia/Almaty`; null: the region's",
        ),
    ] = omitted()
    quiet_hours: Annotated[QuietHours | None, described("When pushes wait; null: never")] = omitted()
    escalations_pass: Annotated[
        bool, described("Whether the push about an escalation comes in quiet hours too")
    ] = omitted()
    push_kinds: Annotated[
        Body,
        under(WantedKinds),
        described("Which kinds of steps are pushed; all of them are in the inbox"),
    ] = omitted()
    kind: Annotated[Literal["citizen", "entrepreneur"], described("In which capacity the person reports")] = (
        omitted()
    )
    bin: Annotated[
        str,
        Field(
            pattern="^[0-9]{12}$",
            description="An entrepreneur's business identification number, 12 digits with the control digit",
            json_schema_extra={"maxLength": 12},
        ),
    ] = omitted()

    @field_validator("zone")
    @classmethod
    def _there(cls, zone: str | None) -> str | None:
        if zone is not None and not is_zone(zone):
            raise fault("unknown_zone")
        return zone

    @field_validator("bin")
    @classmethod
    def _sound(cls, number: str) -> str:
        if not is_business_number(number):
            raise fault("wrong_control_digit")
        return number


NO_CHOICE: Final = Choices()


ShownKinds: Final[type[View]] = create_model(
    "ShownKinds",
    __base__=View,
    __doc__="Which kinds of steps are pushed.",
    **dict.fromkeys(PUSH_KINDS, (bool, ...)),  # type: ignore[call-overload]
)


class QuietHoursView(View):
    """When pushes wait."""

    start: str = Field(alias="from")
    end: str = Field(alias="to")


class DeviceView(View):
    """A phone that is signed in."""

    device_id: str
    platform: Annotated[str, one_of("fcm", "apns")]
    seen_at: Instant


class Me(View):
    """What the person chose, and the region's own values where they chose nothing."""

    language: Annotated[str, one_of(*LANGUAGES)] | None
    zone: str
    quiet_hours: QuietHoursView | None
    escalations_pass: bool
    push_kinds: Annotated[View, under(ShownKinds)]
    kind: Annotated[str, one_of(CITIZEN, ENTREPRENEUR)]
    bin: str | None
    devices: list[DeviceView]


def profile_view(person: Person, *, region: Region) -> Me:
    profile = person.profile
    chosen = preferences(profile, region=region)
    return Me(
        language=None if profile is None else profile.language,
        zone=chosen.zone,
        quiet_hours=None if chosen.quiet is None else QuietHoursView(**chosen.quiet.to_dict()),
        escalations_pass=chosen.escalations_pass,
        push_kinds=ShownKinds(**{kind: kind not in chosen.muted for kind in PUSH_KINDS}),
        kind=CITIZEN if profile is None or profile.kind is None else profile.kind,
        bin=None if profile is None else profile.bin,
        devices=[
            DeviceView(device_id=device.device_id, platform=device.platform, seen_at=iso(device.seen_at))
            for device in sorted(person.devices, key=lambda device: device.seen_at, reverse=True)
        ],
    )


def check(profile: ProfileItem | None, choices: Choices) -> None:
    """Raises Invalid with every fault that the choices have together with what was chosen before."""
    faults = tuple(_faults(profile, choices.model_dump(by_alias=True, exclude_unset=True)))
    if faults:
        raise Invalid(faults)


def change(person: Person, choices: Choices) -> ProfileItem:
    """Apply the choices that were made; raises Invalid with every fault, and nothing is changed then."""
    check(person.profile, choices)
    body = choices.model_dump(by_alias=True, exclude_unset=True)
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
    """What is only wrong together with what was chosen before."""
    number = body.get("bin")
    kind = body.get("kind") or (profile.kind if profile is not None else None) or CITIZEN
    held = number or (profile.bin if profile is not None else None)
    if kind == ENTREPRENEUR and held is None:
        yield FieldFault(pointer="/bin", key="missing")
    if kind == CITIZEN and number is not None:
        yield FieldFault(pointer="/bin", key="for_entrepreneurs")
