"""The store on moto's DynamoDB: one transaction, named refusals, and lists that are one query each."""

import itertools
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from functions.complaints.change import Change
from functions.complaints.complaint import Actor, ActorKind, Complaint, PhotoStatus, Status
from functions.complaints.events import chain_fault
from functions.complaints.faults import Conflict, Invalid, NotFound, Stale
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.filing import DeclaredPhoto, Draft, file
from functions.complaints.moves.photos import add_photo
from functions.complaints.transitions import MoveRefused
from functions.records import lists
from functions.records.codec import complaint_item, complaint_of, urgency
from functions.records.outbox import published
from functions.records.store import (
    AlreadyJoined,
    ComplaintStore,
    NumberTaken,
    Request,
    RequestSeen,
    move,
)
from functions.records.tables import ComplaintItem, EventItem, SupervisorItem
from functions.route.escalation.wake import wake
from tests.core.story import HOUSING, NEIGHBOUR, REPORTER, START, Story, assigned, filed
from tests.dynamodb import tables
from tests.region_fixture import EAST, region, with_category

REGION = region()
HOUR = timedelta(hours=1)
REQUEST = Request(caller="person", key="k1", digest="d1")
AKIMAT = Actor(kind=ActorKind.AGENCY, id="akimat")


@pytest.fixture
def store() -> Iterator[ComplaintStore]:
    with tables():
        yield ComplaintStore(correlation_id=lambda: "corr-1")


def kept(store: ComplaintStore, story: Story) -> Story:
    """Everything that happened in the story so far, written."""
    for change in story.changes:
        store.write(change)
    story.changes.clear()
    return story


def then(store: ComplaintStore, story: Story, decide) -> Story:
    story.then(decide)
    return kept(store, story)


def commented(complaint: Complaint, text: str = "x") -> Change:
    return citizen.comment(complaint, by=REPORTER, text=text, now=START + HOUR)


def answered(complaint: Complaint) -> Change | None:
    return agency.answer(
        complaint, by=HOUSING, outcome="resolved", text="Done.", region=REGION, now=START + HOUR
    )


def asked(complaint: Complaint) -> Change:
    return agency.ask(complaint, by=HOUSING, text="?", now=START + HOUR)


# One complaint


def test_what_is_read_is_what_was_written(store: ComplaintStore) -> None:
    story = filed(REGION, photos=2)
    first, second = (photo.id for photo in story.complaint.photos)
    story.then(lambda each: add_photo(each, first, width=4, height=3, now=story.now))
    story.then(lambda each: add_photo(each, second, width=4, height=3, now=story.now))
    kept(store, story)
    story.wait()
    story.then(lambda each: citizen.join(each, by=NEIGHBOUR, now=story.now))
    parts = [agency.Part(agency_id="roads", text="The kerb.")]
    story.then(lambda each: agency.split(each, by=HOUSING, parts=parts, region=REGION, now=story.now))
    story.then(
        lambda each: agency.answer(
            each, by=HOUSING, outcome="declined", text="It is not a violation.", region=REGION, now=story.now
        )
    )
    kept(store, story)
    assert store.get(story.complaint.id) == story.complaint
    complaint, history, internal = store.with_history(story.complaint.id)
    assert complaint == story.complaint
    assert list(history) == story.events
    assert chain_fault(history, head=complaint.head) is None
    assert internal == frozenset()


def test_a_part_is_read_back_with_its_reporter_and_not_listed_apart(store: ComplaintStore) -> None:
    story = kept(store, assigned(REGION))
    part = replace(
        story.complaint,
        id="P" * 26,
        number="TST-26-AAAAAA-1",
        parent_id=story.complaint.id,
        part="The kerb.",
        photos=(replace_photo(story),),
    )
    item = complaint_item(part)
    assert complaint_of(item) == part
    assert (item.person, item.reporter, item.place) == (None, "person", None)


def replace_photo(story: Story):
    declared = filed(REGION, photos=1).complaint.photos[0]
    return replace(declared, status=PhotoStatus.READY, width=1, height=1, kept_with=story.complaint.id)


