"""History in words: an event as a line of the timeline, and as a push."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

from functions.complaints.clock import iso, parse_iso
from functions.complaints.complaint import ActorKind, Hidden, Status
from functions.complaints.events import CORRECTED, HANDED, Event, EventType
from functions.complaints.lapse import Missed
from functions.complaints.promise import promise_text
from functions.complaints.region import Region
from functions.complaints.texts import datetime_text, has_text, in_language, text
from functions.complaints.visibility import BODIES, THEIRS, Shown, Viewer, as_seen, shown

type PushKind = Literal["progress", "question", "escalation", "answer", "photo"]

PUSHED: Final[Mapping[EventType, PushKind]] = {
    EventType.ASSIGNED: "progress",
    EventType.ACKNOWLEDGED: "progress",
    EventType.COMMENTED: "progress",
    EventType.TRANSFERRED: "progress",
    EventType.INSTRUCTED: "progress",
    EventType.REASSIGNED: "progress",
    EventType.DEADLINE_EXTENDED: "progress",
    EventType.DEADLINE_MOVED: "progress",
    EventType.CLOSED: "progress",
    EventType.WITHDRAWN: "progress",
    EventType.LEFT_TO_JOINERS: "progress",
    EventType.SPLIT: "progress",
    EventType.RECATEGORISED: "progress",
    EventType.RELOCATED: "progress",
    EventType.MERGED: "progress",
    EventType.ABSORBED: "progress",
    EventType.QUESTION_ASKED: "question",
    EventType.ESCALATED: "escalation",
    EventType.ANSWERED: "answer",
    EventType.PHOTO_REFUSED: "photo",
    EventType.PHOTO_MISSED: "photo",
}
"""Which steps are worth a push, and the kind that a person can turn off; their own doings are not pushed."""

BODIES_APART: Final = "; "
"""Between the names of bodies, which have commas and "and" in themselves."""

BODY_MOST: Final = 178
"""So many characters of a body the lock screens show; what is longer says less (`_fitting`)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PushText:
    """A push in words: what happened and the complaint's number as `title`, at most BODY_MOST characters as `body`. No
    personal data is in it.

    `collapse_id` is the complaint's: a later push of it replaces an earlier one.
    """

    kind: PushKind
    title: str
    body: str
    number: str
    collapse_id: str


def line(
    event: Event, *, language: str, region: Region, viewer: Viewer = Viewer.REPORTER
) -> dict[str, Any] | None:
    """One line of the timeline, None for what this viewer may not see.

    `{seq, type, at, title, body}`, and where they apply `agency` `{id, name}` (who has it or did it),
    `due_at` and `explanation` (how the deadline was counted).
    """
    seen = as_seen(event, viewer)
    if seen is None:
        return None
    event = seen
    words = _Words(event=event, language=language, region=region)
    title, body = _said(words, viewer=viewer)
    told: dict[str, Any] = {
        "seq": event.seq,
        "type": str(event.type),
        "at": iso(event.at),
        "title": title,
        "body": body,
    }
    agency = event.data.get("to") or event.data.get("agency") or event.actor_agency
    if agency:
        told["agency"] = {"id": agency, "name": words.agency(agency)}
    if event.data.get("due_at"):
        told["due_at"] = event.data["due_at"]
    if event.data.get("promise"):
        told["explanation"] = promise_text(event.data["promise"], language)
    return told


def hidden_reason(hidden: Hidden, *, language: str) -> str:
    """Why it was taken from the public, in words that everybody may read."""
    return text("public.flagged", language) if hidden.by == ActorKind.CITIZEN else hidden.reason


