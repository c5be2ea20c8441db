"""What both APIs show of a complaint in the same words: its number, its bodies, the steps of its history."""

from typing import Annotated

from pydantic import Field

from functions.complaints.events import EventType
from functions.complaints.lapse import Missed
from functions.complaints.region import Region
from functions.complaints.texts import in_language
from functions.complaints.transitions import Move
from functions.edge.fields import Absent, Count, Instant, View, described

Number = Annotated[str, Field(description="The short number for the phone line.", examples=["PVL-26-7K3M9T"])]
Possible = Annotated[list[Move], described("What the caller can do in this state.")]

MissedTerm = Annotated[
    Missed,
    described(
        "What became of the term. `silence`: no answer came. `disputed_answer`: one came in time, and was disputed. "
        "`late_acknowledgement`: nobody said in time that it was seen. `passed_on_late`: the body that has it was given it "
        "too late to answer, and the one that had it before is named."
    ),
]


class AgencyName(View):
    """A body, by its name in the caller's language."""

    id: str
    name: str


class Line(View):
    """A step in words, in the caller's language."""

    seq: Count
    type: EventType
    at: Instant
    title: str
    body: str
    agency: Absent[AgencyName]
    due_at: Absent[Instant]
    explanation: Absent[str]


class Point(View):
    """WGS 84, in degrees."""

    lat: float
    lon: float


class Place(Point):
    """A point, and how people there call it."""

    address: str | None


def agency_name(agency_id: str, *, region: Region, language: str) -> AgencyName:
    """The id stands for the name of a body that the region file no longer lists."""
    return AgencyName(id=agency_id, name=in_language(region.agency(agency_id).name, language))
