"""The story of one complaint, played against a deployment and checked step by step."""

import io
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any, Final, NotRequired, TypedDict

from PIL import Image, ImageDraw

from functions.complaints.texts import text
from infra.local.chromium import NoBrowser, read
from infra.local.citizen import Answer, Caller, declaration, upload
from infra.local.deployed import Deployed
from infra.local.publishing import NotPublished, publish
from infra.local.pushes import pushes
from infra.local.receiver import Received, Receiver


class Place(TypedDict):
    """As the app sends it."""

    lat: float
    lon: float
    address: NotRequired[str]


# In Pavlodar; for another region see `infra.local.scene`.
CATEGORY: Final = "open_manhole"
PLACE: Final[Place] = {"lat": 52.2873, "lon": 76.9674, "address": "Lermontov street 44, Pavlodar"}
COMMENT: Final = "An open manhole beside the school gate, no cover, no fence."
# A busy machine is slow, and a story on it too: only what never comes is wrong.
PATIENCE_S: Final = 600.0


HISTORY: Final = "submitted assigned photo_added escalated acknowledged photo_added answered closed".split()
"""See `played`."""


class StoryFailed(AssertionError):
    """A step did not happen as promised."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What is reported, where, and the bodies that answer for it there. `answers` are to the category's questions; what
    becomes of it everybody may see where it `is_public`.
    """

    category: str
    comment: str
    place: Place
    answers: Mapping[str, str]
    agency_id: str
    supervisor_id: str
    is_public: bool = False


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Who plays: a citizen, the body in charge and its supervising body with their webhook receivers."""

    deployed: Deployed
    scene: Scene
    citizen: Caller
    agency: Caller
    agency_hook: Receiver
    supervisor_hook: Receiver

    @property
    def agency_id(self) -> str:
        return self.scene.agency_id

    @property
    def supervisor_id(self) -> str:
        return self.scene.supervisor_id


@dataclass
class Teller:
    """Prints each step as it happens, with the seconds since the one before."""

    write: Callable[[str], None]
    _last: float = field(default_factory=time.monotonic)

    def __call__(self, who: str, what: str) -> None:
        now = time.monotonic()
        self.write(f"  {now - self._last:6.2f} s  {who:<11} {what}")
        self._last = now


def play(cast: Cast, tell: Teller) -> dict[str, Any]:
    """The complaint as its reporter sees it at the end; raises StoryFailed or TimeoutError."""
    tell("citizen", "signed in; the app registered the phone for push")
    began = time.time()
    _device(cast)
    photo = photograph()
    filed = _filed(cast, photo)
    complaint_id = filed["id"]
    tell("citizen", f"filed {filed['number']}: {cast.scene.comment}")
    if filed["agency"] is not None:
        # Danger waits for no photo.
        tell("intake", f"answered at once: {filed['agency']['name']} has it, due {filed['due_at']}")
    _is(upload(photo, filed["uploads"][0]), 200, "the upload")
    tell("citizen", f"uploaded the photo by the presigned request ({len(photo) // 1024} KiB)")
    shown = wait_until(cast, complaint_id, lambda it: it["agency"] is not None)
    _expect(shown["agency"]["id"] == cast.agency_id, f"{cast.agency_id} has it")
    _hook(cast.agency_hook, "complaint.assigned", complaint_id)
    tell("agency", "webhook complaint.assigned received, signature verified")
    tell("phone", _push(cast, began, complaint_id, "complaint.assigned"))
    shown = wait_until(cast, complaint_id, lambda it: it["photos"][0]["status"] == "ready")
    tell("intake", f"checked and cleaned the photo: {shown['photos'][0]['width']} pixels wide, no metadata")

    tell("…", "nobody answers")
    escalated = _hook(cast.supervisor_hook, "complaint.escalated", complaint_id)
    shown = wait_until(cast, complaint_id, lambda it: it["escalation_level"] >= 1)
    _expect(escalated.data["escalation_level"] == 1, "level 1")
    tell("escalation", f"the deadline has passed: {cast.supervisor_id} is in charge beside it")
    _hook(cast.agency_hook, "complaint.escalated", complaint_id)
    tell("agency", "webhook complaint.escalated received, signature verified")
    tell("phone", _push(cast, began, complaint_id, "complaint.escalated"))

    _is(cast.agency.post(f"/v1/agency/complaints/{complaint_id}/acknowledge"), 200, "acknowledge")
    proof_id = _proof(cast, complaint_id)
    tell("agency", "acknowledged, uploaded a proof photo, which was checked and cleaned")
    done = cast.agency.post(
        f"/v1/agency/complaints/{complaint_id}/answer",
        {"outcome": "resolved", "text": "The cover is back and bolted.", "photos": [proof_id]},
    )
    _is(done, 200, "the answer")
    tell("agency", "answered: resolved, with the photo")
    tell("phone", _push(cast, began, complaint_id, "complaint.answered"))
    _is(cast.citizen.post(f"/v1/complaints/{complaint_id}/confirm"), 200, "confirm")
    _hook(cast.agency_hook, "complaint.closed", complaint_id)
    tell("citizen", "confirmed: it is done. The complaint is closed")
    if cast.scene.is_public:
        address, read_in = _page(cast, filed["number"])
        tell(
            "everybody",
            f"sees that on its page, read back {read_in}, without a word of the citizen's: {address}",
        )
    return _final(cast, complaint_id)


def _page(cast: Cast, number: str) -> tuple[str, str]:
    """The address of the complaint's public page, which was read back, and in what."""
    try:
        publish(cast.deployed)
    except NotPublished as failed:
        raise StoryFailed(f"the public files were not written: {failed}") from failed
    everybody = Caller(base=cast.deployed.api_url, token=None)
    answer = everybody.get(f"/c/{number}")
    _is(answer, 200, "the public page")
    address = f"{everybody.base}/c/{number}"
    try:
        said = read(f"{address}#{everybody.language}", language=everybody.language)
        read_in = "in a browser"
    except NoBrowser as why:
        said = answer.body.decode()
        read_in = f"without a browser ({why})"
    closed = text("event.complaint.closed.title", everybody.language)
    _expect(number in said and closed in said, "its page says that it is closed")
    _expect(cast.scene.comment not in said, "its page has no word of a person")
    return address, read_in


