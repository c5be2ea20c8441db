"""Complaints in moto's tables that live at random, in public and not, with words, names and exact places in all of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

import time_machine

from functions.complaints.change import Change
from functions.complaints.complaint import Actor, ActorKind, Complaint
from functions.complaints.events import Event
from functions.complaints.faults import Conflict, Invalid, NotFound
from functions.complaints.moves import agency, citizen, correcting, publicity
from functions.complaints.moves.assignment import with_assignment
from functions.complaints.moves.escalation import tick
from functions.complaints.moves.filing import Draft, file
from functions.complaints.region import Region
from functions.complaints.timers import next_timer
from functions.complaints.transitions import MoveRefused
from functions.edge.clients import client
from functions.records.dynamodb import connection
from functions.records.erasure import erase_person
from functions.records.move import move
from functions.records.store import ComplaintStore
from tests.core.story import START
from tests.dynamodb import tables

NAME, PHONE, STREET = "Канарейкина Айгерим", "+77017654321", "ул. Канареечная, 7"
ALL: Final = f"{NAME}, {PHONE}, {STREET}"
CANARIES: Final = ("Канаре", "7017654321", "kanareika", "Kanareika")
"""Of whatever a reporter is, says and writes; a part of each."""
BY_BODIES: Final = "It was looked into, and it is as it should be."
CATEGORIES: Final = ("rubbish", "open_manhole", "pothole", "other")


@contextmanager
def public_bucket(name: str) -> Iterator[None]:
    """Empty tables in moto, and an empty bucket of that name."""
    with tables():
        client("s3").create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        yield


@dataclass(kw_only=True)
class Lives:
    """Who lives, the clock, and by id the exact place of each."""

    region: Region
    random: Random
    now: datetime = START
    places: dict[str, tuple[float, float]] = field(default_factory=dict)
    store: ComplaintStore = field(default_factory=ComplaintStore)

    def file(self, *, category: str | None = None) -> str:
        lat, lon = 52.1 + self.random.random() * 0.8, 76.1 + self.random.random() * 1.8
        draft = Draft(
            category=category or self.random.choice(CATEGORIES),
            comment=ALL,
            lat=lat,
            lon=lon,
            address=STREET,
            public_name=NAME,
        )
        person = f"kanareika-{len(self.places)}"
        made = file(draft, region=self.region, reporter=person, now=self.now)
        # What was filed on the hour has a number of its own all the same.
        self.store.write(with_assignment(made, region=self.region, now=self.now))
        self.places[made.after.id] = (lat, lon)
        return made.after.id

    def step(self, complaint_id: str) -> None:
        """Something that is possible, or nothing."""
        complaint = self.store.get(complaint_id)
        steps = self._steps(complaint)
        chosen = self.random.choice(steps)
        try:
            move(self.store, complaint_id, chosen)
        except (MoveRefused, NotFound, Invalid, Conflict):
            return

    def wait(self, complaint_id: str) -> None:
        """Until its next timer runs out, and what follows from that."""
        timer = next_timer(self.store.get(complaint_id))
        if timer is not None:
            self.now = max(self.now, timer.at)
            move(self.store, complaint_id, lambda each: tick(each, region=self.region, now=self.now))

    def do(self, complaint_id: str, step: Callable[[Complaint], Change | None]) -> None:
        move(self.store, complaint_id, step)

    def erase(self, complaint_id: str) -> None:
        """Its reporter leaves."""
        person = self.store.get(complaint_id).reporter
        if person is None:
            return
        with time_machine.travel(self.now, tick=False):
            erase_person(person, connection=connection(), going_on=lambda: True)

    def body(self, complaint: Complaint) -> Actor:
        return Actor(kind=ActorKind.AGENCY, id=complaint.agency_id)

    def reporter(self, complaint: Complaint) -> Actor:
        return Actor(kind=ActorKind.CITIZEN, id=complaint.reporter)

    def hide(self, complaint_id: str, *, reason: str = "A number plate is to be seen.") -> None:
        self.do(
            complaint_id, lambda each: publicity.hide(each, by=self.body(each), reason=reason, now=self.now)
        )

    def unhide(self, complaint_id: str) -> None:
        self.do(
            complaint_id,
            lambda each: publicity.unhide(each, by=self.body(each), reason="It was looked at.", now=self.now),
        )

    def recategorise(self, complaint_id: str, category: str) -> None:
        self.do(
            complaint_id,
            lambda each: correcting.correct(
                each,
                correcting.Correction(category=category, reason="It is something else."),
                by=self.body(each),
                region=self.region,
                now=self.now,
            ),
        )

    def history(self, complaint_id: str) -> tuple[Complaint, tuple[Event, ...]]:
        complaint, history, _ = self.store.with_history(complaint_id)
        return complaint, history

    def _steps(self, complaint: Complaint) -> list[Callable[[Complaint], Change | None]]:
        now, region = self.now, self.region
        body, person = self.body(complaint), self.reporter(complaint)
        neighbour = Actor(kind=ActorKind.CITIZEN, id=f"kanareika-neighbour-{self.random.randrange(1000)}")
        outcome = self.random.choice(("resolved", "declined"))
        to = self.random.choice(("housing", "roads", "akimat"))
        said: dict[str, Any] = {"now": now}
        return [
            lambda each: agency.acknowledge(each, by=body, **said),
            lambda each: agency.comment(each, by=body, text=BY_BODIES, internal=True, **said),
            lambda each: agency.ask(each, by=body, text=BY_BODIES, **said),
            lambda each: agency.answer(each, by=body, outcome=outcome, text=BY_BODIES, region=region, **said),
            lambda each: agency.answer(
                each, by=body, outcome="declined", text=BY_BODIES, region=region, **said
            ),
            lambda each: agency.transfer(each, by=body, to=to, reason=BY_BODIES, region=region, **said),
            lambda each: citizen.comment(each, by=person, text=ALL, **said),
            lambda each: citizen.refute(each, by=person, reason=ALL, **said),
            lambda each: citizen.confirm(each, by=person, **said),
            lambda each: citizen.withdraw(each, by=person, reason=ALL, region=region, **said),
            lambda each: citizen.join(each, by=neighbour, **said),
            lambda each: publicity.hide(each, by=body, reason=BY_BODIES, **said),
            lambda each: publicity.unhide(each, by=body, reason=BY_BODIES, **said),
            lambda each: publicity.flag(each, reason="private", **said),
        ]


def lived(region: Region, *, count: int, seed: int, steps: int = 5) -> Lives:
    """Some days of so many complaints. A few of their reporters leave."""
    lives = Lives(region=region, random=Random(seed))
    for _ in range(count):
        complaint_id = lives.file()
        for _ in range(lives.random.randrange(steps)):
            lives.now += timedelta(minutes=lives.random.randrange(1, 90))
            lives.wait(complaint_id) if lives.random.random() < 0.15 else lives.step(complaint_id)
        if lives.random.random() < 0.05:
            lives.erase(complaint_id)
    return lives


def each_of(lives: Lives) -> Iterator[tuple[Complaint, tuple[Event, ...]]]:
    for complaint_id in lives.places:
        yield lives.history(complaint_id)
