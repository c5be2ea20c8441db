"""A complaint whose events really are in the table, and people with phones that SNS (moto) knows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.complaints.change import Change
from functions.complaints.complaint import Actor, ActorKind, Complaint
from functions.complaints.moves.assignment import assign, with_assignment
from functions.complaints.moves.filing import Draft, file
from functions.complaints.region import Region
from functions.edge.clients import client
from functions.notify.outbox.payload import Message
from functions.notify.outbox.push import Outcome, SnsPusher
from functions.notify.outbox.sending import Sender
from functions.notify.outbox.telling import Teller
from functions.records.codec import complaint_pk, event_sk
from functions.records.outbox import Published, image_of, published_by
from functions.records.people.devices import DEVICE_KEPT, DeviceItem, device_sk, sign_in, token_digest
from functions.records.people.table import person_pk
from functions.records.store import ComplaintStore
from functions.records.tables import ComplaintItem, EventItem
from tests.region_fixture import WEST, region

MONDAY = datetime(2026, 6, 1, 5, tzinfo=UTC)
"""10:00 in the region."""
NIGHT = datetime(2026, 6, 1, 20, tzinfo=UTC)
"""01:00 in the region."""
HOUSING = Actor(kind=ActorKind.AGENCY, id="housing")
REPORTER = Actor(kind=ActorKind.CITIZEN, id="reporter")


@dataclass
class Clock:
    at: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Phones:
    """SNS, with what was published to it and the answers that a test wants instead of its own."""

    published: list[tuple[str, Message]] = field(default_factory=list)
    answers: list[Outcome] = field(default_factory=list)
    real: SnsPusher = field(default_factory=SnsPusher)

    def __call__(self, device: DeviceItem, message: Message) -> Outcome:
        answer = self.answers.pop(0) if self.answers else self.real(device, message)
        if answer is Outcome.SENT:
            self.published.append((device.device_id, message))
        return answer

    @property
    def devices(self) -> list[str]:
        return [device for device, _ in self.published]


@dataclass(kw_only=True)
class Life:
    """One complaint on its way; each step is written to the table and read back as the stream would show it."""

    region: Region = field(default_factory=region)
    clock: Clock = field(default_factory=Clock)
    store: ComplaintStore = field(default_factory=ComplaintStore)
    complaint: Complaint | None = None

    def file(self, reporter: str = "reporter", **draft: Any) -> Published:
        return self._written(self._filed(reporter, **draft))

    def file_assigned(self, reporter: str = "reporter", **draft: Any) -> dict[str, Any]:
        """As the stream hands out what was filed and given to its body in one write."""
        change = with_assignment(self._filed(reporter, **draft), region=self.region, now=self.clock())
        self.store.write(change)
        self.complaint = change.after
        image = ComplaintItem.get(complaint_pk(change.after.id), ComplaintItem.SK).serialize()
        return {"dynamodb": {"NewImage": image, "SequenceNumber": f"no-{change.event.id}"}}

    def _filed(self, reporter: str, **draft: Any) -> Change:
        lat, lon = WEST
        return file(
            Draft(**{"category": "rubbish", "comment": "Not collected", "lat": lat, "lon": lon} | draft),
            region=self.region,
            reporter=reporter,
            now=self.clock(),
        )

    def assign(self) -> Published:
        return self.then(lambda each: assign(each, region=self.region, now=self.clock()))

    def then(self, decide: Callable[[Complaint], Change | None]) -> Published:
        self.clock.at += timedelta(seconds=1)
        assert self.complaint is not None
        change = decide(self.complaint)
        assert change is not None
        return self._written(change)

    def _written(self, change: Change) -> Published:
        self.store.write(change)
        self.complaint = change.after
        (brought,) = published_by(
            ComplaintItem.get(complaint_pk(change.after.id), ComplaintItem.SK).serialize()
        )
        return brought


def teller(life: Life) -> Teller:
    return Teller(region=life.region, now=life.clock)


def sender(life: Life, phones: Phones) -> Sender:
    return Sender(pusher=phones, now=life.clock)


def record(published: Published) -> dict[str, Any]:
    """As the stream hands out the event, which is in the table."""
    event = published.event
    item = EventItem.get(complaint_pk(event.complaint_id), event_sk(event.seq))
    return {"dynamodb": {"NewImage": image_of(item.serialize()), "SequenceNumber": f"no-{event.id}"}}


def application(platform: str = "GCM") -> str:
    sns = client("sns")
    made = sns.create_platform_application(
        Name=f"qamqor-test-{platform.lower()}",
        Platform=platform,
        Attributes={"PlatformCredential": "x", "PlatformPrincipal": "x"},
    )
    return str(made["PlatformApplicationArn"])


def phone(
    person: str,
    device_id: str = "phone",
    *,
    platform: str = "fcm",
    language: str | None = None,
    spoken: str | None = None,
    now: datetime = MONDAY,
) -> DeviceItem:
    """Sign a person in on a phone."""
    token = f"{person}-{device_id}-token"
    sns = client("sns")
    arn = sns.create_platform_endpoint(
        PlatformApplicationArn=application("GCM" if platform == "fcm" else "APNS"), Token=token
    )["EndpointArn"]
    device = DeviceItem(
        person_pk(person),
        device_sk(device_id),
        device_id=device_id,
        platform=platform,
        endpoint_arn=arn,
        token_digest=token_digest(platform, token),
        language=language,
        spoken=spoken,
        seen_at=now,
        live_until=now + DEVICE_KEPT,
    )
    sign_in(device, before=None, owner=None)
    return device
