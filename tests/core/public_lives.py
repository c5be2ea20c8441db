"""Complaints as the public meets them, taken through their lives by the real moves, in any region."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from functions.complaints.complaint import Actor, ActorKind
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.assignment import assign
from functions.complaints.moves.filing import Draft, file
from functions.complaints.region import Region
from tests.core.story import NEIGHBOUR, REPORTER, START, Story

CANARY: Final = "Canary-of-Ivan"
"""In whatever anybody writes."""


@dataclass(frozen=True, kw_only=True)
class Lives:
    """`category` is one that needs no proof, and the place is where somebody answers for it."""

    region: Region
    category: str
    place: tuple[float, float]

    def new(self) -> Story:
        lat, lon = self.place
        draft = Draft(category=self.category, comment=f"{CANARY} comment", address=CANARY, lat=lat, lon=lon)
        filed = file(draft, region=self.region, reporter="person", now=START)
        story = Story(region=self.region, complaint=filed.after, events=[filed.event], changes=[filed])
        story.then(lambda each: assign(each, region=self.region, now=story.now))
        return story

    def with_its_body(self) -> Story:
        story = self.new()
        story.then(lambda each: agency.acknowledge(each, by=body_of(story), now=story.now))
        return story

    def overdue(self) -> Story:
        """Its first term for an answer has passed, and others have seen the same."""
        story = self.with_its_body()
        story.then(lambda each: citizen.join(each, by=NEIGHBOUR, now=story.now))
        while story.complaint.escalation_level == 0:
            story.wait()
        return story

    def exhausted(self) -> Story:
        story = self.overdue()
        while not story.complaint.overdue:
            story.wait()
        return story

    def resolved(self) -> Story:
        return self._answered("resolved")

    def declined(self) -> Story:
        return self._answered("declined")

    def disputed(self) -> Story:
        story = self.resolved()
        story.then(lambda each: citizen.refute(each, by=REPORTER, reason=f"{CANARY} not so", now=story.now))
        return story

    def disputed_and_overdue(self) -> Story:
        story = self.disputed()
        while story.complaint.escalation_level == 0:
            story.wait()
        return story

    def confirmed(self) -> Story:
        story = self.resolved()
        story.then(lambda each: citizen.confirm(each, by=REPORTER, now=story.now))
        return story

    def withdrawn(self) -> Story:
        story = self.new()
        story.then(
            lambda each: citizen.withdraw(
                each, by=REPORTER, reason=f"{CANARY} gone", region=self.region, now=story.now
            )
        )
        return story

    def _answered(self, outcome: str) -> Story:
        story = self.with_its_body()
        story.then(
            lambda each: agency.answer(
                each,
                by=body_of(story),
                outcome=outcome,
                text=f"{CANARY} answer",
                region=self.region,
                now=story.now,
            )
        )
        return story


type Life = Callable[[Lives], Story]
LIVES: Final[tuple[Life, ...]] = (
    Lives.new,
    Lives.with_its_body,
    Lives.overdue,
    Lives.exhausted,
    Lives.resolved,
    Lives.declined,
    Lives.disputed,
    Lives.disputed_and_overdue,
    Lives.confirmed,
    Lives.withdrawn,
)


def body_of(story: Story) -> Actor:
    return Actor(kind=ActorKind.AGENCY, id=story.complaint.agency_id)
