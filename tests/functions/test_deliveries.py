"""From an event to its deliveries: which subscriptions, what is in the message, and what it costs."""

import json
from collections import Counter
from datetime import timedelta
from types import SimpleNamespace

import pytest

from functions.complaints.events import HANDED, PLACED, EventType
from functions.complaints.lapse import Missed
from functions.edge.stream import Batch
from functions.notify.feed import Feed, changes, part_of
from functions.notify.outbox.deliveries import CACHED_FOR, CachedSubscriptions, concerned, deliver, wants
from functions.notify.webhooks.delivery import Lane, read_delivery_id, seq_of, ticket_of
from functions.notify.webhooks.due import requeue
from functions.notify.webhooks.message import body_of, delivery_of
from functions.notify.webhooks.nudges import JobCall, NotQueued, SqsNudges, from_text, to_text
from functions.notify.webhooks.signature import new_secret
from functions.notify.webhooks.store import GRACE, DynamoDeliveries
from functions.records.agencies.subscriptions import new_subscription
from tests.dynamodb import REGION, one_at_a_time, tables
from tests.functions.webhook_world import START, Clock, Faults, Subscribed, event
from tests.region_fixture import region

HERE = region()


@pytest.fixture
def table():
    with tables():
        yield


class Consumer:
    def __init__(self, subscriptions):
        self.clock = Clock()
        self.nudged = []
        self.subscriptions = subscriptions
        self.store = DynamoDeliveries()
        self.feed = Feed()

    def __call__(self, *events):
        batch = Batch(events)
        deliver(
            batch,
            deliveries=self.store,
            subscriptions=self.subscriptions,
            enqueue=self.nudged.extend,
            region=HERE,
            now=self.clock,
            feed=self.feed,
        )
        return batch

    def made(self, published, agency_id, subscription_id):
        lane = Lane(
            agency_id=agency_id, subscription_id=subscription_id, complaint_id=published.event.complaint_id
        )
        return self.store.get(lane, published.event.seq)


def by_agency(**subscriptions):
    return lambda agency_id: subscriptions.get(agency_id, [])


# ---- which


@pytest.mark.parametrize(
    ("types", "type", "wanted"),
    [
        (["complaint.*"], "complaint.assigned", True), (["complaint.assigned"], "complaint.assigned", True),
        (["complaint.assigned"], "complaint.answered", False), (["complaint.*"], "subscription.test", False),
        (["complaint.answered", "complaint.*"], "complaint.joined", True),
    ],
)  # fmt: skip
def test_types_are_matched_exactly_or_all_of_a_complaint(types, type, wanted):
    assert wants(Subscribed(types=types), type) is wanted


def test_every_agency_in_charge_is_told_and_nobody_else(table):
    consumer = Consumer(
        by_agency(
            roads=[Subscribed("a")], akimat=[Subscribed("b"), Subscribed("c")], housing=[Subscribed("d")]
        )
    )
    escalated = event("C1", 7, agency_id="roads", escalated_to=("akimat",), type=EventType.ESCALATED)
    consumer(escalated)
    assert [nudge.lane.subscription_id for nudge in consumer.nudged] == ["a", "b", "c"]
    assert consumer.made(escalated, "housing", "d") is None
    for agency_id in ("roads", "akimat"):
        assert len(changes(agency_id, cursor=None, limit=9, now=START).changes) == 1
    assert changes("housing", cursor=None, limit=9, now=START).changes == ()


@pytest.mark.parametrize("type", sorted(HANDED))
def test_the_body_that_had_a_complaint_before_is_told_once_more(type):
    moved = {"from": "housing", "to": "roads", "reason": "not a yard but a road"}
    transferred = event("C1", 4, type=type, data=moved)
    assert concerned(transferred) == ("roads", "housing")
    # The deadline_extended event also has a `from`, which is an instant and no agency.
    extended = event("C1", 5, type=EventType.DEADLINE_EXTENDED, data={"from": "2026-03-03T04:00:00.000Z"})
    assert concerned(extended) == ("roads",)


def test_a_body_that_is_in_charge_twice_is_told_once():
    moved = {"from": "akimat", "to": "roads"}
    transferred = event("C1", 4, type=EventType.TRANSFERRED, data=moved, escalated_to=("akimat",))
    assert concerned(transferred) == ("roads", "akimat")


def test_only_an_active_subscription_gets_one_and_a_complaint_with_nobody_none(table):
    consumer = Consumer(by_agency(roads=[Subscribed("p", status="pending"), Subscribed("a")]))
    consumer(event("C1", 1))
    assert [nudge.lane.subscription_id for nudge in consumer.nudged] == ["a"]
    consumer(event("C2", 1, agency_id=None))
    assert len(consumer.nudged) == 1