def _final(cast: Cast, complaint_id: str) -> dict[str, Any]:
    shown = cast.citizen.get(f"/v1/complaints/{complaint_id}").body
    types = [each["type"].removeprefix("complaint.") for each in shown["timeline"]]
    _expect(played(types) == HISTORY, f"the history is as expected, not {types}")
    _expect(cast.agency_hook.refused + cast.supervisor_hook.refused == 0, "every signature verified")
    return dict(shown)


def played(types: Sequence[str]) -> list[str]:
    """Without what depends on how fast the machine is: a reminder, which is left out where its deadline has come
    meanwhile, how many terms pass before the body answers, when the reporter's photo has been checked, and when there is a
    copy of it that everybody may see.
    """
    kept = [
        type
        for place, type in enumerate(types)
        if type not in ("deadline_near", "photo_redacted")
        and not (type == "escalated" and type in types[:place])
    ]
    if {"photo_added", "assigned"} <= set(kept):
        kept.remove("photo_added")
        kept.insert(kept.index("assigned") + 1, "photo_added")
    return kept


def photograph(*, covered: bool = False, place: Place | None = None, width: int = 800) -> bytes:
    """A JPEG as a phone makes it, metadata and all: of the manhole, open or covered and from a step aside; with where and
    when it was taken where `place` is given. `width` in pixels: to look through one of 1600 takes four times as long.
    """
    size = (1600, 1200)
    # A photo that is plain has no perceptual hash, and of a body's no two may have the same ground.
    seed = time.time_ns() if covered else 0
    rough = Image.frombytes("L", (32, 24), Random(seed).randbytes(32 * 24)).resize(size)  # noqa: S311
    image = Image.blend(Image.new("RGB", size, (120, 120, 125)), rough.convert("RGB"), 0.2)
    draw = ImageDraw.Draw(image)
    if covered:
        draw.ellipse((330, 420, 990, 960), fill=(92, 90, 88), outline=(60, 60, 64), width=30)
    else:
        draw.ellipse((500, 350, 1100, 850), fill=(15, 15, 18), outline=(60, 60, 64), width=24)
    for x in range(0, 1600, 40):
        draw.line((x, 0, x + 300, 1200), fill=(112, 112, 118), width=3)
    exif = Image.Exif()
    exif[0x0110] = "A phone"
    exif[0x9C9C] = "a comment that must not get out".encode("utf-16-le")
    if place is not None:
        now = datetime.now(UTC)
        exif[0x8769] = {0x9003: f"{now:%Y:%m:%d %H:%M:%S}", 0x9011: "+00:00"}
        exif[0x8825] = {1: "N", 2: (place["lat"], 0.0, 0.0), 3: "E", 4: (place["lon"], 0.0, 0.0)}
    out = io.BytesIO()
    image.thumbnail((width, width))
    image.save(out, "JPEG", quality=90, exif=exif.tobytes(), comment=b"nor may this one")
    return out.getvalue()