def test_what_agencies_say_among_themselves_is_marked(store: ComplaintStore) -> None:
    story = kept(store, assigned(REGION))
    then(store, story, lambda each: agency.comment(each, by=HOUSING, text="!", internal=True, now=story.now))
    assert store.with_history(story.complaint.id)[2] == {3}


def test_a_long_history_is_read_whole(store: ComplaintStore) -> None:
    story = kept(store, assigned(REGION))
    for _ in range(8):
        then(store, story, lambda each: commented(each, "x" * 200_000))
    _, history, _ = store.with_history(story.complaint.id)
    assert [event.seq for event in history] == list(range(1, 11))


def test_what_is_not_there_is_not_found(store: ComplaintStore) -> None:
    for look in (store.get, store.with_history, store.by_number):
        with pytest.raises(NotFound):
            look("nothing")


def test_the_short_number_finds_its_complaint(store: ComplaintStore) -> None:
    story = kept(store, filed(REGION))
    assert store.by_number(story.complaint.number) == story.complaint.id


def test_the_event_carries_what_consumers_need(store: ComplaintStore) -> None:
    story = kept(store, assigned(REGION))
    item = EventItem.get(f"complaint#{story.complaint.id}", "event#000002")
    record = published(item)
    assert record.event == story.events[1]
    assert (record.agency_id, record.reporter, record.number) == ("housing", "person", story.complaint.number)
    assert (record.watch_round, record.started_watch, record.correlation_id) == (1, 1, "corr-1")
    assert record.watch_at == story.complaint.near_at
    assert (record.parent_id, record.followed) == (None, story.complaint.id)


# Refusals


def test_of_two_changes_from_one_version_one_is_written(store: ComplaintStore) -> None:
    story = kept(store, assigned(REGION))
    one, other = commented(story.complaint, "one"), asked(story.complaint)
    store.write(one)
    with pytest.raises(Stale):
        store.write(other)
    complaint, history, _ = store.with_history(story.complaint.id)
    assert complaint == one.after
    assert history[-1] == one.event
    assert len(history) == 3


def test_a_change_from_another_state_is_refused_although_the_version_fits(store: ComplaintStore) -> None:
    story = kept(store, assigned(REGION))
    elsewhere = replace(story.complaint, status=Status.ACKNOWLEDGED)
    with pytest.raises(Stale):
        store.write(asked(elsewhere))
    assert store.get(story.complaint.id) == story.complaint


def test_a_complaint_is_not_made_twice(store: ComplaintStore) -> None:
    story = filed(REGION)
    change = story.changes[0]
    store.write(change)
    with pytest.raises((Stale, NumberTaken)):
        store.write(change)


def test_a_taken_number_is_told_apart_and_leaves_nothing_behind(store: ComplaintStore) -> None:
    first = kept(store, filed(REGION))
    change = filed(REGION).changes[0]
    taken = replace(change, after=replace(change.after, number=first.complaint.number))
    with pytest.raises(NumberTaken):
        store.write(taken)
    with pytest.raises(NotFound):
        store.get(change.after.id)


def test_a_key_that_was_used_names_what_it_was_used_for(store: ComplaintStore) -> None:
    story = filed(REGION)
    store.write(story.changes[0], request=REQUEST)
    with pytest.raises(RequestSeen) as seen:
        store.write(filed(REGION).changes[0], request=replace(REQUEST, digest="d2"))
    assert (seen.value.complaint_id, seen.value.digest, seen.value.seq) == (story.complaint.id, "d1", 1)
    found = store.seen(REQUEST)
    assert found is not None
    assert found.complaint_id == story.complaint.id
    assert store.seen(replace(REQUEST, caller="another")) is None


def test_the_same_request_again_is_known_before_the_stale_version_that_comes_with_it(
    store: ComplaintStore,
) -> None:
    story = kept(store, assigned(REGION))
    change = commented(story.complaint)
    store.write(change, request=REQUEST)
    with pytest.raises(RequestSeen) as seen:
        store.write(change, request=REQUEST)
    assert seen.value.seq == 3