def test_a_subscription_whose_new_url_has_not_echoed_yet_misses_nothing(table):
    consumer = Consumer(by_agency(roads=[Subscribed("moved", status="pending", verified_at=START)]))
    consumer(event("C1", 1))
    assert consumer.made(event("C1", 1), "roads", "moved") is not None


# ---- what


def test_the_message_has_ids_and_state_and_nothing_that_a_person_wrote():
    said = "My neighbour Aigerim, flat 5, +7 701 000 00 00"
    published = event(
        "C1",
        3,
        type=EventType.COMMENTED,
        data={"text": said, "internal": True},
        visible=False,
        reporter="person-1",
    )
    payload = json.loads(body_of(published))
    assert payload.keys() == {"type", "timestamp", "data"}
    assert (payload["type"], payload["timestamp"]) == ("complaint.commented", "2026-03-03T04:00:00.000Z")
    assert payload["data"] == {
        "id": "C1",
        "number": "TST-26-7K3M9T",
        "sequence": 3,
        "status": "assigned",
        "category": "rubbish",
        "agency": "roads",
        "in_charge": ["roads"],
        "escalation_level": 0,
        "due_at": "2026-03-18T04:00:00.000Z",
        "internal": True,
    }


@pytest.mark.parametrize("type", sorted(HANDED))
def test_another_bodys_says_from_whom_to_whom_and_neither_why_nor_where(type):
    data = {"from": "housing", "to": "roads", "reason": "Aigerim says so"}
    placed = dict.fromkeys(PLACED, "Aigerim's yard")
    payload = json.loads(body_of(event("C1", 4, type=type, data=data | placed)))
    assert (payload["data"]["from"], payload["data"]["to"]) == ("housing", "roads")
    assert "Aigerim" not in json.dumps(payload)


@pytest.mark.parametrize("missed", Missed)
def test_a_term_that_passed_says_how_and_with_whom(missed):
    data = {
        "missed": missed.value,
        "agency": "housing",
        "missed_at": "2026-06-08T13:30:00.000Z",
        "to": "akimat",
    }
    told = json.loads(body_of(event("C1", 4, type=EventType.ESCALATED, data=data)))["data"]
    assert (told["missed"], told["missed_by"], told["missed_at"]) == (
        missed.value,
        "housing",
        "2026-06-08T13:30:00.000Z",
    )
    assert "to" not in told


@pytest.mark.parametrize("type", list(EventType))
def test_no_event_of_any_type_lets_its_texts_out(type):
    data = {
        "text": "secret words",
        "reason": "secret words",
        "photos": ["secret words"],
        "promise": "secret words",
    }
    assert "secret words" not in body_of(event("C1", 1, type=type, data=data))


def test_two_runs_make_one_delivery_with_one_id(table):
    consumer = Consumer(by_agency(roads=[Subscribed("a")]))
    published = event("C1", 1)
    consumer(published)
    first = consumer.made(published, "roads", "a")
    consumer(published)
    assert consumer.made(published, "roads", "a") == first
    assert first == delivery_of(published, agency_id="roads", subscription_id="a")


def test_tickets_sort_as_their_deliveries_and_each_replay_has_its_own():
    tickets = [ticket_of(2), ticket_of(1, replay=1), ticket_of(1), ticket_of(2, replay=2)]
    assert [seq_of(ticket) for ticket in sorted(tickets)] == [1, 1, 2, 2]
    assert len(set(tickets)) == 4
    assert read_delivery_id("C1-12") == ("C1", 12)


# ---- what it costs


def test_an_event_for_one_subscription_takes_four_requests(table):
    new_subscription(
        "roads",
        url="https://x.example.com/",
        types=("complaint.*",),
        secret=new_secret(),
        active=True,
        now=START,
    )
    consumer = Consumer(None)
    consumer.subscriptions = CachedSubscriptions(now=consumer.clock)
    consumer(event("C1", 1))
    faults = Faults(lambda number: None)
    with faults.in_aws():
        consumer(event("C1", 2))
        # Beside these the nudge, which is no DynamoDB request; the subscriptions were remembered.
        assert Counter(faults.calls) == {"PutItem": 1, "UpdateItem": 1, "TransactWriteItems": 1}
        consumer.clock.advance(CACHED_FOR)
        consumer(event("C1", 3))
    assert faults.calls[3:].count("Query") == 1


