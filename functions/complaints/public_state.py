"""How a public complaint stands, in the few words that a page, a feed and a picture have for it. Pure."""

from enum import StrEnum
from typing import Final

from functions.complaints.complaint import Status
from functions.complaints.public_record import PublicRecord
from functions.complaints.texts import text


class Tone(StrEnum):
    """What a colour says beside the words: a term that passed, work that goes on, an answer, or nothing any more."""

    OVERDUE = "overdue"
    UNDER_WAY = "under-way"
    ANSWERED = "answered"
    DECLINED = "declined"
    ENDED = "ended"


_RESOLVED: Final = "resolved"


def tone_of(record: PublicRecord) -> Tone:
    if record.is_hidden or record.status == Status.WITHDRAWN:
        return Tone.ENDED
    if record.overdue:
        return Tone.OVERDUE
    if record.outcome is not None:
        return Tone.ANSWERED if record.outcome == _RESOLVED else Tone.DECLINED
    return Tone.ENDED if record.status == Status.CLOSED else Tone.UNDER_WAY


def state_text(record: PublicRecord, language: str) -> str:
    """`No answer, term over`, `Closed: done`: as it is said in large letters."""
    if record.is_hidden:
        return text("public.hidden", language)
    if record.overdue:
        missed = "disputed_answer" if record.refuted else "silence"
        return text(f"event.complaint.escalated.{missed}.top.title", language)
    if record.outcome is None or record.status == Status.WITHDRAWN:
        return text(f"status.{record.status}", language)
    if record.status == Status.CLOSED:
        return f"{text('status.closed', language)}: {text(f'choice.{record.outcome}', language)}"
    return text(f"event.complaint.answered.{record.outcome}.title", language)