def test_a_person_joins_once(store: ComplaintStore) -> None:
    story = kept(store, assigned(REGION))
    then(store, story, lambda each: citizen.join(each, by=NEIGHBOUR, now=story.now))
    with pytest.raises(AlreadyJoined):
        move(store, story.complaint.id, lambda each: citizen.join(each, by=NEIGHBOUR, now=story.now))
    assert store.get(story.complaint.id).joined == 1
    assert list(store.followers(story.complaint.id)) == ["neighbour"]
    assert store.is_follower(story.complaint.id, "neighbour")
    assert not store.is_follower(story.complaint.id, "person")


# Moving: no change is lost


def test_whoever_comes_second_decides_again_on_what_the_first_left(store: ComplaintStore) -> None:
    story = kept(store, assigned(REGION))
    complaint_id, seen = story.complaint.id, []

    def decide(complaint: Complaint) -> Change:
        seen.append(complaint.version)
        if len(seen) == 1:
            store.write(asked(complaint))
        return commented(complaint)

    after, change = move(store, complaint_id, decide)
    assert change is not None
    assert (after.version, seen) == (4, [2, 3])


def test_whoever_always_comes_second_gives_up_and_loses_nothing(store: ComplaintStore) -> None:
    story = kept(store, assigned(REGION))

    def decide(complaint: Complaint) -> Change:
        store.write(asked(complaint))
        return commented(complaint)

    with pytest.raises(Stale):
        move(store, story.complaint.id, decide)
    assert store.get(story.complaint.id).version == 2 + 8


def test_a_request_that_is_sent_again_is_known_even_where_its_move_would_now_be_refused(
    store: ComplaintStore,
) -> None:
    story = kept(store, assigned(REGION))

    def passed_on(complaint: Complaint) -> Change | None:
        return agency.split(
            complaint,
            by=HOUSING,
            parts=[agency.Part(agency_id="roads", text="x")] * (1 if not complaint.children else 9),
            region=REGION,
            now=story.now,
        )

    move(store, story.complaint.id, passed_on, request=REQUEST)
    with pytest.raises(RequestSeen):
        move(store, story.complaint.id, passed_on, request=REQUEST)
    with pytest.raises((Conflict, Invalid)):
        move(store, story.complaint.id, passed_on, request=replace(REQUEST, key="k2"))


def test_officers_who_act_at_once_lose_nothing(store: ComplaintStore) -> None:
    story = kept(store, assigned(REGION))
    complaint_id, failed = story.complaint.id, []
    lock = threading.Lock()

    class Serial(ComplaintStore):
        # moto answers one transaction at a time, and does not lock its tables for it by itself.
        def write(self, change: Change, *, request: Request | None = None) -> None:
            with lock:
                super().write(change, request=request)

    shared = Serial()

    def officer(number: int) -> None:
        try:
            for _ in range(3):
                move(shared, complaint_id, lambda each: commented(each, str(number)))
            move(shared, complaint_id, lambda each: agency.acknowledge(each, by=HOUSING, now=START + HOUR))
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=officer, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    complaint, history, _ = store.with_history(complaint_id)
    assert [event.seq for event in history] == list(range(1, 2 + 9 + 1 + 1))
    assert chain_fault(history, head=complaint.head) is None
    assert [event.type for event in history].count("complaint.acknowledged") == 1


class AtOnce(ComplaintStore):
    """Two who read the same state before either writes; `first` says who then comes first."""

    def __init__(self, *, first: bool, read: threading.Barrier, written: threading.Event) -> None:
        super().__init__()
        self._first, self._read, self._written = first, read, written
        self._raced = False

    def get(self, complaint_id: str) -> Complaint:
        complaint = super().get(complaint_id)
        if not self._raced:
            self._read.wait(timeout=10)
        return complaint

    def write(self, change: Change, *, request: Request | None = None) -> None:
        if not self._first and not self._raced:
            assert self._written.wait(timeout=10)
        self._raced = True
        super().write(change, request=request)
        self._written.set()


def answers(store: ComplaintStore, complaint: Complaint) -> None:
    move(store, complaint.id, answered)


