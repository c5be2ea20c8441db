"""Files of lines: whatever the order and the portions in which changes come, the same bytes are left."""

import csv
import gzip
import io
import json
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.public_record import HIDDEN, PublicRecord
from functions.notify.publisher.lines import Changed, map_file, month_file
from tests.core.story import START

SINCE = START - timedelta(days=90)
numbers = st.sampled_from([f"TST-26-{each * 6}" for each in "ABCDEFGH"])
ages = st.integers(0, 120).map(lambda days: START - timedelta(days=days))


def record(number: str, *, status: str, updated_at: object, reason: str) -> PublicRecord:
    hidden = status == HIDDEN
    more = {"hidden_reason": reason} if hidden else {"lat": 52.5, "lon": 76.5, "category": "rubbish"}
    return PublicRecord(number=number, status=status, submitted_at=START, updated_at=updated_at, **more)  # type: ignore[arg-type]


records = st.builds(
    record,
    numbers,
    status=st.sampled_from(["assigned", "closed", HIDDEN]),
    updated_at=ages,
    reason=st.sampled_from(['"status":"assigned"', "a, b", "=1+1", '],"tombstones":[', "Қате"]),
)
changes = st.lists(records | numbers, max_size=25)


def as_changes(some: list[PublicRecord | str]) -> Changed:
    return {
        each if isinstance(each, str) else each.number: None if isinstance(each, str) else each
        for each in some
    }


@given(changes, st.integers(1, 5))
def test_the_portions_leave_no_trace(some: list[PublicRecord | str], size: int) -> None:
    whole = as_changes(some)
    if not whole:
        return
    map_at_once, month_at_once = map_file(None, whole, since=SINCE), month_file(None, whole)
    the_map: bytes | None = None
    month: bytes | None = None
    for start in range(0, len(some), size):
        portion = as_changes(some[start : start + size])
        the_map, month = map_file(the_map, portion, since=SINCE), month_file(month, portion)
    assert the_map == map_at_once
    # One in which there was something once stays, with its head alone.
    assert month == month_at_once or month_at_once is None
    assert map_file(the_map, {}, since=SINCE) == the_map


@given(changes, changes)
def test_a_file_of_an_earlier_form_is_carried_over(
    before: list[PublicRecord | str], after: list[PublicRecord | str]
) -> None:
    kept = month_file(None, as_changes(before))
    if kept is None:
        return
    rows = csv.reader(io.StringIO(gzip.decompress(kept).decode(), newline=""))
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([row[1:4][::-1] + row[:1] + row[4:-2] for row in rows])
    earlier = gzip.compress(out.getvalue().encode())
    assert month_file(earlier, as_changes(after)) == month_file(kept, as_changes(after))


@given(changes)
def test_the_map_is_json_with_what_is_open_or_fresh_and_a_stone_for_what_is_hidden(
    some: list[PublicRecord | str],
) -> None:
    whole = as_changes(some)
    told = json.loads(gzip.decompress(map_file(None, whole, since=SINCE)))
    there = [each for each in whole.values() if each is not None]
    fresh = [each for each in there if each.is_open or each.updated_at >= SINCE]
    assert [each["id"] for each in told["features"]] == sorted(
        each.number for each in fresh if not each.is_hidden
    )
    assert [each["number"] for each in told["tombstones"]] == sorted(
        each.number for each in fresh if each.is_hidden
    )
