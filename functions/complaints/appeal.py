"""The appeal at the end of the ladder: a text that is ready to send to the body above.

Source: Administrative Procedural and Process-Related Code of Kazakhstan (29 June 2020, No. 350-VI), art. 91
(silence past the term is a refusal; the higher body considers the complaint; it is filed with the body that
was silent, which passes it on), art. 92 (three months), art. 93 (what a complaint states: both bodies, the
person's name, number and address, the circumstances, date, signature).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from functions.complaints.clock import parse_iso
from functions.complaints.complaint import Complaint
from functions.complaints.events import Event, EventType
from functions.complaints.faults import Conflict
from functions.complaints.history import line
from functions.complaints.places import ROUNDED_DIGITS
from functions.complaints.region import Region
from functions.complaints.routing import ladder
from functions.complaints.texts import datetime_text, in_language, text
from functions.complaints.visibility import Viewer, complaint_as_seen

_BLANK = "____________________"


def appeal(
    complaint: Complaint, history: Iterable[Event], *, region: Region, language: str, viewer: Viewer
) -> str:
    """The whole text, with blanks for what only the person can fill in (name, IIN, address, signature). Of one who joined
    in their words, with nothing that the reporter wrote.

    Raises Conflict where no term for an answer has passed in silence: there is nothing to appeal against.
    """
    complaint = complaint_as_seen(complaint, viewer)
    events = tuple(history)
    silences = _silences(events)
    if not silences or complaint.agency_id is None:
        raise Conflict("nothing_to_appeal")
    zone = region.time_zone
    joined = viewer == Viewer.JOINER
    digits = ROUNDED_DIGITS if joined else 5

    def name(agency_id: str) -> str:
        known = region.agencies.get(agency_id)
        return agency_id if known is None else in_language(known.name, language)

    def say(key: str, **params: object) -> str:
        return text(f"appeal.{key}", language, **params)

    category = region.categories.get(complaint.category)
    higher = _higher_body(complaint, region=region)
    paragraphs = [
        "\n".join(
            [
                say("to", agency=_BLANK if higher is None else name(higher)),
                say("through", agency=name(complaint.agency_id)),
                say("from", name=_BLANK, iin=_BLANK, address=_BLANK),
            ]
        ),
        say("title"),
        say(
            "joined.facts" if joined else "facts",
            date=datetime_text(complaint.submitted_at, language, zone),
            number=complaint.number,
            category=complaint.category if category is None else in_language(category.name, language),
            place=complaint.address or f"{complaint.lat:.{digits}f}, {complaint.lon:.{digits}f}",
        ),
        *([] if joined else [say("text", text=complaint.comment)]),
        "\n".join(
            [
                say("silence"),
                *(
                    "– "
                    + say(
                        "missed",
                        due=datetime_text(silence.due_at, language, zone),
                        agencies=", ".join(map(name, silence.agencies)),
                    )
                    for silence in silences
                ),
            ]
        ),
        say("law"),
        say("request", agency=name(complaint.agency_id)),
        "\n".join([say("history"), *_history(events, region=region, language=language)]),
        say("signature", date=_BLANK, signature=_BLANK),
    ]
    return "\n\n".join(paragraphs) + "\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Silence:
    """A term for an answer that passed, and every body that was in charge then."""

    due_at: datetime
    agencies: tuple[str, ...]


def _silences(events: Iterable[Event]) -> list[_Silence]:
    above: list[str] = []
    silences = []
    for event in events:
        if event.type != EventType.ESCALATED:
            continue
        if event.data.get("missed") == "answer" and event.data.get("missed_at"):
            owner = event.data.get("agency")
            agencies = tuple(each for each in (owner, *above) if each)
            silences.append(_Silence(due_at=parse_iso(event.data["missed_at"]), agencies=agencies))
        if event.data.get("to"):
            above.append(event.data["to"])
    return silences


def _history(events: Sequence[Event], *, region: Region, language: str) -> list[str]:
    """What anybody may see of it: the appeal must hold without what was said between the two sides."""
    joined = [event.seq for event in events if event.type in (EventType.JOINED, EventType.LEFT)]
    # How many joined is told by the last who did or went, and a thousand lines of it tell no more.
    events = [event for event in events if event.seq not in joined[:-1]]
    lines = ((event, line(event, language=language, region=region, viewer=Viewer.PUBLIC)) for event in events)
    return [
        f"{datetime_text(event.at, language, region.time_zone)} – {told['title']}. {told['body']}"
        for event, told in lines
        if told is not None
    ]


def _higher_body(complaint: Complaint, *, region: Region) -> str | None:
    """The highest body on the ladder above the one that owns the complaint, None where there is none."""
    if complaint.escalated_to:
        return complaint.escalated_to[-1]
    if complaint.agency_id is None or complaint.agency_id not in region.agencies:
        return None
    above = ladder(region, complaint.agency_id)
    return above[-1] if above else None