def push_kind(event: Event, *, viewer: Viewer = Viewer.REPORTER) -> PushKind | None:
    """The kind of the push to the one who reported, or to one who joined; None where the event is not worth one, not
    theirs to know, or was their own doing.
    """
    if shown(event, viewer) == Shown.NOTHING:
        return None
    if event.type in (EventType.WITHDRAWN, EventType.LEFT_TO_JOINERS):
        # To those who joined: they hear nothing more, or it is theirs. Of a part, who is to know was told of the whole.
        if viewer != Viewer.JOINER or event.actor == ActorKind.SYSTEM:
            return None
    elif event.actor == ActorKind.CITIZEN or (event.type in CORRECTED and event.actor == ActorKind.SYSTEM):
        return None
    if event.type == EventType.ABSORBED and not event.data.get("due_at"):
        # That another is dealt with here too is no news, but that its deadline holds.
        return None
    if event.type == EventType.PHOTO_REFUSED and event.data.get("by") == ActorKind.AGENCY:
        return None
    if event.type == EventType.REASSIGNED and event.data.get("role") != "owner":
        # Another body above, or another name for what it is about: who is to answer is as it was.
        return None
    return PUSHED.get(event.type)


def push(
    event: Event,
    *,
    number: str,
    category: str,
    region: Region,
    language: str,
    viewer: Viewer = Viewer.REPORTER,
) -> PushText | None:
    """What a phone shows of the event in its language; None where there is no push (`push_kind`).

    The texts are `push.<event>[.<variant>].title`, `.body` and, where names may make that too long, `.short`; one that
    begins with `push.joined.` goes before it for whoever joined.
    """
    kind, seen = push_kind(event, viewer=viewer), as_seen(event, viewer)
    if kind is None or seen is None:
        return None
    joined = viewer == Viewer.JOINER
    key = ".".join((event.type.partition(".")[2], *_variant(seen)))
    words = _Words(event=seen, language=language, region=region)
    (title,) = words.pushed(key, "title", joined=joined)
    bodies = words.pushed(key, "body", "short", joined=joined)
    return PushText(
        kind=kind,
        title=f"{title} · {number}",
        body=_fitting(bodies, name=words.shown_category(category), language=language, joined=joined),
        number=number,
        collapse_id=event.complaint_id,
    )


def _fitting(bodies: Sequence[str], *, name: str | None, language: str, joined: bool) -> str:
    """The fullest form that a lock screen shows: with the category's name before it, else without; the end of the last is
    cut off where no form is short enough.
    """
    forms = [
        _about(said, name=shown, language=language, joined=joined)
        for shown in (name, None)
        for said in bodies
    ]
    fitting = (form for form in forms if len(form) <= BODY_MOST)
    return next(fitting, f"{forms[-1][: BODY_MOST - 1]}…")


def _about(said: str, *, name: str | None, language: str, joined: bool) -> str:
    if joined:
        key = "push.joined.about" if name else "push.joined.about.unnamed"
        return text(key, language, category=name, said=said)
    return f"{name}. {said}" if name else said


def _variant(event: Event) -> tuple[str, ...]:
    """What follows the event's name in a text's key, where one event has several faces."""
    match event.type:
        case EventType.ESCALATED:
            # An event that does not say what was missed is not made to say it.
            if event.data.get("missed") not in set(Missed):
                return ("term",)
            return (event.data["missed"], *(() if event.data.get("to") else ("top",)))
        case EventType.REASSIGNED if event.data.get("from_category"):
            return ("category",)
        case EventType.TRANSFERRED | EventType.INSTRUCTED | EventType.REASSIGNED:
            if not event.data.get("due_at"):
                return ("overdue",)
            fresh = event.type != EventType.INSTRUCTED and event.data.get("promise")
            return ("fresh",) if fresh else ()
        case EventType.ANSWERED:
            return ("resolved" if event.data.get("outcome") == "resolved" else "declined",)
        case EventType.WITHDRAWN if event.actor == ActorKind.SYSTEM:
            return ("part",) if event.data.get("parent") else ("abandoned",)
        case EventType.RECATEGORISED | EventType.RELOCATED:
            if event.data.get("to"):
                return ("moved",)
            return () if event.actor == ActorKind.AGENCY else ("own",)
        case EventType.REFUTED if event.data.get("into"):
            return ("apart",)
        case EventType.ABSORBED if event.data.get("due_at"):
            return ("earlier",)
        case EventType.PHOTO_ADDED if event.data.get("by") == ActorKind.AGENCY:
            return ("agency",)
        case EventType.PHOTO_MISSED if event.actor == ActorKind.CITIZEN:
            return ("own",)
        case EventType.PHOTO_MISSED if event.data.get("photos") == []:
            # All came, and none could be used.
            return ("none",)
        case EventType.HIDDEN | EventType.UNHIDDEN if event.data.get("parent"):
            return ("part",)
        case EventType.HIDDEN if event.data.get("count"):
            return ("flags",)
        case EventType.HIDDEN | EventType.UNHIDDEN:
            return () if event.actor == ActorKind.AGENCY else ("operator",)
        case EventType.PHOTO_REDACTED if event.actor == ActorKind.AGENCY:
            return ("changed",)
        case EventType.DEADLINE_MOVED if not event.data.get("due_at"):
            if event.data.get("closes_at"):
                return ("closing", "theirs") if event.data.get("theirs") else ("closing",)
            return ("acknowledgement",) if event.data.get("acknowledge_by") else ()
    return ()


