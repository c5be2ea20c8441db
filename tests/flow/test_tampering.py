"""Whatever anybody changes of a complaint, its events and its photos by any way but an event, `chain verify` finds."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.complaints.complaint import SYSTEM, Actor, ActorKind, Complaint, Role
from functions.complaints.ids import made_at
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.assignment import assign
from functions.complaints.moves.correcting import Correction, Place, correct
from functions.complaints.moves.declaration import expect_photos
from functions.complaints.moves.escalation import tick
from functions.complaints.moves.filing import DeclaredPhoto, Draft, file
from functions.complaints.moves.parts import part_of
from functions.complaints.moves.photos import add_photo
from functions.complaints.moves.publicity import flag, hide, redact
from functions.complaints.proof import Found
from functions.complaints.redaction import Box
from functions.records.codec import complaint_pk
from functions.records.dynamodb import connection, raw_items
from functions.records.erasure import erase_left, erase_person, erase_words
from functions.records.move import move
from functions.records.photo_keys import clean_key
from functions.records.store import ComplaintStore
from functions.records.tables import ComplaintItem, ComplaintsTable
from infra.ops.chain import fault_in, fault_of
from tests.core.story import HOUSING, NEIGHBOUR, REPORTER, START
from tests.dynamodb import tables
from tests.region_fixture import WEST, region
from tests.sweeps import draws

type Raw = dict[str, Any]
type Items = dict[str, Raw]

REGION = region()
ENDS = region(withdrawal={"with_joiners": "ends"})
OFFICER = replace(HOUSING, officer="01JNZ5V2B8Q4M7T9XWYC3D6FGH", role=Role.OFFICER)
UPLOAD = DeclaredPhoto(content_type="image/jpeg", size=1, sha256="0" * 64)
CLEAN = b"a clean photo"
MOVED = Correction(
    place=Place(lat=WEST[0] + 0.00321, lon=WEST[1] - 0.00123, address="Abai 9"), reason="Not 7"
)
SORTED = Correction(category="open_manhole", answers={}, reason="It is a manhole.")
# `correlation_id` names a request in the logs; who restores or erases takes the last event away.
NOT_HELD = {("event", "correlation_id")}
MAY_BE_GONE = {("complaint", "last_event")}


def lived(*, ended: bool, private: bool = False) -> Complaint:
    """A complaint of which as much is kept as can be; no public copy is made of photos that are `private`."""
    store, now = ComplaintStore(correlation_id=lambda: "1"), START
    draft = Draft(
        category="rubbish",
        comment="Not collected for a week",
        lat=WEST[0] + 0.00123,
        lon=WEST[1] - 0.00321,
        address="Abai 7",
        answers={"since": "Monday"},
        public_name="Aigerim",
        photos=(UPLOAD,),
        photos_private=private,
        written_at=START - timedelta(hours=3),
    )
    filed = file(draft, region=REGION, reporter=REPORTER.id or "", now=now)
    store.write(filed)
    photo, sha256 = filed.after.photos[0].id, hashlib.sha256(CLEAN).hexdigest()
    parts = [agency.Part(agency_id="roads", text="Mend the road there.")]
    steps = [
        lambda each: add_photo(
            each, photo, width=2, height=1, clean_sha256=sha256, photo_hash="0f" * 64, now=now
        ),
        lambda each: assign(each, region=REGION, now=now),
        lambda each: citizen.join(each, by=NEIGHBOUR, now=now),
        lambda each: correct(each, MOVED, by=REPORTER, region=REGION, now=now),
        lambda each: correct(each, SORTED, by=HOUSING, region=REGION, now=now),
        lambda each: agency.ask(each, by=HOUSING, text="Where is it?", now=now),
        lambda each: citizen.comment(each, by=REPORTER, text="Behind the house", now=now),
        lambda each: agency.split(each, by=HOUSING, parts=parts, region=REGION, now=now),
        lambda each: tick(each, region=REGION, now=now + timedelta(days=60)),
        lambda each: tick(each, region=REGION, now=now + timedelta(days=300)),
        lambda each: agency.answer(
            each, by=HOUSING, outcome="declined", text="It is not for us to do.", region=REGION, now=now
        ),
        lambda each: citizen.refute(each, by=REPORTER, reason="It is yours", now=now),
        lambda each: expect_photos(each, [UPLOAD], by=REPORTER, region=REGION, now=now),
        lambda each: expect_photos(each, [UPLOAD], by=HOUSING, region=REGION, now=now),
        lambda each: add_photo(
            each,
            each.photos[-1].id,
            width=2,
            height=1,
            clean_sha256=sha256,
            photo_hash="f0" * 64,
            found=Found(place=WEST, copied_from=frozenset({"another"})),
            now=now,
        ),
        lambda each: redact(each, photo, boxes=(Box(x=0.1, y=0.2, w=0.3, h=0.4),), by=SYSTEM, now=now),
        lambda each: flag(each, reason="person", now=now),
        lambda each: hide(each, by=HOUSING, reason="A face is to be seen.", now=now),
        lambda each: agency.ask(each, by=OFFICER, text="Is it there now?", now=now),
        lambda each: agency.comment(each, by=HOUSING, text="Look at it", internal=True, now=now),
    ]
    if ended:
        steps.append(
            lambda each: citizen.withdraw(each, by=REPORTER, reason="Moved away", region=ENDS, now=now)
        )
    for step in steps:
        complaint, change = move(store, filed.after.id, step)
        assert change is not None or private
    return complaint


def items_of(complaint_id: str) -> Items:
    query = ComplaintsTable.query(complaint_pk(complaint_id), ComplaintsTable.sk < "follower#")
    return {raw["sk"]["S"]: raw for raw in raw_items(query)}


def stored_as(items: Items) -> list[Raw]:
    return [dict(raw) for _, raw in sorted(items.items())]


def is_found(complaint_id: str, items: Items, *, photo: bytes = CLEAN) -> bool:
    try:
        return fault_in(complaint_id, stored_as(items), kept=lambda _: photo) is not None
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError):
        return True


def kept() -> Iterator[tuple[str, Items]]:
    """Complaints as they are kept: open, ended, without the person's words, without the person, and a part."""
    with tables():
        yield (whole := lived(ended=False)).id, items_of(whole.id)
        yield (ended := lived(ended=True)).id, items_of(ended.id)
        store = ComplaintStore()
        split = next(each for each in store.with_history(whole.id)[1] if "parts" in each.data)
        (asked,) = split.data["parts"]
        store.write(part_of(whole, asked, split=split, region=REGION, now=whole.changed_at))
        move(store, asked["id"], lambda each: assign(each, region=REGION, now=whole.changed_at))
        yield asked["id"], items_of(asked["id"])
        left = lived(ended=False)
        move(
            store,
            left.id,
            lambda each: citizen.withdraw(
                each, by=REPORTER, reason="Moved away", region=REGION, now=left.changed_at
            ),
        )
        erase_left(left.id, seq=left.version + 1, connection=connection())
        yield left.id, items_of(left.id)
        erase_words(ended.id, connection=connection())
        yield ended.id, items_of(ended.id)
        erase_person(REPORTER.id or "", connection=connection(), going_on=lambda: True)
        yield whole.id, items_of(whole.id)
        yield asked["id"], items_of(asked["id"])
        yield (private := lived(ended=False, private=True)).id, items_of(private.id)


