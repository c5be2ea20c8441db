"""The parts of a complaint end with it, and none keeps a person who was erased: in the table, in every order."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import permutations

import pytest

from functions.complaints.complaint import Actor, ActorKind, Complaint, Hidden, Status
from functions.complaints.events import Event
from functions.complaints.faults import Conflict
from functions.complaints.history import line, push_kind
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.assignment import assign
from functions.complaints.moves.filing import Draft, file
from functions.complaints.moves.publicity import hide, unhide
from functions.complaints.texts import LANGUAGES, text
from functions.complaints.visibility import Viewer
from functions.records.codec import complaint_pk
from functions.records.dynamodb import connection
from functions.records.erasure import erase_left, erase_person
from functions.records.move import move
from functions.records.outbox import Published, published
from functions.records.store import ComplaintStore
from functions.records.tables import ComplaintItem, EventItem
from functions.route.assignment.consumer import on_event
from tests.core.story import HOUSING, START
from tests.dynamodb import tables
from tests.functions.faults import number_of_calls
from tests.functions.watching import Watches
from tests.region_fixture import WEST, region
from tests.turns import in_turn, orders

REGION = region()
NOW = START + timedelta(hours=1)
REPORTER = Actor(kind=ActorKind.CITIZEN, id="reporter")


@pytest.fixture(autouse=True)
def _tables() -> Iterator[None]:
    with tables():
        yield


def divided(*bodies: str) -> Complaint:
    """A complaint that was divided, of which no part is made yet."""
    store = ComplaintStore()
    draft = Draft(
        category="rubbish", comment="Not collected", lat=WEST[0], lon=WEST[1], public_name="Aigerim"
    )
    filed = file(draft, region=REGION, reporter="reporter", now=START)
    store.write(filed)
    parts = [agency.Part(agency_id=body, text="Your part.") for body in bodies]
    for decide in (
        lambda each: assign(each, region=REGION, now=NOW),
        lambda each: agency.split(each, by=HOUSING, parts=parts, region=REGION, now=NOW),
    ):
        complaint, _ = move(store, filed.after.id, decide)
    return complaint


def withdrawn(complaint: Complaint) -> None:
    move(
        ComplaintStore(),
        complaint.id,
        lambda each: citizen.withdraw(each, by=REPORTER, reason=None, region=REGION, now=NOW),
    )


def erased() -> None:
    erase_person("reporter", connection=connection(), going_on=lambda: True)


def events_of(complaint: Complaint, *types: str) -> list[Published]:
    found = [
        published(item)
        for item in EventItem.query(complaint_pk(complaint.id), EventItem.sk.startswith("event#"))
    ]
    return [each for each in found if each.event.type.rpartition(".")[2] in types]


def handled(*events: Published) -> None:
    for each in events:
        on_event(
            each,
            store=ComplaintStore(),
            watch=Watches(),
            erase_left=lambda complaint_id, seq: erase_left(complaint_id, seq=seq, connection=connection()),
            copy_changed=lambda *_: None,
            followers=ComplaintStore().followers,
            region=REGION,
            now=lambda: NOW,
        )


def handled_with_what_follows(complaint: Complaint, *events: Published) -> None:
    """These events, and those of the parts that come of them."""
    handled(*events)
    for part in parts_of(complaint):
        handled(*events_of(part, "submitted", "withdrawn"))


def parts_of(complaint: Complaint) -> tuple[Complaint, ...]:
    return ComplaintStore().parts(ComplaintStore().get(complaint.id))


def last_of(complaint: Complaint) -> Event:
    return ComplaintStore().with_history(complaint.id)[1][-1]


def said_of_the_person() -> str:
    return str([(dict(item.attribute_values)) for item in ComplaintItem.scan()])


@pytest.mark.parametrize("made_before", [True, False])
def test_taken_back_and_erased_while_the_stream_stood_still_no_part_lives_on(made_before: bool) -> None:
    whole = divided("roads", "akimat")
    if made_before:
        handled_with_what_follows(whole, *events_of(whole, "split"))
    withdrawn(whole)
    erased()
    handled_with_what_follows(whole, *events_of(whole, "split", "withdrawn"))
    assert [part.status for part in parts_of(whole)] == [Status.WITHDRAWN] * (2 if made_before else 0)


WHY = "A person at home can be recognised in it."


def hidden(complaint: Complaint, *, back: bool = False, by: Actor = HOUSING) -> None:
    turn = unhide if back else hide
    move(ComplaintStore(), complaint.id, lambda each: turn(each, by=by, reason=WHY, now=NOW))


def settled(part: Complaint) -> None:
    """All that follows of the part's own steps."""
    seen = 0
    while len(steps := ComplaintStore().with_history(part.id)[1]) > seen:
        seen = len(steps)
        handled(*events_of(part, "submitted", "assigned", "hidden", "unhidden"))


