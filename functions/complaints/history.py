"""History in words: an event as a line of the timeline, and as a push."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

from functions.complaints.clock import iso, parse_iso
from functions.complaints.complaint import ActorKind
from functions.complaints.events import HANDED, Event, EventType
from functions.complaints.lapse import Missed
from functions.complaints.promise import promise_text
from functions.complaints.region import Region
from functions.complaints.texts import UNKNOWN, datetime_text, has_text, in_language, text
from functions.complaints.visibility import BODIES, Viewer, as_seen

type PushKind = Literal["progress", "question", "escalation", "answer", "photo"]

PUSHED: Final[Mapping[EventType, PushKind]] = {
    EventType.ASSIGNED: "progress",
    EventType.ACKNOWLEDGED: "progress",
    EventType.COMMENTED: "progress",
    EventType.TRANSFERRED: "progress",
    EventType.INSTRUCTED: "progress",
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

_CORRECTED: Final = frozenset({EventType.RECATEGORISED, EventType.RELOCATED})

PUSH_ARGS: Final[Mapping[str, tuple[str, ...]]] = {
    "push.assigned": ("agency", "due"),
    "push.acknowledged": ("agency",),
    "push.commented": ("agency",),
    "push.question_asked": ("agency",),
    "push.transferred": ("agency", "due"),
    "push.transferred.fresh": ("agency", "due"),
    "push.transferred.overdue": ("agency",),
    "push.instructed": ("giver", "agency", "due"),
    "push.instructed.overdue": ("giver", "agency"),
    "push.deadline_extended": ("agency", "due"),
    "push.deadline_moved": ("due",),
    "push.deadline_moved.closing": ("closes",),
    "push.escalated.silence": ("agency", "above", "due"),
    "push.escalated.silence.top": ("agency",),
    "push.escalated.disputed_answer": ("agency", "above", "due"),
    "push.escalated.disputed_answer.top": ("agency",),
    "push.escalated.passed_on_late": ("agency", "receiver", "above", "due"),
    "push.escalated.passed_on_late.top": ("agency", "receiver"),
    "push.escalated.late_acknowledgement": ("agency", "above"),
    "push.escalated.late_acknowledgement.top": ("agency",),
    "push.escalated.term": (),
    "push.answered.resolved": ("agency",),
    "push.answered.declined": ("agency",),
    "push.closed": (),
    "push.split": (),
    "push.recategorised": ("category", "agency"),
    "push.recategorised.moved": ("category", "agency"),
    "push.relocated": ("agency",),
    "push.relocated.moved": ("agency",),
    "push.merged": ("into",),
    "push.absorbed": ("due",),
    "push.photo_refused": (),
    "push.photo_missed": (),
    "push.photo_missed.none": (),
    "push.joined.assigned": ("agency", "due"),
    "push.joined.acknowledged": ("agency",),
    "push.joined.transferred": ("agency", "due"),
    "push.joined.transferred.fresh": ("agency", "due"),
    "push.joined.transferred.overdue": ("agency",),
    "push.joined.instructed": ("giver", "agency", "due"),
    "push.joined.instructed.overdue": ("giver", "agency"),
    "push.joined.deadline_extended": ("agency", "due"),
    "push.joined.deadline_moved": ("due",),
    "push.joined.deadline_moved.closing": ("closes",),
    "push.joined.deadline_moved.closing.theirs": ("closes",),
    "push.joined.escalated.silence": ("agency", "above", "due"),
    "push.joined.escalated.silence.top": ("agency",),
    "push.joined.escalated.disputed_answer": ("agency", "above", "due"),
    "push.joined.escalated.disputed_answer.top": ("agency",),
    "push.joined.escalated.passed_on_late": ("agency", "receiver", "above", "due"),
    "push.joined.escalated.passed_on_late.top": ("agency", "receiver"),
    "push.joined.escalated.late_acknowledgement": ("agency", "above"),
    "push.joined.escalated.late_acknowledgement.top": ("agency",),
    "push.joined.escalated.term": (),
    "push.joined.answered.resolved": ("agency",),
    "push.joined.answered.declined": ("agency",),
    "push.joined.closed": (),
    "push.joined.withdrawn": (),
    "push.joined.left_to_joiners": (),
    "push.joined.split": (),
    "push.joined.recategorised": ("category", "agency"),
    "push.joined.recategorised.moved": ("category", "agency"),
    "push.joined.relocated": ("agency",),
    "push.joined.relocated.moved": ("agency",),
    "push.joined.merged": ("into",),
    "push.joined.absorbed": ("due",),
}
"""The arguments of each push's body, in order: `%1$@` (APNs), `%1$s` (Android) first. Titles take none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PushText:
    """A push by localisation keys, that the app has in its own strings; no personal data is in `args`.

    `collapse_id` is the complaint's: a later push of it replaces an earlier one. `fallback` is the same in
    words, for an app that does not know the keys yet.
    """

    kind: PushKind
    title_key: str
    body_key: str
    args: tuple[str, ...]
    collapse_id: str
    fallback: str


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


