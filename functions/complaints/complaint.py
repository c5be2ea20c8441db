"""What a complaint is: its state, its photos, its clock. Pure values; `transitions` and `moves` change them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from functions.complaints.lapse import DisputedAnswer, Lapse, PassedOn
from functions.complaints.proof import Proof
from functions.complaints.redaction import Redaction
from functions.complaints.seals import Seal


class Status(StrEnum):
    AWAITING_PHOTOS = "awaiting_photos"
    SUBMITTED = "submitted"
    ASSIGNED = "assigned"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


OPEN: Final = frozenset(
    {Status.AWAITING_PHOTOS, Status.SUBMITTED, Status.ASSIGNED, Status.ACKNOWLEDGED, Status.ANSWERED}
)
WITH_AGENCY: Final = frozenset({Status.ASSIGNED, Status.ACKNOWLEDGED})
ENDED: Final = frozenset({Status.CLOSED, Status.WITHDRAWN})


CITIZEN: Final = "citizen"
ENTREPRENEUR: Final = "entrepreneur"
"""In which capacity somebody reports. A body sees which, and nobody is shown an entrepreneur's BIN."""


class ActorKind(StrEnum):
    CITIZEN = "citizen"
    AGENCY = "agency"
    SYSTEM = "system"


class Role(StrEnum):
    """What an officer is in their body; `officers.MOVES` says what each may do."""

    VIEWER = "viewer"
    OFFICER = "officer"
    HEAD = "head"


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """Who moves a complaint. `id` is an agency's id or a person's opaque subject; the system has none. Where a person
    acts for the agency, `officer` is their opaque id and `role` theirs; a body's own system has neither.

    A person's subject never enters an event: the history must stay verifiable after the person is erased. An officer's
    id does: it names nobody by itself.
    """

    kind: ActorKind
    id: str | None = None
    officer: str | None = None
    role: Role | None = None


SYSTEM: Final = Actor(kind=ActorKind.SYSTEM)


class PhotoStatus(StrEnum):
    EXPECTED = "expected"
    READY = "ready"
    REFUSED = "refused"
    MISSED = "missed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Photo:
    """A declared photo. `size` in bytes, `sha256` in hex, both of the upload; `width`, `height`, `clean_sha256` of the
    clean one.

    `kept_with` is the complaint whose files it is among, where that is another: a part shows its parent's photos.
    `agency_id` is the body that declared it, and `proof` what was found of a body's photo. `redaction` says what is hidden
    in the copy that everybody may see; None: there is no such copy.
    """

    id: str
    by: ActorKind
    content_type: str
    size: int
    sha256: str
    status: PhotoStatus = PhotoStatus.EXPECTED
    reason: str | None = None
    width: int | None = None
    height: int | None = None
    clean_sha256: str | None = None
    kept_with: str | None = None
    agency_id: str | None = None
    proof: Proof | None = None
    redaction: Redaction | None = None