KEPT = list(kept())


@pytest.mark.parametrize(("complaint_id", "items"), KEPT, ids=range(len(KEPT)))
def test_what_was_written_and_erased_as_it_is_to_be_is_whole(complaint_id: str, items: Items) -> None:
    assert fault_in(complaint_id, stored_as(items), kept=lambda _: CLEAN) is None


@st.composite
def tampered(draw: st.DrawFn) -> tuple[str, Items, str]:
    complaint_id, items = draw(st.sampled_from(KEPT))
    sk = draw(st.sampled_from(sorted(items)))
    kind = items[sk]["kind"]["S"]
    names = [name for name in items[sk] if (kind, name) not in NOT_HELD]
    name = draw(st.sampled_from(sorted(names)))
    ways = (
        ["change", "remove"] if (kind, name) not in MAY_BE_GONE and name not in ("pk", "sk") else ["change"]
    )
    raw = dict(items[sk])
    if draw(st.sampled_from(ways)) == "remove":
        del raw[name]
    else:
        raw[name] = draw(another(raw[name]))
    return complaint_id, items | {sk: raw}, f"{sk} {name}: {items[sk][name]} -> {raw.get(name)}"


def another(value: Raw) -> st.SearchStrategy[Raw]:
    """The same attribute with another value, somewhere in it."""
    (kind, content), *_ = value.items()
    match kind:
        case "N":
            other = st.integers(-9, 9).filter(bool).map(lambda by: {"N": repr(json.loads(content) + by)})
            return other if "." not in content else other | st.just({"N": repr(float(content) + 0.00001)})
        case "BOOL":
            return st.just({"BOOL": not content})
        case "M":
            return st.sampled_from(sorted(content)).flatmap(
                lambda name: another(content[name]).map(lambda new: {"M": {**content, name: new}})
            )
    try:
        parsed = json.loads(content)
    except ValueError:
        parsed = content
    if isinstance(parsed, dict | list) and parsed:
        return inside(parsed).map(lambda new: {"S": json.dumps(new)})
    at = st.integers(0, max(0, len(content) - 1))
    put = st.tuples(at, st.sampled_from("0123456789abcdefXYZ"))
    return put.map(lambda each: {"S": content[: each[0]] + each[1] + content[each[0] + 1 :]}).filter(
        lambda new: new != value
    )