def wait_until(
    cast: Cast, complaint_id: str, true: Callable[[Mapping[str, Any]], bool], *, patience: float = PATIENCE_S
) -> dict[str, Any]:
    """The complaint as its reporter sees it, as soon as `true` holds; raises StoryFailed."""
    began = time.monotonic()
    while True:
        shown = cast.citizen.get(f"/v1/complaints/{complaint_id}")
        _is(shown, 200, "reading the complaint")
        if true(shown.body):
            return dict(shown.body)
        waited = time.monotonic() - began
        if waited > patience:
            raise StoryFailed(f"waited {patience:.0f} s; the complaint is {shown.body['status']}")
        time.sleep(pause(waited))


def pause(waited: float) -> float:
    """Seconds until whoever has waited so long looks again: each look takes from the machine what it waits for."""
    return min(0.2 + waited / 20, 0.8)


def _device(cast: Cast) -> None:
    body = {"platform": "fcm", "token": "demo-phone-token", "language": "en"}
    answer = cast.citizen.call("PUT", "/v1/devices/demo-phone", body)
    _expect(answer.status in (200, 201, 204), f"the phone is registered ({answer.status} {answer.body})")


def _filed(cast: Cast, photo: bytes) -> dict[str, Any]:
    body = {
        "category": cast.scene.category,
        "comment": cast.scene.comment,
        "location": cast.scene.place,
        "answers": cast.scene.answers,
        "photos": [declaration(photo)],
    }
    answer = cast.citizen.post("/v1/complaints", body)
    _is(answer, 201, "filing")
    return dict(answer.body)


def _proof(cast: Cast, complaint_id: str) -> str:
    photo = photograph(covered=True, place=cast.scene.place)
    path = f"/v1/agency/complaints/{complaint_id}"
    declared = cast.agency.post(f"{path}/photos", {"photos": [declaration(photo)]})
    _is(declared, 201, "declaring the proof photo")
    presigned = declared.body["uploads"][0]
    _is(upload(photo, presigned), 200, "uploading the proof photo")
    photo_id = presigned["photo_id"]
    shown = wait_until(
        cast,
        complaint_id,
        lambda it: any(each["id"] == photo_id and each["status"] == "ready" for each in it["photos"]),
    )
    proof = shown["photos"][-1]["proof"]
    facts = proof["distance"], proof["taken"], proof["reused"]
    _expect(facts == ("within_50", "after", None), "the proof photo was taken there, afterwards, and is new")
    return str(photo_id)


def _hook(receiver: Receiver, type: str, complaint_id: str) -> Received:
    return receiver.wait_for(
        type, timeout=PATIENCE_S, accept=lambda received: received.data["id"] == complaint_id
    )


def _push(cast: Cast, since: float, complaint_id: str, event: str) -> str:
    """What the phone shows of what SNS was asked to send, read from the emulator's recording; the inbox has it too."""
    wanted = {"complaint_id": complaint_id, "event": event}
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        for push in pushes(cast.deployed.emulator, since=since).values():
            if wanted.items() <= push.data.items():
                _expect(_is_in_inbox(cast, complaint_id, event), f"{event} is in the inbox")
                return f"shows “{push.title}”: {push.body}"
        time.sleep(0.3)
    raise StoryFailed(f"no push of {event} was published")


def _is_in_inbox(cast: Cast, complaint_id: str, type: str) -> bool:
    answer = cast.citizen.get("/v1/notifications")
    _is(answer, 200, "the inbox")
    return (complaint_id, type) in [(item["complaint_id"], item["type"]) for item in answer.body["items"]]


def _is(answer: Answer, status: int, what: str) -> None:
    _expect(answer.status == status, f"{what} is answered {status}, not {answer.status}: {answer.body!r}")


def _expect(true: bool, what: str) -> None:
    if not true:
        raise StoryFailed(f"expected that {what}")