def test_a_batch_numbers_its_events_by_the_part_and_nudges_each_lane_once(table):
    """Thirty complaints with two events each, of one body with one subscription."""
    consumer = Consumer(by_agency(roads=[Subscribed("a")]))
    events = [event(f"C{number}", seq) for seq in (1, 2) for number in range(30)]
    faults = Faults(lambda number: None)
    with faults.in_aws(), one_at_a_time():
        consumer(*events)
    parts = len({part_of("roads", each) for each in events})
    assert Counter(faults.calls) == {
        "PutItem": 60,
        "UpdateItem": 60,
        "GetItem": parts,
        "TransactWriteItems": parts,
    }
    assert len(consumer.nudged) == len(set(consumer.nudged)) == 30
    seen = [(each["data"]["id"], each["data"]["sequence"]) for each in all_changes("roads")]
    assert sorted(seen) == sorted((each.event.complaint_id, each.event.seq) for each in events)


def all_changes(agency_id):
    return changes(agency_id, cursor=None, limit=1000, now=START).changes


def test_a_new_subscription_counts_after_ten_seconds_at_the_latest(table):
    clock, known = Clock(), [[]]
    cached = CachedSubscriptions(now=clock, read=lambda agency_id: known[0])
    assert cached("roads") == []
    known[0] = [Subscribed("a")]
    clock.advance(timedelta(seconds=9.9))
    assert cached("roads") == []
    clock.advance(timedelta(seconds=0.1))
    assert [each.id for each in cached("roads")] == ["a"]


def test_one_body_whose_lane_or_feed_fails_keeps_no_other_body_and_no_other_complaint_waiting(table):
    subscriptions = by_agency(roads=[Subscribed("a")], akimat=[Subscribed("b")])
    events = [event(f"C{number}", 2, escalated_to=("akimat",)) for number in range(100)]

    class Failing(DynamoDeliveries):
        def add(self, delivery):
            if (delivery.lane.agency_id, delivery.lane.complaint_id) == ("roads", "C50"):
                raise RuntimeError("planted")
            super().add(delivery)

    class FailingFeed(Feed):
        def append(self, part, events, *, now):
            if any(each.event.complaint_id == "C70" for each in events) and "akimat" in part:
                raise RuntimeError("planted")
            super().append(part, events, now=now)

    consumer = Consumer(subscriptions)
    consumer.store, consumer.feed = Failing(), FailingFeed()
    with one_at_a_time():
        batch = consumer(*events)
    assert {complaint: set(failures) for complaint, failures in batch.failed.items()} == {
        "C50": {"agency#roads"},
        "C70": {"agency#akimat"},
    }
    for agency_id, subscription_id, missing in (("roads", "a", "C50"), ("akimat", "b", None)):
        made = {
            each.event.complaint_id
            for each in events
            if consumer.made(each, agency_id, subscription_id) is not None
        }
        assert made == {each.event.complaint_id for each in events} - {missing}
    for agency_id, missing in (("roads", "C50"), ("akimat", "C70")):
        assert {each["data"]["id"] for each in all_changes(agency_id)} == {
            each.event.complaint_id for each in events
        } - {missing}


def test_where_the_queue_takes_nothing_the_index_of_what_is_due_finds_the_lanes(table):
    consumer = Consumer(by_agency(roads=[Subscribed("a")]))

    def refused(_):
        raise NotQueued("no")

    consumer.nudged = SimpleNamespace(extend=refused)
    assert consumer(event("C1", 2)).failed == {}
    found = []
    requeue(enqueue=found.extend, now=START + GRACE)
    assert [each.lane.complaint_id for each in found] == ["C1"]


# ---- the queue


def test_nudges_go_out_ten_to_a_request_with_the_subscription_as_group(table):
    import boto3

    client = boto3.client("sqs", region_name=REGION)
    url = client.create_queue(QueueName="deliveries")["QueueUrl"]
    lanes = [Lane(agency_id="roads", subscription_id=f"s{n % 2}", complaint_id=f"C{n}") for n in range(23)]
    from functions.notify.webhooks.delivery import Nudge

    faults = Faults(lambda number: None)
    with faults.in_aws():
        SqsNudges(url)([Nudge(lane=lane) for lane in lanes])
    assert faults.calls == ["SendMessageBatch"] * 3
    received = []
    while batch := client.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["MessageGroupId"]
    ).get("Messages"):
        received += [(from_text(each["Body"]).lane, each["Attributes"]["MessageGroupId"]) for each in batch]
    assert Counter(received) == Counter((lane, lane.subscription_id) for lane in lanes)


def test_a_message_that_was_refused_is_not_passed_over(monkeypatch):
    class Refusing:
        def send_message_batch(self, **request):
            return {"Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": False}]}

    monkeypatch.setattr("functions.notify.webhooks.nudges.client", lambda service: Refusing())
    call = JobCall(agency_id="roads", subscription_id="s", job_id="job#1")
    with pytest.raises(NotQueued, match="InternalError"):
        SqsNudges("queue")([call])
    assert from_text(to_text(call)) == call
