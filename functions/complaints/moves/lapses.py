"""Who let a term pass, and how: what a complaint knows of its answers and of how it came to the body that has it."""

from collections.abc import Mapping
from datetime import datetime

from functions.complaints.clock import to_milliseconds
from functions.complaints.complaint import Complaint
from functions.complaints.deadlines import Deadline, due_as_known
from functions.complaints.lapse import DisputedAnswer, Lapse, Missed, PassedOn
from functions.complaints.region import Region


def lapse_of_acknowledgement(complaint: Complaint, *, now: datetime) -> Lapse:
    """The body that has it did not say in time that it has seen it."""
    assert complaint.agency_id is not None
    assert complaint.acknowledge_by is not None
    return Lapse(
        missed=Missed.LATE_ACKNOWLEDGEMENT,
        agency_id=complaint.agency_id,
        had_since=_had_since(complaint, complaint.agency_id),
        missed_at=complaint.acknowledge_by,
        known_at=complaint.acknowledge_by,
        told_at=now,
    )


def lapse_of_answer(complaint: Complaint, *, now: datetime) -> Lapse:
    """What became of the answer's term.

    Where an answer was given in it and disputed, that is told, unless the complaint went to another body afterwards that
    had time enough of its own. Who was given it too late is not named, but who had it before. Who once answered in time
    is never said to be silent: then the body above is named that the term was given to.
    """
    owner, due_at = complaint.agency_id, complaint.due_at
    assert owner is not None
    assert due_at is not None
    given_late = complaint.passed_on is not None and complaint.passed_on.receiver_by > due_at
    disputed = _disputed_in_term(complaint)
    if disputed is not None and (given_late or _had_since(complaint, owner) <= disputed.disputed_at):
        return _disputed(complaint, disputed, due_at=due_at, now=now)
    if complaint.passed_on is not None and given_late:
        return Lapse(
            missed=Missed.PASSED_ON_LATE,
            agency_id=complaint.passed_on.agency_id,
            had_since=complaint.passed_on.had_since,
            missed_at=due_at,
            known_at=_known_at(complaint, due_at),
            told_at=now,
            passed_to=owner,
            passed_at=_had_since(complaint, owner),
        )
    silent = silent_bodies(complaint)
    if not silent:
        last = [each for each in complaint.disputed if each.in_time][-1]
        return _disputed(complaint, last, due_at=due_at, now=now)
    return Lapse(
        missed=Missed.SILENCE,
        agency_id=silent[0],
        had_since=_had_since(complaint, silent[0]),
        missed_at=due_at,
        known_at=_known_at(complaint, due_at),
        told_at=now,
    )


def silent_bodies(complaint: Complaint) -> tuple[str, ...]:
    """Who of those in charge has never answered in time: the one that is to answer, else the one that the term was given
    to, and then the others in the order in which they were told.
    """
    answered = {each.agency_id for each in complaint.disputed if each.in_time}
    silent = [each for each in complaint.in_charge if each not in answered]
    first = silent[:1] if silent[:1] == [complaint.agency_id] else silent[-1:]
    return tuple(dict.fromkeys(first + silent))


def disputed_answer(complaint: Complaint, *, now: datetime) -> DisputedAnswer:
    """The answer that stands, as one that is disputed now."""
    assert complaint.answer is not None
    assert complaint.answered_at is not None
    return DisputedAnswer(
        agency_id=complaint.answer.agency_id,
        had_since=_had_since(complaint, complaint.answer.agency_id),
        answered_at=complaint.answered_at,
        disputed_at=to_milliseconds(max(now, complaint.changed_at)),
        in_time=within_term(complaint, at=complaint.answered_at),
    )


def within_term(complaint: Complaint, *, at: datetime) -> bool:
    """Whether an answer at this instant is within the term that runs."""
    return complaint.due_at is not None and not complaint.overdue and at <= complaint.due_at


def passed_on(
    complaint: Complaint, *, to: str, since: datetime, region: Region, level: int, now: datetime
) -> PassedOn | None:
    """What `to`, which has it since `since`, takes over with the complaint.

    Whoever was still in its own least time hands on what it was handed itself: who let the time pass is the one before.
    None where that is `to`, which takes over nothing but its own waiting (`waited_since`).
    """
    owner = complaint.agency_id
    assert owner is not None
    receiver_by = least_by(complaint.category, to=to, region=region, level=level, start=since)
    before = _waiting(complaint, now=now)
    if before is None:
        return PassedOn(agency_id=owner, had_since=_had_since(complaint, owner), receiver_by=receiver_by)
    if before.agency_id == to:
        return None
    return PassedOn(agency_id=before.agency_id, had_since=before.had_since, receiver_by=receiver_by)


def taken_over(complaint: Complaint, *, to: str, region: Region, now: datetime) -> PassedOn | None:
    """`passed_on` to a body that has the complaint from now on; one above has it already."""
    since = complaint.had_since.get(to, now)
    return passed_on(complaint, to=to, since=since, region=region, level=complaint.escalation_level, now=now)


def waited_since(complaint: Complaint, *, to: str, now: datetime) -> datetime | None:
    """Since when `to` had it before, where it gets back what it has just passed on itself; else None."""
    before = _waiting(complaint, now=now)
    return before.had_since if before is not None and before.agency_id == to else None


def _waiting(complaint: Complaint, *, now: datetime) -> PassedOn | None:
    """What the body that has it was handed, while it is in its own least time."""
    before = complaint.passed_on
    return before if before is not None and now < before.receiver_by else None


def least_by(category: str, *, to: str, region: Region, level: int, start: datetime) -> datetime:
    """Until when a body that is given a complaint at `start` is not late, whatever was promised before."""
    return to_milliseconds(least(category, to=to, region=region, level=level, start=start).at)


def least(category: str, *, to: str, region: Region, level: int, start: datetime) -> Deadline:
    """The least time: the region's, or the term of the next level where that is shorter."""
    calendar = region.calendar_of(to)
    terms = (region.least_after_transfer, region.category(category).escalation_term(level + 1))
    return min(
        (due_as_known(term, received_at=start, calendar=calendar) for term in terms),
        key=lambda deadline: deadline.at,
    )


def held_by(complaint: Complaint, agency_id: str, *, now: datetime) -> Mapping[str, datetime]:
    """Since when the bodies in charge have it, with this one among them."""
    return {agency_id: to_milliseconds(max(now, complaint.changed_at))} | dict(complaint.had_since)


def _disputed(complaint: Complaint, answer: DisputedAnswer, *, due_at: datetime, now: datetime) -> Lapse:
    return Lapse(
        missed=Missed.DISPUTED_ANSWER,
        agency_id=answer.agency_id,
        had_since=answer.had_since,
        missed_at=due_at,
        known_at=_known_at(complaint, due_at),
        told_at=now,
        answered_at=answer.answered_at,
        disputed_at=answer.disputed_at,
    )


def _disputed_in_term(complaint: Complaint) -> DisputedAnswer | None:
    """The last answer that was given in time in the term that runs: nothing is escalated while one stands."""
    begun = None if complaint.lapse is None else complaint.lapse.told_at
    given = [
        each for each in complaint.disputed if each.in_time and (begun is None or each.answered_at >= begun)
    ]
    return given[-1] if given else None


def _known_at(complaint: Complaint, due_at: datetime) -> datetime:
    """No watch runs while an answer stands: what passed meanwhile is known with the dispute."""
    return max((due_at, *(each.disputed_at for each in complaint.disputed)))


def _had_since(complaint: Complaint, agency_id: str) -> datetime:
    return complaint.had_since.get(agency_id, complaint.assigned_at or complaint.submitted_at)