def inside(parsed: Any) -> st.SearchStrategy[Any]:
    if isinstance(parsed, dict) and parsed:
        changed = st.sampled_from(sorted(parsed)).flatmap(
            lambda name: inside(parsed[name]).map(lambda new: {**parsed, name: new})
        )
        gone = st.sampled_from(sorted(parsed)).map(
            lambda name: {key: value for key, value in parsed.items() if key != name}
        )
        return changed | gone
    if isinstance(parsed, list) and parsed:
        return st.integers(0, len(parsed) - 1).flatmap(
            lambda at: inside(parsed[at]).map(lambda new: [*parsed[:at], new, *parsed[at + 1 :]])
        )
    if isinstance(parsed, bool) or parsed is None:
        return st.just("something")
    if isinstance(parsed, int | float):
        return st.integers(1, 9).map(lambda by: parsed + by)
    return st.sampled_from([f"{parsed}x", ""]).filter(lambda new: new != parsed)


@settings(max_examples=draws(gate=300, whole=3_000), deadline=None)
@given(tampered())
def test_any_attribute_of_any_item_that_was_changed_or_removed_is_found(
    given_: tuple[str, Items, str],
) -> None:
    complaint_id, items, what = given_
    assert is_found(complaint_id, items), what


def test_one_that_was_left_to_others_does_not_pass_for_one_whose_words_were_erased() -> None:
    complaint_id, items = KEPT[3]
    complaint = dict(items["complaint"])
    assert complaint["left_to_joiners"]["BOOL"]
    seal = json.loads(complaint["words_seal"]["S"])
    assert seal.pop("salt")
    complaint["words_seal"] = {"S": json.dumps(seal)}
    assert is_found(complaint_id, items | {"complaint": complaint})


@pytest.mark.parametrize(("complaint_id", "items"), KEPT, ids=range(len(KEPT)))
def test_a_file_that_is_not_the_photo_that_was_checked_is_found(complaint_id: str, items: Items) -> None:
    assert is_found(complaint_id, items, photo=b"another photo")


def test_a_photo_that_is_gone_before_its_time_is_found_and_one_after_its_time_is_not() -> None:
    complaint_id, items = KEPT[0]
    photo = json.loads(items["complaint"]["photos"]["S"])[0]["id"]
    look = partial(fault_in, complaint_id, stored_as(items), kept=lambda _: None)
    gone = look(since=made_at(photo))
    assert gone is not None
    assert gone.reason == f"photo {photo} is gone"
    assert look(since=made_at(photo) + timedelta(seconds=1)) is None


def test_a_parts_photo_is_looked_for_among_its_wholes_files() -> None:
    complaint_id, items = KEPT[2]
    asked: list[str] = []
    fault_in(complaint_id, stored_as(items), kept=lambda key: asked.append(key) or CLEAN)
    photo = json.loads(items["complaint"]["photos"]["S"])[0]["id"]
    assert asked == [clean_key(KEPT[0][0], photo)]


def test_what_is_read_is_what_is_kept() -> None:
    with tables():
        complaint = lived(ended=False)
        assert fault_of(complaint.id) is None
        ComplaintItem(complaint_pk(complaint.id), ComplaintItem.SK).update(
            [ComplaintItem.comment.set("Another")]
        )
        fault = fault_of(complaint.id)
        assert fault is not None
        assert fault.reason == "the complaint's text or place is not what was written"
        ComplaintItem(complaint_pk(complaint.id), ComplaintItem.SK).update([ComplaintItem.status.set("x")])
        unreadable = fault_of(complaint.id)
        assert unreadable is not None
        assert "cannot be read" in unreadable.reason


def test_of_erased_words_nothing_can_be_found_out_by_trying() -> None:
    """The digests that are left are salted: the same words leave another one each time."""
    with tables():
        one, other = lived(ended=True), lived(ended=True)
        assert one.words_seal is not None
        assert other.words_seal is not None
        assert one.words_seal.digest != other.words_seal.digest
        for each in (one, other):
            erase_words(each.id, connection=connection())
        left = str([items_of(each.id) for each in (one, other)])
        for words in (
            "Not collected",
            "Behind the house",
            "It is yours",
            "Moved away",
            "Abai 7",
            "Aigerim",
            "salt",
        ):
            assert words not in left.replace('\\"salt\\"', '"salt"') or words == "salt"
        assert ComplaintStore().get(one.id).reporter == REPORTER.id
        assert Actor(kind=ActorKind.AGENCY, id="housing") == HOUSING
