"""What a worklist is asked for: each filter and all of them together find what a look at everything would, page by page;
and what is counted is what they find.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.complaints.complaint import Complaint, Status
from functions.complaints.days import day_of
from functions.complaints.ids import new_id, new_number
from functions.complaints.sought import folded, words_of
from functions.records import worklist as module
from functions.records.codec import complaint_item, supervisor_item, urgency
from functions.records.tables import SHARDS, ComplaintItem, NumberItem, SupervisorItem, shard_of
from functions.records.worklist import Wanted, counted, lines, worklist
from tests.bench.units import counting
from tests.core.story import START, assigned
from tests.dynamodb import tables
from tests.region_fixture import region

REGION = region()
TEXTS = ("Мусор у подъезда", "Ёлка упала на дорогу", "қоқыс шығарылмаған", "")
SOUGHT = ("мусор", "ЕЛКА", "дорогу упала", "ҚОҚЫС", "сатпаева", "tst", "нет такого", "у")


def some(random: Any, count: int) -> list[Complaint]:
    """Complaints of which `akimat` has some, and some were escalated to it."""
    story = assigned(REGION)
    in_time = story.complaint
    while not story.complaint.overdue:
        story.wait()
    late = story.complaint
    made = []
    for _ in range(count):
        own = random.random() < 0.6
        officers = {"akimat": random.choice(("one", "two"))} if random.random() < 0.5 else {}
        made.append(
            replace(
                late if random.random() < 0.3 else in_time,
                id=new_id(START),
                number=new_number("TST", year=2026),
                status=random.choice((Status.ASSIGNED, Status.ACKNOWLEDGED, Status.ANSWERED)),
                category=random.choice(("rubbish", "pothole")),
                district=random.choice(("west", "east", None)),
                comment=random.choice(TEXTS),
                address=random.choice((None, "улица Сатпаева, 15")),
                agency_id="akimat" if own else "housing",
                escalated_to=() if own else ("akimat",),
                officers={"housing": "one"} | officers if not own else officers,
                due_at=START + timedelta(hours=random.randrange(0, 72)),
            )
        )
    return made


def store(complaints: list[Complaint]) -> None:
    with ComplaintItem.batch_write() as batch:
        for each in complaints:
            batch.save(complaint_item(each))
    with SupervisorItem.batch_write() as batch:
        for each in complaints:
            for body in each.escalated_to:
                batch.save(supervisor_item(each, body))
    with NumberItem.batch_write() as batch:
        for each in complaints:
            batch.save(NumberItem(f"number#{each.number}", complaint_id=each.id))


def fits(complaint: Complaint, wanted: Wanted) -> bool:
    """What is asked for, said once more without DynamoDB."""
    officer = complaint.officers.get("akimat")
    shown = folded(f"{complaint.number}\n{complaint.comment}\n{complaint.address or ''}")
    return (
        (wanted.statuses is None or complaint.status in wanted.statuses)
        and wanted.category in (None, complaint.category)
        and wanted.district in (None, complaint.district)
        and wanted.overdue in (None, complaint.overdue)
        and wanted.role in (None, "owner" if complaint.agency_id == "akimat" else "supervisor")
        and wanted.officer in (None, officer)
        and not (wanted.unassigned and officer)
        and wanted.number in (None, complaint.number)
        and all(word in shown for word in wanted.words)
    )


def pages(wanted: Wanted, *, limit: int) -> Iterator[list[str]]:
    cursor = None
    while True:
        page = worklist("akimat", limit=limit, cursor=cursor, wanted=wanted)
        yield [item.id for item in page.items]
        cursor = page.cursor
        if cursor is None:
            return


asked = st.builds(
    Wanted,
    statuses=st.none() | st.sampled_from([frozenset({"assigned"}), frozenset({"acknowledged", "answered"})]),
    category=st.sampled_from([None, None, "rubbish", "nope"]),
    district=st.sampled_from([None, None, "west"]),
    overdue=st.sampled_from([None, None, True, False]),
    role=st.sampled_from([None, None, "owner", "supervisor"]),
    officer=st.sampled_from([None, None, "one"]),
    unassigned=st.sampled_from([False, False, True]),
    words=st.just(()) | st.sampled_from(SOUGHT).map(words_of),
)


@pytest.fixture(scope="module")
def there() -> Iterator[list[Complaint]]:
    import random  # noqa: PLC0415

    complaints = some(random.Random(1), 90)
    with tables():
        store(complaints)
        yield complaints


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=asked, limit=st.integers(1, 30), looked_through=st.sampled_from([3, 10, 100]))
def test_pages_are_what_a_look_at_everything_finds_and_nothing_twice(
    there: list[Complaint], monkeypatch: pytest.MonkeyPatch, wanted: Wanted, limit: int, looked_through: int
) -> None:
    monkeypatch.setattr(module, "LOOKED_THROUGH", looked_through)
    found = list(pages(wanted, limit=limit))
    expected = sorted((each for each in there if fits(each, wanted)), key=urgency)
    assert [each for page in found for each in page] == [each.id for each in expected]
    assert all(len(page) <= limit for page in found)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=asked, at=st.integers(0, 89))
def test_a_number_is_looked_up_and_held_to_the_other_filters(
    there: list[Complaint], wanted: Wanted, at: int
) -> None:
    wanted = replace(wanted, number=there[at].number, words=())
    with counting() as counter:
        counter.by = "page"
        found = list(pages(wanted, limit=5))
    assert found == [[there[at].id] if fits(there[at], wanted) else []]
    assert len(counter.spent) == 3
    assert sum(each.looked_at for each in counter.spent) <= 1


@pytest.mark.parametrize("number", ["TST-26-ZZZZZZ", None])
def test_a_number_that_is_nobodys_or_anothers_finds_nothing(
    there: list[Complaint], number: str | None
) -> None:
    wanted = Wanted(number=number or next(each.number for each in there if each.agency_id == "akimat"))
    page = worklist("roads", limit=5, cursor=None, wanted=wanted)
    assert (page.items, page.cursor) == ((), None)


def test_any_filter_is_one_bounded_read_of_each_part(there: list[Complaint]) -> None:
    for wanted in (Wanted(category="nope"), Wanted(words=("нет",)), Wanted(unassigned=True, overdue=True)):
        with counting() as counter:
            counter.by = "page"
            worklist("akimat", limit=5, cursor=None, wanted=wanted)
        assert [each.operation for each in counter.spent] == ["Query"] * SHARDS
        assert all(each.looked_at <= module.LOOKED_THROUGH for each in counter.spent)


def test_a_line_has_the_officer_of_the_body_that_looks(there: list[Complaint]) -> None:
    for body in ("akimat", "housing"):
        shown = lines(worklist(body, limit=100, cursor=None).items)
        held = {each.id: each.officers.get(body) for each in there}
        assert {line.complaint.id: line.officer for line in shown} == {
            line.complaint.id: held[line.complaint.id] for line in shown
        }
        assert any(line.officer for line in shown)


def test_counts_are_those_of_the_filters(there: list[Complaint], monkeypatch: pytest.MonkeyPatch) -> None:
    begin, end = day_of(START + timedelta(days=1), zone=REGION.time_zone)

    def many(**asked: Any) -> int:
        return sum(fits(each, Wanted(**asked)) for each in there)

    with counting() as counter:
        counter.by = "counts"
        found = counted("akimat", begin=begin, end=end)
    assert (found.open, found.capped) == (90, False)
    assert (found.overdue, found.supervised) == (many(overdue=True), many(role="supervisor"))
    assert found.unassigned == many(unassigned=True)
    due = [each for each in there if each.status != Status.ANSWERED and begin <= (each.due_at or begin) < end]
    assert 0 < found.due == len(due) < 90
    # One query of each part, whose entries are charged once.
    assert [each.operation for each in counter.spent] == ["Query"] * SHARDS
    assert sum(each.read for each in counter.spent) <= 90 / 4 / 2
    monkeypatch.setattr(module, "COUNTED_MOST", 40)
    found = counted("akimat", begin=begin, end=end)
    # Chance may give a part fewer than its share of the most.
    parts = Counter(shard_of(each.id) for each in there)
    assert (found.open, found.capped) == (sum(min(count, 40 // SHARDS) for count in parts.values()), True)
