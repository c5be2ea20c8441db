"""A body's worklist: what a page of it costs, what its entries hold, and that they forget what was erased."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Barrier
from typing import Any
from unittest.mock import patch

import pytest
from botocore.client import BaseClient

from functions.complaints.change import Change
from functions.complaints.complaint import Complaint, Status
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.photos import add_photo
from functions.records.codec import complaint_item
from functions.records.dynamodb import connection
from functions.records.erasure import erase_person, erase_words
from functions.records.store import ComplaintStore
from functions.records.tables import SHARDS, ComplaintItem, SupervisorItem
from functions.records.worklist import lines, worklist
from tests.bench.units import Spent, counting
from tests.core.story import HOUSING, NEIGHBOUR, REPORTER, START, assigned, filed
from tests.records.keeping import HOUR, REGION, commented, kept, then
from tests.records.test_lists import climbed
from tests.records.test_reads import id_in
from tests.region_fixture import region

WORDS = "Мусор не вывозят вторую неделю, контейнеры у второго подъезда переполнены. " * 2
ADDRESS = "Во дворе дома 15 по улице Академика Сатпаева"
PAGE = 25


def held(count: int) -> None:
    """So many complaints with words, place and photo on the list of one body."""
    story = filed(REGION, photos=1, comment=WORDS)
    story.then(
        lambda each: add_photo(
            each, each.photos[0].id, width=2, height=1, clean_sha256="0" * 64, now=story.now
        )
    )
    like = replace(story.complaint, status=Status.ASSIGNED, agency_id="housing", address=ADDRESS)
    with ComplaintItem.batch_write() as batch:
        for number in range(count):
            due_at = START + HOUR + number * HOUR / 60
            batch.save(complaint_item(replace(like, id=id_in(number % SHARDS), due_at=due_at)))


@contextmanager
def spending() -> Iterator[list[Spent]]:
    with counting() as counter:
        counter.by = "page"
        yield counter.spent


def test_a_page_is_read_once_and_hardly_more_of_it_than_is_shown(store: ComplaintStore) -> None:
    """Four quarters of 101 were asked for before, and every entry became a model."""
    held(120)
    models = []
    made = ComplaintItem.from_raw_data
    with (
        spending() as spent,
        patch.object(ComplaintItem, "from_raw_data", lambda raw: models.append(raw) or made(raw)),
    ):
        page = worklist("housing", limit=PAGE, cursor=None)
        shown = lines(page.items)
    assert len(shown) == len(models) == PAGE
    assert [each.operation for each in spent] == ["Query"] * SHARDS
    assert sum(each.looked_at for each in spent) == 4 * 10
    # Of ten entries each, 9 KB: two halves of a unit, or three.
    assert sum(each.read for each in spent) <= SHARDS * 1.5
    assert [(each.complaint.excerpt or "")[:5] for each in shown] == ["Мусор"] * PAGE
    assert {each.complaint.address for each in shown} == {ADDRESS}
    assert all((each.complaint.thumbnail or "").endswith(".thumb.jpg") for each in shown)


def test_an_entry_with_words_place_and_photo_stays_below_a_kilobyte(store: ComplaintStore) -> None:
    """So that writing it costs one unit, as before."""
    held(SHARDS)
    with spending() as spent:
        (item,) = worklist("housing", limit=1, cursor=None).items
        item = ComplaintItem.get(item.pk, item.sk)
        item.danger = True
        spent.clear()
        item.save()
    assert [each.index for each in spent if each.operation == "PutItem"] == [1]


def test_however_unevenly_the_parts_are_filled_a_page_is_whole(store: ComplaintStore) -> None:
    like = assigned(REGION).complaint
    with ComplaintItem.batch_write() as batch:
        for number in range(60):
            batch.save(complaint_item(replace(like, id=id_in(2 if number % 10 else 1))))
    seen: list[str] = []
    cursor = None
    while not seen or cursor is not None:
        with spending() as spent:
            page = worklist("housing", limit=PAGE, cursor=cursor)
        assert len(spent) <= 2 * SHARDS
        assert sum(each.looked_at for each in spent) <= 2 * PAGE
        assert len(page.items) in (PAGE, 10)
        seen += [item.id for item in page.items]
        cursor = page.cursor
    assert seen == sorted(seen)
    assert len(set(seen)) == 60


def test_the_parts_are_asked_side_by_side(store: ComplaintStore) -> None:
    held(8)
    worklist("housing", limit=2, cursor=None)
    together, request = Barrier(SHARDS, timeout=30), BaseClient._make_api_call

    def asked(client: BaseClient, operation: str, parameters: dict[str, Any]) -> Any:
        together.wait()
        return request(client, operation, parameters)

    with patch.object(BaseClient, "_make_api_call", asked):
        assert len(worklist("housing", limit=2, cursor=None).items) == 2


def entries(complaint: Complaint) -> list[dict[str, Any]]:
    return [
        item.attribute_values
        for body in complaint.in_charge
        for item in worklist(body, limit=5, cursor=None).items
    ]


def acknowledged(complaint: Complaint) -> Change | None:
    return agency.acknowledge(complaint, by=HOUSING, now=complaint.changed_at + HOUR)


def words_in(complaint: Complaint) -> list[bool]:
    """Of each body's entry, whether it has the person's words."""
    return [any(said in str(each) for said in ("Not collected", ADDRESS)) for each in entries(complaint)]


@pytest.mark.parametrize("erase", ["words", "person", "left"])
def test_an_entry_forgets_what_is_erased_above_too(store: ComplaintStore, erase: str) -> None:
    story = climbed(store)
    then(store, story, lambda each: citizen.join(each, by=NEIGHBOUR, now=story.now))
    assert words_in(story.complaint) == [True, True]
    if erase == "words":
        erase_words(story.complaint.id, connection=connection())
    elif erase == "person":
        erase_person("person", connection=connection(), going_on=lambda: True)
    else:
        then(
            store,
            story,
            lambda each: citizen.withdraw(each, by=REPORTER, reason=None, region=region(), now=story.now),
        )
    assert words_in(story.complaint) == [False, False]


def test_a_step_that_nobody_asks_for_leaves_the_entry_above_as_it_is(store: ComplaintStore) -> None:
    story = climbed(store)
    with spending() as spent:
        then(store, story, commented)
    above = SupervisorItem.get(f"complaint#{story.complaint.id}", "supervisor#akimat")
    assert above.excerpt == "Not collected"
    (write,) = [each for each in spent if each.operation == "TransactWriteItems"]
    plain = kept(store, assigned(REGION))
    with spending() as unlisted:
        then(store, plain, commented)
    (without,) = [each for each in unlisted if each.operation == "TransactWriteItems"]
    # What is longer of a complaint that climbed is no write of another item, which were two units.
    assert write.written == pytest.approx(without.written, abs=2)
    then(store, story, acknowledged)
    assert SupervisorItem.get(above.pk, above.sk).status == "acknowledged"