OUTCOMES: Final = ("resolved", "declined")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """An agency's answer. `outcome` is one of OUTCOMES; `photos` are ids of the proof photos."""

    outcome: str
    text: str
    agency_id: str
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Hidden:
    """That nothing of it is public but its number and this. `by` an agency (`agency_id`), the system (who runs the region),
    or citizens: so many have flagged it (`publicity.FLAGGED` is the reason then). `with_whole`: a part, as the whole is.
    """

    by: ActorKind
    agency_id: str | None
    reason: str
    at: datetime
    with_whole: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Complaint:
    """One complaint as it stands after its event number `version`.

    `watch_round` rises when a new watch must be started, and fences the one before it; `head` is the hash of the last
    event; `promise` explains the deadline in data (see `deadlines.Explanation`; its `agency` is the body whose calendar
    counted). `answer` is the one that stands: a refuted one is in the history alone. Times are aware UTC, in whole
    milliseconds.

    `had_since` is since when each body in charge has it. `disputed` are the answers that were disputed, `passed_on` is
    what the body that has it now took over, and `lapse` the last term for an answer that passed.

    `officers`: whom each body in charge gave it to among its own, by the body; ids that are the body's.

    `additions` counts what each side has added, a body by `agency#<id>` (see `caps`).

    A complaint that was divided has `children`; each of them is a complaint of its own with a `parent_id` and
    with what is asked of its body as `part`.

    `again_of`: an earlier complaint of the same person that was closed, and that this one is of again.

    `merged_into`: the one nearby with which it is dealt with, until it is disputed; `absorbed` are those that this one was
    joined with.

    `left_to_joiners`: whoever reported it took it back, and it goes on for those who had joined.

    `photos_private`: whoever reported it lets nobody but the bodies see their photos. `hidden`: it was taken from the
    public; `flags` counts who found that it should be, or is `publicity.LOOKED_AT`.

    `photo_hashes` has the perceptual hash (in hex) of each photo that was found good, by its id.

    `words_seal` is of what the person wrote, of what the photos look like and of the exact place, `person_seal` of who they
    are (`personal`): they are erased without the history, which goes on to hold the seals. `reporter` and `person_seal` are
    None together where it never had one.
    """

    id: str
    number: str
    region: str
    status: Status
    category: str
    danger: bool = False
    comment: str
    lat: float
    lon: float
    submitted_at: datetime
    changed_at: datetime
    version: int = 0
    watch_round: int = 0
    head: str = ""
    address: str | None = None
    district: str | None = None
    language: str = "kk"
    reporter: str | None = None
    reporter_kind: str = CITIZEN
    public_name: str | None = None
    written_at: datetime | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    photos: tuple[Photo, ...] = ()
    agency_id: str | None = None
    escalated_to: tuple[str, ...] = ()
    officers: Mapping[str, str] = field(default_factory=dict)
    escalation_level: int = 0
    overdue: bool = False
    promise: Mapping[str, Any] | None = None
    started_at: datetime | None = None
    photos_due_at: datetime | None = None
    acknowledge_by: datetime | None = None
    near_at: datetime | None = None
    due_at: datetime | None = None
    close_at: datetime | None = None
    assigned_at: datetime | None = None
    acknowledged_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    answer: Answer | None = None
    open_question: str | None = None
    extensions: int = 0
    refutations: int = 0
    passed_by: tuple[str, ...] = ()
    had_since: Mapping[str, datetime] = field(default_factory=dict)
    disputed: tuple[DisputedAnswer, ...] = ()
    passed_on: PassedOn | None = None
    lapse: Lapse | None = None
    joined: int = 0
    left_to_joiners: bool = False
    again_of: str | None = None
    merged_into: str | None = None
    absorbed: tuple[str, ...] = ()
    additions: Mapping[str, int] = field(default_factory=dict)
    parent_id: str | None = None
    part: str | None = None
    children: tuple[str, ...] = ()
    photos_private: bool = False
    hidden: Hidden | None = None
    flags: int = 0
    photo_hashes: Mapping[str, str] = field(default_factory=dict)
    words_seal: Seal | None = None
    person_seal: Seal | None = None

    @property
    def in_charge(self) -> tuple[str, ...]:
        """Every agency that may act on it: the one that owns it and those it was escalated to."""
        return (() if self.agency_id is None else (self.agency_id,)) + self.escalated_to

    @property
    def overdue_since(self) -> datetime | None:
        """Since when it is overdue with the body that has it: never before that body had it. None until a term passed."""
        if self.lapse is None:
            return None
        known_at = self.lapse.known_at
        return max(known_at, self.had_since.get(self.agency_id or "", known_at))

    @property
    def expects_photos(self) -> bool:
        return any(photo.status == PhotoStatus.EXPECTED for photo in self.photos)

    def photo(self, photo_id: str) -> Photo | None:
        return next((photo for photo in self.photos if photo.id == photo_id), None)