def _photos_of(event: Event) -> tuple[str, ...]:
    """What becomes of the photos that were declared with it: they are waited for, or follow."""
    if not event.data.get("photos") or event.data.get("parent"):
        return ()
    return ("photos",) if event.status == Status.AWAITING_PHOTOS else ("follow",)


def _said(words: "_Words", *, viewer: Viewer) -> tuple[str, str]:
    """Title and body of what this viewer sees of the event."""
    event, data = words.event, words.event.data
    joined = ("joined",) if viewer == Viewer.JOINER else ()
    match event.type:
        case EventType.SUBMITTED:
            body = words.body(*_photos_of(event))
            return words.title(), f"{body} {words.text('again')}" if data.get("again_of") else body
        case EventType.ASSIGNED if data.get("above"):
            return words.title(), words.body("again")
        case EventType.COMMENTED:
            if event.words_seal is not None and event.words_seal.salt is None:
                return words.title(_commenter(event)), words.body("erased")
            return words.title(_commenter(event)), words.written()
        case EventType.QUESTION_ASKED:
            return words.title(), words.written()
        case EventType.ANSWERED:
            if "text" not in data:
                return words.title(*_variant(event)), words.body("public")
            whose = ("theirs",) if data.get("theirs") else joined
            return words.title(*_variant(event)), f"{words.body()} {words.text(*whose, 'next')}"
        case EventType.ESCALATED:
            variant = _variant(event)
            # What can be done about it is said to those whose complaint it is: the appeal is theirs.
            more = words.further(*variant, "next") if viewer in THEIRS else []
            return words.title(*variant), " ".join([words.body(*variant), *more])
        case EventType.PHOTO_ADDED | EventType.PHOTO_MISSED | EventType.REASSIGNED:
            return words.title(*_variant(event)), words.body(*_variant(event))
        case EventType.DEADLINE_MOVED:
            variant = _variant(event)
            return words.title(), words.body(*variant, *(joined if variant == ("closing",) else ()))
        case EventType.WITHDRAWN if event.actor == ActorKind.SYSTEM:
            return words.title(*_variant(event)), words.body(*_variant(event))
        case EventType.ASSIGNED_TO_OFFICER:
            variant = () if data.get("officer") else ("none",)
            return words.title(*variant), words.body(*variant)
        case EventType.CLOSED:
            return words.title(), words.body(
                *(("confirmed", *joined) if data.get("confirmed") else ("lapsed",))
            )
        case EventType.TRANSFERRED | EventType.INSTRUCTED:
            said = [words.body(*_variant(event))]
            said += [words.text("late")] if viewer in BODIES and data.get("in_time") is False else []
        case EventType.RECATEGORISED | EventType.RELOCATED:
            said = [words.body(*_variant(event))]
            said += [words.text("due")] if data.get("due_at") else []
        case _:
            said = [words.body(*_variant(event))]
    if data.get("reason") and event.type not in (EventType.PHOTO_REFUSED, EventType.FLAGGED):
        said.append(words.reason())
    return words.title(), " ".join(said)


def _commenter(event: Event) -> str:
    if event.data.get("internal"):
        return "internal"
    if event.actor == ActorKind.AGENCY:
        return "agency"
    return "reply" if event.data.get("reply") else "citizen"


