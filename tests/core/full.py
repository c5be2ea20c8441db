"""What each side can add to a complaint, and one to which nothing more can be added."""

from collections.abc import Callable
from dataclasses import replace

from functions.complaints.caps import REFUTATIONS_MOST
from functions.complaints.change import Change
from functions.complaints.complaint import Actor, ActorKind, Complaint, PhotoStatus
from functions.complaints.faults import Conflict, Invalid
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.declaration import expect_photos
from functions.complaints.moves.filing import DeclaredPhoto
from functions.complaints.moves.photos import add_photo, refuse_photo
from tests.core.story import HOUSING, REPORTER, Story, assigned
from tests.region_fixture import with_category

REGION = with_category("rubbish", max_photos=20)
EMOJI = "\U0001f6b0"
"""Four bytes, and twelve where JSON escapes it."""

type Deed = Callable[[Complaint, Story], Change | None]


def comments(by: Actor) -> Deed:
    if by.kind == ActorKind.CITIZEN:
        return lambda each, story: citizen.comment(each, by=by, text="x", now=story.now)
    return lambda each, story: agency.comment(each, by=by, text="x", internal=True, now=story.now)


def asks(each: Complaint, story: Story) -> Change:
    return agency.ask(each, by=HOUSING, text=EMOJI * 4_000, now=story.now)


def declares(by: Actor, count: int = 1) -> Deed:
    photos = [DeclaredPhoto(content_type="image/jpeg", size=15_000_000, sha256="0" * 64)] * count
    return lambda each, story: expect_photos(each, photos, by=by, region=REGION, now=story.now)


def answers(each: Complaint, story: Story) -> Change | None:
    text = "x" + EMOJI * 3_999
    return agency.answer(each, by=HOUSING, outcome="declined", text=text, region=REGION, now=story.now)


def refutes(each: Complaint, story: Story) -> Change:
    return citizen.refute(each, by=REPORTER, reason=EMOJI * 2_000, now=story.now)


def done(story: Story, deed: Deed) -> None:
    story.then(lambda each: deed(each, story))


def full() -> Story:
    """A complaint with every cap reached, and every text as long as a request may have it."""
    story = assigned(REGION, comment=EMOJI * 2_000)
    story.complaint = replace(story.complaint, answers={f"question_{n}": EMOJI * 500 for n in range(20)})
    for _ in range(REFUTATIONS_MOST):
        for by in (REPORTER, HOUSING):
            done(story, declares(by, 20))
            for photo in story.complaint.photos:
                if photo.status == PhotoStatus.EXPECTED:
                    ready = {"clean_sha256": "0" * 64, "width": 2_560, "height": 2_560, "now": story.now}
                    story.then(lambda each, photo=photo, ready=ready: add_photo(each, photo.id, **ready))
        done(story, answers)
        done(story, refutes)
    for by in (REPORTER, HOUSING):
        while True:
            try:
                done(story, declares(by))
            except (Conflict, Invalid):
                break
            new = story.complaint.photos[-1]
            story.then(lambda each, new=new: refuse_photo(each, new.id, reason="too_small", now=story.now))
        while True:
            try:
                done(story, asks if by is HOUSING else comments(by))
            except Conflict:
                break
    return story
