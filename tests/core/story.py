"""A complaint taken through its life by the real moves, for tests that read its history."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from functions.complaints.change import Change
from functions.complaints.complaint import Actor, ActorKind, Complaint
from functions.complaints.events import Event
from functions.complaints.history import PushText, push
from functions.complaints.moves.assignment import assign
from functions.complaints.moves.escalation import tick
from functions.complaints.moves.filing import DeclaredPhoto, Draft, file
from functions.complaints.region import Region
from functions.complaints.timers import next_timer
from functions.complaints.visibility import Viewer
from tests.region_fixture import WEST

START = datetime(2026, 6, 1, 5, tzinfo=UTC)
"""A Monday, 10:00 in the region."""
REPORTER = Actor(kind=ActorKind.CITIZEN, id="person")
NEIGHBOUR = Actor(kind=ActorKind.CITIZEN, id="neighbour")
NUMBER = "TST-26-7K3M9T"
HOUSING = Actor(kind=ActorKind.AGENCY, id="housing")


@dataclass(kw_only=True)
class Story:
    """`complaint` as it stands at `now`, with every event that led there."""

    region: Region
    complaint: Complaint
    now: datetime = START
    events: list[Event] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def then(
        self, move: Callable[[Complaint], Change | None], *, after: timedelta = timedelta(minutes=1)
    ) -> Event:
        """Make a move some time later."""
        self.now += after
        return self._kept(move(self.complaint))

    def wait(self) -> Event:
        """Let time pass until the next timer runs out."""
        timer = next_timer(self.complaint)
        assert timer is not None
        self.now = max(self.now, timer.at)
        return self._kept(tick(self.complaint, region=self.region, now=self.now))

    def _kept(self, change: Change | None) -> Event:
        """The event of what was asked for; what follows from it at once is kept too."""
        assert change is not None
        self.complaint = change.after
        self.events += [step.event for step in change.steps]
        self.changes += change.steps
        return change.first.event


def pushed(
    event: Event,
    *,
    region: Region,
    language: str = "en",
    viewer: Viewer = Viewer.REPORTER,
    category: str = "rubbish",
) -> PushText | None:
    """What a phone shows of the event, of a complaint with a number that is always the same."""
    return push(event, number=NUMBER, category=category, region=region, language=language, viewer=viewer)


def filed(
    region: Region, *, category: str = "rubbish", photos: int = 0, comment: str = "Not collected"
) -> Story:
    declared = tuple(DeclaredPhoto(content_type="image/jpeg", size=1, sha256="0" * 64) for _ in range(photos))
    lat, lon = WEST
    draft = Draft(category=category, comment=comment, lat=lat, lon=lon, photos=declared)
    change = file(draft, region=region, reporter="person", now=START)
    return Story(region=region, complaint=change.after, events=[change.event], changes=[change])


def assigned(region: Region, *, category: str = "rubbish", comment: str = "Not collected") -> Story:
    story = filed(region, category=category, comment=comment)
    story.then(lambda complaint: assign(complaint, region=region, now=story.now))
    return story