@pytest.mark.parametrize("back", [False, True])
@pytest.mark.parametrize("order", list(permutations(("split", "hidden", "unhidden"))))
@pytest.mark.parametrize("times", [1, 2])
def test_in_whatever_order_it_is_told_a_part_is_hidden_as_the_whole_is(
    back: bool, order: tuple[str, ...], times: int
) -> None:
    whole = divided("roads", "akimat")
    hidden(whole)
    if back:
        hidden(whole, back=True)
    for event in sorted(
        events_of(whole, *order), key=lambda each: order.index(each.event.type.rpartition(".")[2])
    ):
        for _ in range(times):
            handled(event)
    assert [part.hidden is None for part in parts_of(whole)] == [back] * 2
    for part in parts_of(whole):
        settled(part)
    assert [part.hidden is None for part in parts_of(whole)] == [back] * 2
    assert {part.status for part in parts_of(whole)} == {Status.ASSIGNED}


def test_the_whole_hidden_between_the_making_of_a_part_and_its_body_hides_it_all_the_same() -> None:
    whole = divided("roads")
    handled(*events_of(whole, "split"))
    hidden(whole)
    handled(*events_of(whole, "hidden"))
    (part,) = parts_of(whole)
    assert (part.status, part.hidden) == (Status.SUBMITTED, None)
    settled(part)
    (part,) = parts_of(whole)
    assert part.hidden == Hidden(
        by=ActorKind.AGENCY, agency_id="housing", reason=WHY, at=NOW, with_whole=True
    )


def test_what_a_body_hides_of_its_part_alone_stays_hidden_and_shown_again_is_as_the_whole_is() -> None:
    whole = divided("roads")
    handled(*events_of(whole, "split"))
    (part,) = parts_of(whole)
    settled(part)
    roads = replace(HOUSING, id="roads")
    hidden(part, by=roads)
    for back in (False, True, False):
        hidden(whole, back=back)
        handled(*events_of(whole, "hidden", "unhidden"))
        assert (mine := ComplaintStore().get(part.id).hidden) is not None
        assert not mine.with_whole
    hidden(part, back=True, by=roads)
    settled(part)
    assert (theirs := ComplaintStore().get(part.id).hidden) is not None
    assert theirs.with_whole
    with pytest.raises(Conflict, match="hidden_with_whole"):
        hidden(part, back=True, by=roads)


@pytest.mark.parametrize("language", LANGUAGES)
def test_why_a_part_is_hidden_is_told_with_it(language: str) -> None:
    whole = divided("roads")
    handled(*events_of(whole, "split"))
    settled(*parts_of(whole))
    hidden(whole)
    handled(*events_of(whole, "hidden"))
    (part,) = parts_of(whole)
    said = line(last_of(part), language=language, region=REGION, viewer=Viewer.PUBLIC)
    assert said is not None
    assert said["body"].startswith(text("event.complaint.hidden.part.body", language))
    assert WHY in said["body"]
    hidden(whole, back=True)
    handled(*events_of(whole, "unhidden"))
    said = line(last_of(part), language=language, region=REGION, viewer=Viewer.PUBLIC)
    assert said is not None
    assert said["body"] == text("event.complaint.unhidden.part.body", language)


