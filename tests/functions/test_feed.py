"""The feed that agencies poll: nothing skipped, nothing repeated, however many write at once."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from pynamodb.exceptions import TransactWriteError

from functions.complaints.faults import Invalid
from functions.notify import feed
from functions.notify.feed import EntryItem, Feed, MarkItem, changes, part_of
from functions.records.cursor import opaque, plain
from tests.dynamodb import tables
from tests.functions.webhook_world import START, Died, Fault, Faults, event


@pytest.fixture(autouse=True)
def table():
    with tables():
        yield


def append(*published, writer=None, now=START):
    writer = writer or Feed()
    for each in published:
        writer.append(part_of("roads", each), [each], now=now)


def poll(cursor=None, *, limit=100, now=START):
    return changes("roads", cursor=cursor, limit=limit, now=now)


def names(page):
    return [(each["data"]["id"], each["data"]["sequence"]) for each in page.changes]


def test_an_empty_feed_has_a_cursor_that_finds_what_comes():
    first = poll()
    assert (first.changes, first.more) == ((), False)
    append(event("C1", 1))
    assert names(poll(first.cursor)) == [("C1", 1)]


def test_an_event_that_is_handled_twice_is_in_the_feed_once():
    for _ in range(3):
        append(event("C1", 1), event("C1", 2))
    assert names(poll()) == [("C1", 1), ("C1", 2)]


def test_pages_join_up_and_the_last_says_so():
    append(*(event(f"C{n}", 1, at=START + timedelta(seconds=n)) for n in range(23)))
    seen, cursor, more = [], None, True
    while more:
        page = poll(cursor, limit=5)
        assert 0 < len(page.changes) <= 5
        seen, cursor, more = seen + names(page), page.cursor, page.more
    assert sorted(seen) == sorted((f"C{n}", 1) for n in range(23))
    assert poll(cursor).changes == ()


def test_another_agency_sees_nothing():
    append(event("C1", 1))
    assert changes("housing", cursor=None, limit=10, now=START).changes == ()


@pytest.mark.parametrize(
    "cursor", ["", "x", "é", "MC4w", "MC4wLjAuLTE", "MC4wLjAu", "////", "MC4wLjAuMDAwMDAwMDAwMDAwMDAw"]
)
def test_what_is_no_cursor_is_refused(cursor):
    with pytest.raises(Invalid):
        poll(cursor)


def test_a_cursor_that_is_ahead_of_what_there_is_is_refused_and_skips_nothing():
    append(event("C1", 1))
    for forged in ("9.9.9.9", "roads.9.9.9.9"):
        with pytest.raises(Invalid):
            poll(opaque(forged))


def test_another_agencys_cursor_is_refused():
    append(event("C1", 1))
    with pytest.raises(Invalid):
        changes("housing", cursor=poll().cursor, limit=10, now=START)


def test_a_cursor_from_before_they_named_their_agency_goes_on():
    append(event("C1", 1))
    positions = plain(poll().cursor).partition(".")[2]
    append(event("C1", 2))
    assert names(poll(opaque(positions))) == [("C1", 2)]


def test_a_cursor_whose_changes_are_no_longer_kept_is_refused_and_not_skipped_over():
    append(event("C1", 1))
    cursor = poll().cursor
    append(event("C1", 2))
    append(event("C1", 3), now=START + timedelta(days=20))
    late = START + timedelta(days=31)
    with pytest.raises(Invalid):
        poll(cursor, now=late)
    assert names(poll(now=late)) == [("C1", 3)]


def test_a_part_of_which_everything_has_expired_goes_on_where_it_was():
    append(event("C1", 1), event("C1", 2))
    cursor = poll().cursor
    deleted_by_the_table()
    late = START + timedelta(days=40)
    append(event("C1", 3), now=late)
    assert names(poll(cursor, now=late)) == [("C1", 3)]


def deleted_by_the_table():
    for model, prefix in ((EntryItem, "entry#"), (MarkItem, "event#")):
        for item in model.scan(model.sk.startswith(prefix)):
            item.delete()


def test_a_reader_who_begins_when_all_has_expired_misses_nothing_that_comes():
    append(event("C1", 1), event("C1", 2))
    late = START + timedelta(days=40)
    begun = poll(now=late)
    assert begun.changes == ()
    append(event("C1", 3), now=late)
    assert names(poll(begun.cursor, now=late)) == [("C1", 3)]


def test_a_reader_from_the_beginning_is_told_what_was_missed():
    """A part that was empty when the cursor was made counts like any other."""
    cursor = poll().cursor
    append(event("C1", 1))
    append(event("C1", 2), now=START + timedelta(days=20))
    with pytest.raises(Invalid):
        poll(cursor, now=START + timedelta(days=31))


def test_what_has_expired_and_is_not_yet_deleted_hides_nothing():
    append(*(event("C1", n) for n in range(1, 151)))
    late = START + timedelta(days=31)
    append(event("C1", 151), now=late)
    assert names(poll(now=late)) == [("C1", 151)]


@pytest.mark.slow
def test_writers_at_once_and_a_reader_beside_them_skip_nothing_and_repeat_nothing():
    """Eight writers, of whom each event has two, and a reader who polls all the time. Their requests take turns, for
    moto's sake; between any two of them the others' come, as they like.
    """
    writers, events, failures = 8, 12, []

    def write(number):
        try:
            writer = Feed()
            # Complaints C0 … C3, each written by two: the stream's batch that is handed out twice. The second has more
            # of it at once.
            size = 1 + number % 2 * 4
            for first in range(1, events + 1, size):
                some = [event(f"C{number // 2}", seq) for seq in range(first, min(first + size, events + 1))]
                writer.append(part_of("roads", some[0]), some, now=START)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    seen, cursor = [], None
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        page = poll(cursor, limit=7)
        seen, cursor = seen + names(page), page.cursor
    while (page := poll(cursor)).changes:
        seen, cursor = seen + names(page), page.cursor
    assert failures == []
    assert Counter(seen) == Counter(
        (f"C{n}", seq) for n in range(writers // 2) for seq in range(1, events + 1)
    )
    for complaint in range(writers // 2):
        own = [seq for name, seq in seen if name == f"C{complaint}"]
        assert own == sorted(own)


@pytest.mark.parametrize("exception", [Died, Fault])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_fault_at_any_call_neither_loses_nor_repeats(when, exception):
    for hit in range(3):
        faults = Faults(lambda number, hit=hit: (when, exception) if number == hit else None)
        writer = Feed(sleep=lambda _: None)
        with faults.in_aws():
            for seq in (1, 2):
                for _ in range(2):
                    try:
                        append(event(f"C{hit}", seq), writer=writer)
                    except (Died, Fault):
                        continue
                    break
        assert len(faults.calls) > hit
    assert Counter(names(poll())) == Counter((f"C{n}", seq) for n in range(3) for seq in (1, 2))


def refused(*codes, whole="TransactionCanceledException"):
    """What DynamoDB says of a transaction that it did not make."""
    reasons = [{"Code": code} for code in codes]
    answer = {"Error": {"Code": whole, "Message": whole}, "CancellationReasons": reasons}
    return ClientError(answer, "TransactWriteItems")


@pytest.mark.parametrize(
    "error",
    [
        refused("TransactionConflict", "None", "None"),
        refused("None", "TransactionConflict", "None"),
        refused("None", "None", "TransactionConflict"),
        refused("ThrottlingError", "None", "None"),
        refused("None", "None", "ProvisionedThroughputExceeded"),
        refused("ConditionalCheckFailed", "TransactionConflict", "None"),
        refused(whole="ThrottlingException"),
        refused(whole="ProvisionedThroughputExceededException"),
        refused(whole="TransactionInProgressException"),
    ],
    ids=str,
)
def test_a_transaction_that_met_another_or_was_throttled_is_made_again(monkeypatch, error):
    """Three times in a row, after pauses that grow, and then in its place."""
    append(event("C1", 1))
    waits, left = [], iter([error] * 3)
    request = BaseClient._make_api_call

    def busy(client, operation, parameters):
        if operation == "TransactWriteItems" and (refusal := next(left, None)) is not None:
            raise refusal
        return request(client, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", busy)
    append(event("C1", 2), event("C1", 2), writer=Feed(sleep=waits.append))
    assert names(poll()) == [("C1", 1), ("C1", 2)]
    assert len(waits) == 3


def test_what_nobody_knows_how_to_try_again_is_raised(monkeypatch):
    request = BaseClient._make_api_call

    def broken(client, operation, parameters):
        if operation == "TransactWriteItems":
            raise refused("None", "None", "ValidationError")
        return request(client, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", broken)
    with pytest.raises(TransactWriteError):
        append(event("C1", 1), writer=Feed(sleep=lambda _: None))


def test_an_entry_costs_one_request_once_the_place_is_known():
    writer = Feed()
    append(event("C1", 1), writer=writer)
    faults = Faults(lambda number: None)
    with faults.in_aws():
        append(event("C1", 2), writer=writer)
    assert faults.calls == ["TransactWriteItems"]


def test_many_events_cost_one_request_and_those_that_were_there_are_left_out():
    writer = Feed()
    append(event("C1", 2), event("C1", 4), writer=writer)
    some = [event("C1", seq) for seq in (1, 2, 3, 4, 5, 5)]
    faults = Faults(lambda number: None)
    with faults.in_aws():
        writer.append(part_of("roads", some[0]), some, now=START)
    assert [seq for _, seq in names(poll())] == [2, 4, 1, 3, 5]
    assert faults.calls == ["TransactWriteItems", "GetItem", "TransactWriteItems"]
    many = [event("C1", seq) for seq in range(10, 10 + 2 * feed.AT_ONCE + 1)]
    del faults.calls[:]
    with faults.in_aws():
        writer.append(part_of("roads", many[0]), many, now=START)
    assert faults.calls == ["TransactWriteItems"] * 3
    assert [seq for _, seq in names(poll(limit=200))][5:] == [each.event.seq for each in many]


def test_a_writer_that_is_always_too_late_says_so(monkeypatch):
    append(event("C1", 1))
    monkeypatch.setattr(feed, "_last_number", lambda pk: 0)
    with pytest.raises(feed.Crowded):
        append(event("C1", 2), writer=Feed(sleep=lambda _: None))