def answers_otherwise(store: ComplaintStore, complaint: Complaint) -> None:
    def decide(each: Complaint) -> Change | None:
        now = START + HOUR
        return agency.answer(each, by=HOUSING, outcome="resolved", text="Swept.", region=REGION, now=now)

    move(store, complaint.id, decide)


def withdraws(store: ComplaintStore, complaint: Complaint) -> None:
    move(
        store,
        complaint.id,
        lambda each: citizen.withdraw(each, by=REPORTER, reason=None, now=START + HOUR),
    )


def wakes(store: ComplaintStore, complaint: Complaint) -> None:
    assert complaint.due_at is not None
    wake(
        complaint.id,
        deadline_version=complaint.deadline_version,
        store=store,
        region=REGION,
        now=complaint.due_at,
    )


@pytest.mark.parametrize(
    ("first", "second", "history", "refused"),
    [
        (answers, withdraws, ["answered", "withdrawn"], None),
        (withdraws, answers, ["withdrawn"], MoveRefused),
        (answers, wakes, ["answered"], None),
        (wakes, answers, ["escalated", "answered"], None),
        (answers, answers_otherwise, ["answered"], MoveRefused),
        (answers_otherwise, answers, ["answered"], MoveRefused),
        (answers, answers, ["answered"], None),
    ],
)
def test_of_two_who_decide_on_the_same_state_the_second_decides_again(
    store: ComplaintStore, first, second, history: list[str], refused: type[Exception] | None
) -> None:
    complaint = kept(store, assigned(REGION)).complaint
    read, written = threading.Barrier(2), threading.Event()
    raised: list[BaseException] = []

    def act(deed, *, comes_first: bool) -> None:
        try:
            deed(AtOnce(first=comes_first, read=read, written=written), complaint)
        except Exception as error:
            raised.append(error)

    threads = [
        threading.Thread(target=act, args=(deed,), kwargs={"comes_first": deed_first})
        for deed, deed_first in ((first, True), (second, False))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after, events, _ = store.with_history(complaint.id)
    assert [event.type.removeprefix("complaint.") for event in events] == ["submitted", "assigned", *history]
    assert [event.seq for event in events] == list(range(1, after.version + 1))
    assert chain_fault(events, head=after.head) is None
    assert after.status == events[-1].status
    assert [type(error) for error in raised] == ([] if refused is None else [refused])


# Lists


def test_a_persons_list_has_their_own_and_those_they_joined_newest_first(store: ComplaintStore) -> None:
    mine = [kept(store, filed(REGION)) for _ in range(3)]
    draft = Draft(category="rubbish", comment="x", lat=52.5, lon=76.5)
    other = file(draft, region=REGION, reporter="neighbour", now=START + HOUR)
    store.write(other)
    move(store, other.after.id, lambda each: citizen.join(each, by=REPORTER, now=START + HOUR))
    first = lists.own("person", limit=3, cursor=None)
    assert first.cursor is not None
    rest = lists.own("person", limit=3, cursor=first.cursor)
    ids = [item.id for item in (*first.items, *rest.items)]
    assert ids == sorted([other.after.id, *(story.complaint.id for story in mine)], reverse=True)
    assert rest.cursor is None
    assert {item.id: item.kind for item in first.items}[other.after.id] == "follower"


def test_the_worklist_is_by_due_time_then_danger_then_joined_and_pages_without_gap(
    store: ComplaintStore,
) -> None:
    stories = [kept(store, assigned(REGION)) for _ in range(6)]
    crowded, popular = stories[4], stories[2]
    for person in ("a", "b", "c", "d"):
        by = Actor(kind=ActorKind.CITIZEN, id=person)
        then(store, crowded, lambda each, by=by: citizen.join(each, by=by, now=START))
    then(store, popular, lambda each: citizen.join(each, by=NEIGHBOUR, now=START))
    urgent = kept(store, assigned(with_category("open_manhole"), category="open_manhole"))
    danger = kept(store, assigned(with_category("rubbish", danger=True)))
    pages: list[str] = []
    cursor = None
    while True:
        page = lists.worklist("housing", limit=3, cursor=cursor)
        pages += [item.id for item in page.items]
        cursor = page.cursor
        if cursor is None:
            break
    first = [each.complaint.id for each in (urgent, danger, crowded, popular)]
    others = sorted(each.complaint.id for each in stories if each not in (crowded, popular))
    assert pages == first + others


def test_a_worklist_shows_a_state_alone_and_refuses_a_strange_cursor(store: ComplaintStore) -> None:
    one, two = (kept(store, assigned(REGION)) for _ in range(2))
    then(store, one, lambda each: agency.acknowledge(each, by=HOUSING, now=START))
    page = lists.worklist("housing", limit=5, cursor=None, statuses=frozenset({"acknowledged"}))
    assert [item.id for item in page.items] == [one.complaint.id]
    assert two.complaint.id not in {item.id for item in page.items}
    for cursor in ("x", "bnVsbA", "%%%"):
        with pytest.raises(Invalid):
            lists.worklist("housing", limit=5, cursor=cursor)


def climbed(store: ComplaintStore) -> Story:
    """A complaint that the body above has too."""
    story = kept(store, assigned(REGION))
    story.wait()
    story.wait()
    assert story.complaint.escalated_to == ("akimat",)
    return kept(store, story)


def listed(agency_id: str, **more: object) -> list[str]:
    return [item.id for item in lists.worklist(agency_id, limit=50, cursor=None, **more).items]


def test_what_is_escalated_appears_on_the_list_above_and_moves_with_its_deadline(
    store: ComplaintStore,
) -> None:
    quiet = kept(store, assigned(REGION))
    story = climbed(store)
    assert listed("akimat") == [story.complaint.id]
    assert listed("ministry") == []
    (entry,) = lists.worklist("akimat", limit=5, cursor=None).items
    assert (entry.kind, entry.urgency) == ("supervisor", urgency(story.complaint))
    (whole,) = lists.with_complaints([entry])
    assert (whole.kind, whole.agency_id, whole.number) == ("complaint", "housing", story.complaint.number)
    story.wait()
    story.wait()
    kept(store, story)
    (entry,) = lists.worklist("akimat", limit=5, cursor=None).items
    assert entry.urgency == urgency(story.complaint)
    assert listed("ministry") == [story.complaint.id]
    assert quiet.complaint.id in listed("housing")


def test_a_supervisors_list_can_be_asked_for_a_state(store: ComplaintStore) -> None:
    story = climbed(store)
    assert listed("akimat", statuses=frozenset({"assigned"})) == [story.complaint.id]
    then(store, story, lambda each: agency.acknowledge(each, by=HOUSING, now=story.now))
    assert listed("akimat", statuses=frozenset({"assigned"})) == []
    assert listed("akimat", statuses=frozenset({"acknowledged"})) == [story.complaint.id]


def test_a_supervisors_entry_is_written_again_only_when_its_place_changes(store: ComplaintStore) -> None:
    story = climbed(store)
    before = SupervisorItem.get(f"complaint#{story.complaint.id}", "supervisor#akimat").urgency
    places = []
    for number in range(8):
        by = Actor(kind=ActorKind.CITIZEN, id=f"p{number}")
        then(store, story, lambda each, by=by: citizen.join(each, by=by, now=story.now))
        places.append(SupervisorItem.get(f"complaint#{story.complaint.id}", "supervisor#akimat").urgency)
    # The first who joins, the second, the fourth and the eighth.
    assert [len(list(group)) for _, group in itertools.groupby([before, *places])] == [1, 1, 2, 4, 1]


def test_what_ends_or_is_taken_over_disappears_from_the_list_above(store: ComplaintStore) -> None:
    story = climbed(store)
    then(store, story, lambda each: citizen.withdraw(each, by=REPORTER, reason=None, now=story.now))
    assert (listed("akimat"), listed("housing")) == ([], [])
    story = climbed(store)
    then(
        store,
        story,
        lambda each: agency.transfer(
            each, by=AKIMAT, to="akimat", reason="We do it ourselves.", region=REGION, now=story.now
        ),
    )
    (entry,) = lists.worklist("akimat", limit=5, cursor=None).items
    assert entry.kind == "complaint"
    assert listed("housing") == []


def test_nearby_finds_open_ones_of_the_category_nearest_first_with_who_joined(store: ComplaintStore) -> None:
    def reported(lat: float, lon: float, category: str = "rubbish", photos: int = 0) -> Complaint:
        declared = (DeclaredPhoto(content_type="image/jpeg", size=1, sha256="0" * 64),) * photos
        draft = Draft(category=category, comment="x", lat=lat, lon=lon, photos=declared)
        change = file(draft, region=REGION, reporter="person", now=START)
        store.write(change)
        return change.after

    near, here = reported(52.5005, 76.5), reported(52.5, 76.5)
    reported(52.502, 76.5)
    reported(52.5, 76.5, category="pothole")
    reported(52.5, 76.5, photos=1)
    gone = reported(52.5, 76.5)
    move(store, gone.id, lambda each: citizen.withdraw(each, by=REPORTER, reason=None, now=START))
    move(store, here.id, lambda each: citizen.join(each, by=NEIGHBOUR, now=START))
    found = lists.nearby("rubbish", lat=52.5, lon=76.5, radius_m=100, limit=10)
    assert [each.item.id for each in found] == [here.id, near.id]
    assert [int(each.item.joined) for each in found] == [1, 0]
    assert found[0].distance_m == 0
    assert found[1].distance_m == pytest.approx(55.6, abs=0.5)
    assert lists.nearby("rubbish", lat=EAST[0], lon=EAST[1], radius_m=100, limit=10) == ()


def test_the_nearest_is_found_however_many_newer_ones_its_cell_holds(store: ComplaintStore) -> None:
    nearest = kept(store, filed(REGION)).complaint
    template = complaint_item(nearest)
    with ComplaintItem.batch_write() as batch:
        for number in range(120):
            template.pk, template.id = f"complaint#Z{number}", f"Z{number:025d}"
            template.lat = nearest.lat + 0.0008
            batch.save(ComplaintItem(**template.attribute_values))
    found = lists.nearby("rubbish", lat=nearest.lat, lon=nearest.lon, radius_m=100, limit=5)
    assert (found[0].item.id, len(found)) == (nearest.id, 5)


def test_what_is_overdue_at_the_top_is_listed_until_it_is_answered_longest_first(
    store: ComplaintStore,
) -> None:
    manhole = assigned(with_category("open_manhole"), category="open_manhole")
    stories = [manhole, *sorted((assigned(REGION) for _ in range(4)), key=lambda each: each.complaint.id)]
    for story in stories:
        while not story.complaint.overdue:
            story.wait()
        kept(store, story)
    kept(store, assigned(REGION))
    pages: list[str] = []
    cursor = None
    for _ in range(3):
        page = lists.overdue(limit=2, cursor=cursor)
        pages += [item.number for item in page.items]
        cursor = page.cursor
    assert cursor is None
    assert pages == [story.complaint.number for story in stories]
    story = stories[1]
    for still_listed, move_on in (
        (4, answered),
        (5, lambda each: citizen.refute(each, by=REPORTER, reason="No.", now=START)),
        (4, lambda each: citizen.withdraw(each, by=REPORTER, reason=None, now=START)),
    ):
        then(store, story, move_on)
        assert len(lists.overdue(limit=9, cursor=None).items) == still_listed


def test_due_before_names_what_has_run_out_longest_overdue_first(store: ComplaintStore) -> None:
    stories = [kept(store, assigned(REGION)) for _ in range(3)]
    urgent = kept(store, assigned(with_category("open_manhole"), category="open_manhole"))
    assert list(lists.due_before(START)) == []
    assert urgent.complaint.acknowledge_by is not None
    assert list(lists.due_before(urgent.complaint.acknowledge_by + HOUR)) == [urgent.complaint.id]
    late = START + timedelta(days=60)
    ids = list(lists.due_before(late))
    assert ids[0] == urgent.complaint.id
    assert set(ids) == {each.complaint.id for each in (*stories, urgent)} == set(lists.with_timer())
    while not urgent.complaint.overdue:
        urgent.wait()
    kept(store, urgent)
    assert urgent.complaint.id not in set(lists.due_before(late))
