"""The appeal after a term that passed: a text that is ready to send to the body above or, where every body above was
silent too, to the court.

It is against what the last of the terms passed in: where no answer came, against the silence of the body that let the term
pass; where one came in time and was disputed, against that answer.

Source: Administrative Procedural and Process-Related Code of Kazakhstan (29 June 2020, No. 350-VI), art. 91
(1: who takes part may appeal an act, an action or inaction; 2: silence past the term is a refusal; 3: the higher body
considers the complaint; 4: it is filed with the body that it is about, which passes it on), art. 92 (three months from when
the act or the inaction became known), art. 93 (what a complaint states: both bodies, the person's name, number and address,
the circumstances, date, signature). Art. 91(5) has whoever goes to court appeal to the higher body first; where each of
them was told and let its own term pass, this stands in the claim.

Seen: art. 91(1)-(4) at https://zakonpravo.kz (in English), art. 92 at https://rimap.unhcr.org/node/75501, and that art.
91(5) makes the appeal compulsory at https://zanmedia.kz/?p=79538. The words of art. 91(5), of art. 100 and of the articles
on the court (which one, until when) could not be seen: the claim leaves the court's name to the person and promises no
term.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from functions.complaints.clock import parse_iso
from functions.complaints.complaint import WITH_AGENCY, Complaint
from functions.complaints.events import Event, EventType
from functions.complaints.faults import Conflict
from functions.complaints.history import BODIES_APART, line
from functions.complaints.lapse import Missed
from functions.complaints.places import ROUNDED_DIGITS
from functions.complaints.region import Region
from functions.complaints.routing import ladder
from functions.complaints.texts import LANGUAGES, datetime_text, in_language, text
from functions.complaints.visibility import Viewer, complaint_as_seen

_BLANK: Final = "____________________"
_OF_ANSWERS: Final = frozenset({Missed.SILENCE, Missed.DISPUTED_ANSWER, Missed.PASSED_ON_LATE})


def appeal(
    complaint: Complaint,
    history: Iterable[Event],
    *,
    region: Region,
    language: str,
    viewer: Viewer,
    now: datetime,
) -> str:
    """The whole text at `now`, with blanks for what only the person can fill in (name, IIN, address, signature).

    Of somebody who joined it is in their words, with nothing that the reporter wrote, and the place as everybody sees it
    of one that is overdue, to some 100 m.
    Raises Conflict where no term for an answer has passed: there is nothing to appeal against yet.
    """
    complaint, joined = complaint_as_seen(complaint, viewer), viewer == Viewer.JOINER
    events = tuple(history)
    lapses = [
        event
        for event in events
        if event.type == EventType.ESCALATED and event.data.get("missed") in _OF_ANSWERS
    ]
    if not lapses or complaint.agency_id is None:
        raise _too_early(complaint, zone=region.time_zone)
    zone = region.time_zone

    def name(agency_id: str) -> str:
        return in_language(region.agency(agency_id).name, language)

    def names(agency_ids: Iterable[str]) -> str:
        return BODIES_APART.join(dict.fromkeys(map(name, agency_ids)))

    def say(key: str, **params: object) -> str:
        return text(f"appeal.{key}", language, **params)

    def time(instant: str | None) -> str | None:
        return None if instant is None else datetime_text(parse_iso(instant), language, zone)

    def passed(lapse: Event) -> str:
        data = lapse.data
        receiver = data.get("passed_to")
        return "– " + say(
            f"missed.{data['missed']}",
            due=time(data["missed_at"]),
            agency=name(data["agency"]),
            agencies=names(_silent(lapse)),
            since=time(data["had_since"]),
            answered=time(data.get("answered_at")),
            disputed=time(data.get("disputed_at")),
            receiver=None if receiver is None else name(receiver),
            passed=time(data.get("passed_at")),
        )

    def answered(answer: _Answer) -> str:
        disputed = answer.disputed_at
        key = "answer" if disputed is None else "answer.disputed"
        return "– " + say(
            key,
            agency=name(answer.agency_id),
            answered=datetime_text(answer.answered_at, language, zone),
            disputed=None if disputed is None else datetime_text(disputed, language, zone),
        )

    later = _answer_after(lapses[-1], events)
    against, missed = lapses[-1].data["agency"], lapses[-1].data["missed"]
    if later is not None:
        against, missed = later.agency_id, Missed.DISPUTED_ANSWER
    # In law what was passed on too late is what any answer is that does not come.
    claim = missed if missed == Missed.DISPUTED_ANSWER else Missed.SILENCE
    category = region.category(complaint.category)
    higher = _higher_body(complaint, lapses, against, claim=claim, region=region, now=now)
    # The court is asked where nobody is left above who has not been silent.
    accused = [against, *(each for each in _silent(*lapses) if each != against)]

    def ask(part: str, **params: object) -> str:
        return say(f"{part}.{claim}" if higher is not None else f"court.{part}.{claim}", **params)

    if higher is None:
        heading = [say("court.to", court=_BLANK)]
        heading += [say("court.from", name=_BLANK, iin=_BLANK, address=_BLANK)]
        heading += [say("court.against", agencies=names(accused))]
    else:
        heading = [say("to", agency=name(higher)), say(f"through.{missed}", agency=name(against))]
        heading += [say("from", name=_BLANK, iin=_BLANK, address=_BLANK)]
    paragraphs = [
        "\n".join(heading),
        ask("title"),
        say(
            "facts.joined" if joined else "facts",
            date=datetime_text(complaint.submitted_at, language, zone),
            number=complaint.number,
            category=in_language(category.name, language),
            place=_place(complaint, joined=joined),
        ),
        *([] if joined or not complaint.comment else [say("text", text=complaint.comment)]),
        "\n".join([say("terms"), *map(passed, lapses), *([] if later is None else [answered(later)])]),
        ask("law"),
        ask("request", agency=name(against)),
        "\n".join([say("history"), *_history(events, region=region, language=language)]),
        say("signature", date=_BLANK, signature=_BLANK),
    ]
    return "\n\n".join(paragraphs) + "\n"


def _too_early(complaint: Complaint, *, zone: str) -> Conflict:
    """From when on there may be something to appeal against, where a term runs."""
    due_at = complaint.due_at
    if complaint.status not in WITH_AGENCY or due_at is None:
        return Conflict("nothing_to_appeal")
    return Conflict("appeal_too_early", due={each: datetime_text(due_at, each, zone) for each in LANGUAGES})


@dataclass(frozen=True, kw_only=True, slots=True)
class _Answer:
    """An answer that came after a term had passed; `disputed_at` None while it stands."""

    agency_id: str
    answered_at: datetime
    disputed_at: datetime | None


def _answer_after(lapse: Event, history: Sequence[Event]) -> _Answer | None:
    """The last answer since the last of the terms passed: then it is no silence any more that is appealed."""
    since = [event for event in history if event.seq > lapse.seq]
    answers = [event for event in since if event.type == EventType.ANSWERED and event.actor_agency]
    if not answers:
        return None
    last = answers[-1]
    disputes = [event.at for event in since if event.type == EventType.REFUTED and event.seq > last.seq]
    return _Answer(
        agency_id=str(last.actor_agency),
        answered_at=last.at,
        disputed_at=disputes[0] if disputes else None,
    )


def _place(complaint: Complaint, *, joined: bool) -> str:
    if joined:
        return f"{complaint.lat:.{ROUNDED_DIGITS}f}, {complaint.lon:.{ROUNDED_DIGITS}f}"
    return complaint.address or f"{complaint.lat:.5f}, {complaint.lon:.5f}"


def _silent(*lapses: Event) -> list[str]:
    """Every body that had it when one of these terms passed, and did not answer; the one that is named goes first."""
    return [body for lapse in lapses for body in lapse.data.get("silent") or (lapse.data["agency"],)]


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


def _higher_body(
    complaint: Complaint,
    lapses: Sequence[Event],
    against: str,
    *,
    claim: Missed,
    region: Region,
    now: datetime,
) -> str | None:
    """Who considers it: the highest body that has it above the one that it is about, or else the next rung, as long as it
    was not silent itself.

    An answer is a new act, which the body above considers although it was silent before. None where nobody is left: then
    the court is asked, and no body is made the judge of its own silence.
    """
    told = reversed(complaint.escalated_to)
    above = [each for each in (*told, *ladder(region, against, at=now)) if each != against]
    silent = set(_silent(*(each for each in lapses if each.data["missed"] == Missed.SILENCE)))
    unheard = [each for each in above if each not in silent]
    return next(iter(unheard or (above if claim == Missed.DISPUTED_ANSWER else ())), None)