def push(event: Event, *, region: Region, language: str, viewer: Viewer = Viewer.REPORTER) -> PushText | None:
    """What the phones of the one who reported show of the event, or of one who joined, in words of their own; None where
    it is not worth it, not theirs to know, or was their own doing.
    """
    kind = PUSHED.get(event.type)
    seen = as_seen(event, viewer)
    if kind is None or seen is None:
        return None
    event = seen
    if event.type in (EventType.WITHDRAWN, EventType.LEFT_TO_JOINERS):
        # To those who joined: they hear nothing more, or it is theirs. Of a part, who is to know was told of the whole.
        if viewer != Viewer.JOINER or event.actor == ActorKind.SYSTEM:
            return None
    elif event.actor == ActorKind.CITIZEN or (event.type in _CORRECTED and event.actor == ActorKind.SYSTEM):
        return None
    if event.type == EventType.ABSORBED and not event.data.get("due_at"):
        # That another is dealt with here too is no news, but that its deadline holds.
        return None
    if event.type == EventType.PHOTO_REFUSED and event.data.get("by") == ActorKind.AGENCY:
        return None
    to = ("push", "joined") if viewer == Viewer.JOINER else ("push",)
    variant = () if event.type == EventType.ABSORBED else _variant(event)
    key = ".".join((*to, event.type.partition(".")[2], *variant))
    params = _Words(event=event, language=language, region=region).params
    body = text(f"{key}.body", language, **params)
    return PushText(
        kind=kind,
        title_key=f"{key}.title",
        body_key=f"{key}.body",
        args=tuple(params[name] or UNKNOWN for name in PUSH_ARGS[key]),
        collapse_id=event.complaint_id,
        fallback=f"{text(f'{key}.title', language)}. {body}",
    )


def _variant(event: Event) -> tuple[str, ...]:
    """What follows the event's name in a text's key, where one event has several faces."""
    match event.type:
        case EventType.ESCALATED:
            # An event that does not say what was missed is not made to say it.
            if event.data.get("missed") not in set(Missed):
                return ("term",)
            return (event.data["missed"], *(() if event.data.get("to") else ("top",)))
        case EventType.TRANSFERRED | EventType.INSTRUCTED:
            if not event.data.get("due_at"):
                return ("overdue",)
            fresh = event.type == EventType.TRANSFERRED and event.data.get("promise")
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
        case EventType.PHOTO_MISSED if event.data.get("photos") == []:
            # All came, and none could be used.
            return ("none",)
        case EventType.DEADLINE_MOVED if not event.data.get("due_at"):
            if event.data.get("closes_at"):
                return ("closing", "theirs") if event.data.get("theirs") else ("closing",)
            return ("acknowledgement",) if event.data.get("acknowledge_by") else ()
    return ()


def _said(words: "_Words", *, viewer: Viewer) -> tuple[str, str]:
    """Title and body of what this viewer sees of the event."""
    event, data = words.event, words.event.data
    joined = ("joined",) if viewer == Viewer.JOINER else ()
    match event.type:
        case EventType.SUBMITTED:
            body = words.body("photos") if data.get("photos") else words.body()
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
        case EventType.ESCALATED | EventType.PHOTO_MISSED:
            return words.title(*_variant(event)), words.body(*_variant(event))
        case EventType.DEADLINE_MOVED:
            variant = _variant(event)
            return words.title(), words.body(*variant, *(joined if variant == ("closing",) else ()))
        case EventType.WITHDRAWN if event.actor == ActorKind.SYSTEM:
            return words.title(*_variant(event)), words.body(*_variant(event))
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
    if data.get("reason") and event.type != EventType.PHOTO_REFUSED:
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

    def reason(self) -> str:
        return text("event.reason", self.language, reason=self.event.data["reason"])

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
            "due": self.time(data.get("due_at")),
            "before": None if handed else self.time(data.get("from")),
            "missed": self.time(data.get("missed_at")),
            "answered": self.time(data.get("answered_at")),
            "disputed": self.time(data.get("disputed_at")),
            "receiver": self.agency(data.get("passed_to")),
            "passed": self.time(data.get("passed_at")),
            "forward": self.time(data.get("forward_by")),
            "acknowledge": self.time(data.get("acknowledge_by")),
            "closes": self.time(data.get("closes_at")),
            "text": data.get("text"),
            "reason": text(f"photo.{reason}", self.language) if has_text(f"photo.{reason}") else reason,
            "count": int(data.get("joined") or len(data.get("photos") or ())),
        }

    def agency(self, agency_id: str | None) -> str | None:
        """Its name; the id of a body that the region file no longer lists."""
        if agency_id is None:
            return None
        known = self.region.agencies.get(agency_id)
        return agency_id if known is None else in_language(known.name, self.language)

    def category(self, category_id: str | None) -> str | None:
        """Its name; the id of one that the region file no longer lists."""
        known = self.region.categories.get(category_id or "")
        return category_id if known is None else in_language(known.name, self.language)

    def time(self, instant: str | None) -> str | None:
        """In the region's zone; the year only where it is another than the event's."""
        if instant is None:
            return None
        zone = self.region.time_zone
        return datetime_text(parse_iso(instant), self.language, zone, near=self.event.at)
