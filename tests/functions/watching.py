"""The route's functions on a store and watches in memory."""

from collections.abc import Callable
from datetime import datetime, timedelta

from functions.complaints.change import Change
from functions.complaints.complaint import Complaint
from functions.complaints.region import Region
from functions.records.outbox import Published
from functions.route.assignment.consumer import on_event
from tests.core.story import START, Story, filed
from tests.region_fixture import region
from tests.simulation.store import MemoryStore


class Down(Exception):
    """Step Functions does not answer."""


class Watches:
    def __init__(self) -> None:
        self.started: list[tuple[str, int]] = []
        self.stopped: list[tuple[str, int]] = []
        self.down = False

    def start(self, complaint_id: str, *, watch_round: int, until: datetime) -> None:
        if self.down:
            raise Down
        self.started.append((complaint_id, watch_round))

    def stop(self, complaint_id: str, *, watch_round: int) -> None:
        if self.down:
            raise Down
        self.stopped.append((complaint_id, watch_round))


class Route:
    """A store whose events wait in `stream` until they are `consumed`."""

    def __init__(self, given: Region | None = None) -> None:
        self.region = given or region()
        self.now = START
        self.stream: list[Published] = []
        self.store = MemoryStore(published=self.stream.append, now=lambda: self.now, planted=frozenset())
        self.watches = Watches()
        self.copies: list[tuple[str, str]] = []
        """Of which complaint's which photo the public copy is to be made anew."""

    def files(self, *, category: str = "rubbish", photos: int = 0) -> str:
        story = filed(self.region, category=category, photos=photos)
        self.keeps(story)
        return story.complaint.id

    def keeps(self, story: Story) -> None:
        for change in story.changes:
            self.store.write(change)

    def consumed(self, *, times: int = 1) -> None:
        """Hand out what is in the stream, and what that causes, until it is empty."""
        while self.stream:
            event = self.stream.pop(0)
            for _ in range(times):
                self.carries_on(event)

    def carries_on(self, event: Published) -> None:
        on_event(
            event,
            store=self.store,
            watch=self.watches,
            erase_left=self.store.erase_left,
            copy_changed=lambda complaint_id, photo_id: self.copies.append((complaint_id, photo_id)),
            followers=lambda each: sorted(self.store.followers[each]),
            region=self.region,
            now=lambda: self.now,
        )

    def does(self, complaint_id: str, decide: Callable[[Complaint], Change | None]) -> None:
        change = decide(self.store.get(complaint_id))
        assert change is not None
        self.store.write(change)

    def waits(self, *, until: datetime | None = None, **span: float) -> None:
        self.now = until or self.now + timedelta(**span)