@pytest.mark.parametrize("first", ["split", "withdrawn"])
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("gone", [True, False])
def test_whichever_event_comes_first_and_however_often_no_part_lives_on(
    first: str, times: int, gone: bool
) -> None:
    whole = divided("roads")
    withdrawn(whole)
    events = sorted(
        events_of(whole, "split", "withdrawn"), key=lambda each: not each.event.type.endswith(first)
    )
    if gone:
        erased()
    for event in events:
        for _ in range(times):
            handled_with_what_follows(whole, event)
    assert {part.status for part in parts_of(whole)} <= {Status.WITHDRAWN}


@pytest.mark.parametrize("order", list(permutations(("withdrawn", "split"))))
def test_taken_back_while_a_part_is_made_no_part_lives_on(order: tuple[str, str]) -> None:
    """In every order of their requests, and of the events that come of them."""

    def race(turns: tuple[int, ...]) -> Complaint:
        whole = divided("roads")
        in_turn(turns, lambda: withdrawn(whole), lambda: handled(*events_of(whole, "split")))
        return whole

    for turns in _orders(lambda whole: withdrawn(whole)):
        whole = race(turns)
        for kind in order:
            handled_with_what_follows(whole, *events_of(whole, kind))
        assert {part.status for part in parts_of(whole)} <= {Status.WITHDRAWN}, turns


def test_a_part_that_is_made_while_its_person_is_erased_keeps_nobody() -> None:
    for turns in _orders(lambda _: erased()):
        with tables():
            whole = divided("roads")
            split = events_of(whole, "split")
            in_turn(turns, erased, partial(handled, *split))
            assert len(parts_of(whole)) == 1, turns
            assert "reporter'" not in said_of_the_person(), turns
            assert "Aigerim" not in said_of_the_person(), turns
            assert all(event.reporter is None for event in EventItem.scan(EventItem.kind == "event")), turns


def _orders(work: Callable[[Complaint], object]) -> Iterator[tuple[int, ...]]:
    """Every order of the requests of `work` and of who makes the part."""
    whole, other = divided("roads"), divided("roads")
    (split,) = events_of(other, "split")
    dividing = number_of_calls(lambda: handled(split))
    return orders(number_of_calls(lambda: work(whole)), dividing)


def test_a_part_is_ended_by_the_system_which_says_why_and_wakes_nobody() -> None:
    whole = divided("roads")
    handled_with_what_follows(whole, *events_of(whole, "split"))
    withdrawn(whole)
    handled(*events_of(whole, "withdrawn"))
    (part,) = parts_of(whole)
    end = last_of(part)
    assert (end.actor, end.data) == (ActorKind.SYSTEM, {"parent": whole.id})
    said = {language: line(end, language=language, region=REGION) for language in LANGUAGES}
    assert said["en"] is not None
    assert said["en"]["body"] == "The whole complaint was taken back, and this part of it has ended with it."
    assert len({str(each) for each in said.values()}) == len(LANGUAGES)
    assert push_kind(end) is None


def test_what_was_declined_and_accepted_leaves_the_others_their_parts() -> None:
    """Also where that was over before the parts were made: what other bodies owe is not the lead's to end."""
    whole = divided("roads")
    store = ComplaintStore()
    declined = {"outcome": "declined", "text": "It is not for us to collect.", "region": REGION, "now": NOW}
    move(store, whole.id, lambda each: agency.answer(each, by=HOUSING, **declined))
    move(store, whole.id, lambda each: citizen.confirm(each, by=REPORTER, now=NOW))
    handled_with_what_follows(whole, *events_of(whole, "split", "answered", "closed"))
    (part,) = parts_of(whole)
    assert (part.status, part.agency_id) == (Status.ASSIGNED, "roads")