@dataclass(frozen=True, kw_only=True)
class _Words:
    """One event's texts in one language."""

    event: Event
    language: str
    region: Region

    def title(self, *variant: str) -> str:
        return self.text(*variant, "title")

    def body(self, *variant: str) -> str:
        return self.text(*variant, "body")

    def text(self, *path: str) -> str:
        return text(".".join(("event", self.event.type, *path)), self.language, **self.params)

    def further(self, *path: str) -> list[str]:
        """What there is to say beyond the body; nothing where the event has no such text."""
        return [self.text(*path)] if has_text(".".join(("event", self.event.type, *path))) else []

    def reason(self) -> str:
        return text("event.reason", self.language, reason=self.event.data["reason"])

    def pushed(self, key: str, first: str, *more: str, joined: bool) -> list[str]:
        """A push's text in these forms, as far as there are more than the first; what is said otherwise to whoever joined
        goes before.
        """
        own = f"push.joined.{key}"
        at = own if joined and has_text(f"{own}.{first}") else f"push.{key}"
        forms = (first, *(form for form in more if has_text(f"{at}.{form}")))
        return [text(f"{at}.{form}", self.language, **self.params) for form in forms]

    def written(self) -> str:
        """What was written, or that it is not for everybody."""
        said = self.event.data.get("text")
        return text("event.unshown", self.language) if said is None else str(said)

    @cached_property
    def params(self) -> dict[str, Any]:
        """What the event's texts may name; None for what it does not say."""
        data = self.event.data
        instructed = self.event.type == EventType.INSTRUCTED
        handed = self.event.type in HANDED
        to = data.get("to") if handed else None
        agency = to or data.get("agency") or self.event.actor_agency
        giver = self.event.actor_agency if instructed else data.get("from") if handed else None
        reason = data.get("reason")
        return {
            "number": data.get("number"),
            "into": data.get("into_number"),
            "agency": self.agency(agency),
            "giver": self.agency(giver),
            "category": self.category(data.get("category")),
            "above": self.agency(data.get("above") or data.get("to")),
            "given_up": self.category(data.get("from_category")),
            "due": self.time(data.get("due_at")),
            "before": None if handed else self.time(data.get("from")),
            "missed": self.time(data.get("missed_at")),
            "silent": BODIES_APART.join(map(str, map(self.agency, self.silent))) or None,
            "answered": self.time(data.get("answered_at")),
            "disputed": self.time(data.get("disputed_at")),
            "receiver": self.agency(data.get("passed_to")),
            "passed": self.time(data.get("passed_at")),
            "forward": self.time(data.get("forward_by")),
            "acknowledge": self.time(data.get("acknowledge_by")),
            "closes": self.time(data.get("closes_at")),
            "text": data.get("text"),
            "reason": self.known(reason),
            "count": int(data.get("joined") or data.get("count") or len(data.get("photos") or self.silent)),
        }

    def known(self, reason: str | None) -> str | None:
        """In words, where it is one of a few."""
        named = f"{'flag' if self.event.type == EventType.FLAGGED else 'photo'}.{reason}"
        return text(named, self.language) if has_text(named) else reason

    @property
    def silent(self) -> Sequence[str]:
        """Who let a term pass in silence: everybody that had it then."""
        data = self.event.data
        named = [data["agency"]] if data.get("agency") and data.get("missed") == Missed.SILENCE else []
        return data.get("silent") or named

    def agency(self, agency_id: str | None) -> str | None:
        """Its name; the id of a body that the region file no longer lists."""
        if agency_id is None:
            return None
        return in_language(self.region.agency(agency_id).name, self.language)

    def shown_category(self, category_id: str) -> str | None:
        """Its name; None where pushes keep it to themselves, or the region file no longer has it."""
        known = self.region.categories.get(category_id)
        return None if known is None or known.discreet else in_language(known.name, self.language)

    def category(self, category_id: str | None) -> str | None:
        if category_id is None:
            return None
        return in_language(self.region.category(category_id).name, self.language)

    def time(self, instant: str | None) -> str | None:
        """In the region's zone; the year only where it is another than the event's."""
        if instant is None:
            return None
        zone = self.region.time_zone
        return datetime_text(parse_iso(instant), self.language, zone, near=self.event.at)
