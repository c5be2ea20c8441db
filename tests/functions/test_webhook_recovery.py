"""An endpoint that fails is spared, its agency is told, and after it has recovered everything goes out in order."""

import io
import json
from contextlib import redirect_stdout, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import pairwise

import pytest

from functions.notify.webhooks import metrics, schedule, sender
from functions.notify.webhooks.delivery import (
    ATTEMPTS_FIRST,
    ATTEMPTS_LAST,
    DeliveryStatus,
    Lane,
    message_id,
    with_attempt,
)
from functions.notify.webhooks.endpoints import (
    DynamoEndpoints,
    Notice,
    Overtaken,
    endpoint_of,
    proven,
    with_notice,
)
from functions.notify.webhooks.limits import (
    CLAIM,
    DEFAULT_RATE,
    SLOT_HELD,
    UNCLAIMED,
    WINDOW,
    AttemptRate,
    Slots,
)
from functions.notify.webhooks.message import delivery_of
from functions.notify.webhooks.nudges import JobCall
from functions.notify.webhooks.schedule import Pause
from functions.notify.webhooks.signature import new_secret
from functions.notify.webhooks.store import DynamoDeliveries
from functions.notify.webhooks.timers import DynamoTimers
from functions.notify.webhooks.warnings import CLAIMED_FOR, SUBJECTS, Mailer, message_of
from functions.records.agencies.subscriptions import SubscriptionItem, new_subscription, subscription_of
from tests.dynamodb import tables
from tests.functions.webhook_world import START, Agency, Died, Fault, Faults, World, answered, event

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Town:
    """Some agencies' endpoints in one world."""

    def __init__(self, **tools):
        self.agencies = {}
        self.items = {}
        self.mails = []
        self.faults = Faults(lambda number: None)
        self.sns_is_well = True
        self.waiting = []
        endpoints = DynamoEndpoints()
        self.mailer = Mailer(
            topic_arn="topic", endpoints=endpoints, publish=self.publish_mail, now=lambda: self.world.clock()
        )
        self.world = World(
            **{
                "deliveries": DynamoDeliveries(),
                "endpoints": endpoints,
                "timers": DynamoTimers(),
                "post": self.post,
                "tell": self.mailer,
                "report_waiting": self.report_waiting,
            }
            | tools
        )

    def publish_mail(self, **mail):
        if not self.sns_is_well:
            raise Fault("Publish")
        self.mails.append(mail)

    def report_waiting(self, endpoint, delivery):
        age = age_reported(endpoint, delivery, now=self.world.clock())
        self.waiting.append((self.world.clock(), age))

    def post(self, endpoint, delivery):
        return self.faults.around("POST", lambda: self.agencies[endpoint.agency_id](endpoint, delivery))

    def settle(self, agency_id, answer=lambda delivery: answered(), **options):
        self.agencies[agency_id] = Agency(answer)
        self.items[agency_id] = new_subscription(
            agency_id,
            url=f"https://{agency_id}.example.com/",
            types=("complaint.*",),
            secret=new_secret(),
            active=True,
            now=START,
            **options,
        )
        return self.agencies[agency_id]

    def publish(self, *events, work=True):
        for each in events:
            self.world.publish(each, lambda agency_id: [self.items[agency_id]])
            if work:
                self.world.work_off()

    def endpoint(self, agency_id):
        return endpoint_of(subscription_of(agency_id, self.items[agency_id].id))

    def kinds(self):
        return [mail["MessageAttributes"]["kind"]["StringValue"] for mail in self.mails]


@pytest.fixture
def town():
    with tables():
        yield Town()


def complaints(count, *, events=1, agency_id="roads", at=START):
    return [
        event(f"{agency_id}-{n}", seq, agency_id=agency_id, at=at)
        for seq in range(1, events + 1)
        for n in range(count)
    ]


@pytest.mark.slow
def test_a_dead_endpoint_costs_probes_and_recovers_in_order_without_anyone_asking(town):
    dead = town.settle("roads", lambda delivery: answered(503))
    town.publish(*complaints(12, events=2))
    town.world.pass_time(3 * HOUR, step=2 * MINUTE)
    # Five failures open the breaker; then one probe a rest: 30 s, 1, 2, 4, 8, 16 min, and every 30 min, ±20 %.
    assert 12 <= len(dead.attempts) <= 20
    assert len({delivery.id for delivery in dead.attempts}) <= 5
    dead.answer = lambda delivery: answered()
    town.world.pass_time(40 * MINUTE, until=lambda: len(dead.accepted) == 24)
    assert dead.order() == {f"roads-{n}": [1, 2] for n in range(12)}
    assert dead.extra() == 0
    health = town.endpoint("roads").health
    assert (health.failures, health.breaker) == (0, "closed")


def test_a_dead_endpoint_delays_no_other(town):
    town.settle("roads", lambda delivery: answered(503))
    healthy = town.settle("housing")
    town.publish(*complaints(5), *complaints(5, agency_id="housing"))
    assert healthy.order() == {f"housing-{n}": [1] for n in range(5)}


def test_what_comes_while_the_breaker_rests_is_not_tried_at_all(town):
    dead = town.settle("roads", lambda delivery: answered(503))
    town.publish(*complaints(5))
    made = len(dead.attempts)
    assert town.endpoint("roads").health.breaker == "open"
    town.publish(*(event(f"late-{n}", 1) for n in range(20)))
    assert len(dead.attempts) == made


def test_a_prober_that_dies_is_replaced(town):
    dead = town.settle("roads", lambda delivery: answered(503))
    town.publish(*complaints(5))
    tried = len(dead.attempts)
    dead.answer = lambda delivery: answered()
    dying = iter([("before", Died)])
    town.faults.plan = lambda number: next(dying, None)
    town.world.pass_time(20 * MINUTE, until=lambda: len(dead.accepted) == 5)
    assert town.world.faults == 1
    assert dead.order() == {f"roads-{n}": [1] for n in range(5)}
    assert len(dead.attempts) == tried + 5


@pytest.mark.slow
def test_a_worker_that_dies_between_recovery_and_its_job_leaves_nobody_behind(town):
    """Whatever call of the recovering turn is its last."""
    for hit in range(12):
        name = f"roads{hit}"
        dead = town.settle(name, lambda delivery: answered(503))
        town.publish(*complaints(5, agency_id=name))
        dead.answer = lambda delivery: answered()
        town.world.clock.advance(2 * MINUTE)
        faults = Faults(lambda number, hit=hit: ("after", Died) if number == hit else None)
        with faults.in_aws():
            town.world.work_off()
        town.world.pass_time(2 * HOUR, step=5 * MINUTE, until=lambda dead=dead: len(dead.order()) == 5)
        assert len(dead.order()) == 5, f"after call {hit}"
        assert dead.extra() <= 1


@pytest.mark.slow
def test_warnings_come_when_they_should_each_once_and_then_the_pause(town):
    dead = town.settle("roads", lambda delivery: answered(503))
    town.publish(*complaints(3))
    told = []
    while town.endpoint("roads").health.paused is None:
        town.world.pass_time(2 * HOUR, step=2 * HOUR)
        told += [(kind, town.world.clock() - START) for kind in town.kinds()[len(told) :]]
        assert town.world.clock() < START + 7 * DAY
    assert [kind for kind, _ in told] == [
        "failing_1h",
        "failing_24h",
        "failing_72h",
        "pause_in_24h",
        "paused_failing",
    ]
    expected = (HOUR, DAY, 3 * DAY, 4 * DAY, 5 * DAY)
    assert all(due <= at <= due + 3 * HOUR for due, (_, at) in zip(expected, told, strict=True))
    endpoint = town.endpoint("roads")
    assert endpoint.health.paused == Pause.FAILING
    assert [notice.kind for notice in endpoint.notices] == [kind for kind, _ in told]
    assert all(notice.mailed for notice in endpoint.notices)
    tried = len(dead.attempts)
    town.world.pass_time(2 * DAY, step=4 * HOUR)
    assert len(dead.attempts) == tried
    assert dead.accepted == []

    # Resumed by the agency: everything is still there, in order.
    dead.answer = lambda delivery: answered()
    resume(town, "roads")
    town.world.pass_time(HOUR, until=lambda: len(dead.accepted) == 3)
    assert dead.order() == {f"roads-{n}": [1] for n in range(3)}


def resume(town, agency_id):
    endpoints, endpoint = DynamoEndpoints(), town.endpoint(agency_id)
    now = town.world.clock()
    endpoints.change(endpoint, lambda each: replace(each, health=schedule.resumed(each.health, now=now)))
    lane = Lane(agency_id=agency_id, subscription_id=endpoint.subscription_id, complaint_id="-")
    job_id = DynamoTimers().recover(lane, since=now - 30 * DAY, now=now)
    call = JobCall(agency_id=agency_id, subscription_id=endpoint.subscription_id, job_id=job_id)
    town.world.queue([call])
    town.world.work_off()


def test_410_disables_at_once_and_says_so(town):
    gone = town.settle("roads", lambda delivery: answered(410))
    town.publish(*complaints(3))
    town.world.pass_time(2 * DAY, step=HOUR)
    assert len(gone.attempts) == 1
    assert town.kinds() == ["paused_gone"]
    assert town.endpoint("roads").health.paused == Pause.GONE
    gone.answer = lambda delivery: answered()
    resume(town, "roads")
    assert len(gone.order()) == 3


@pytest.mark.parametrize("done", ["paused", "deleted", "moved"])
def test_what_an_agency_does_holds_from_the_next_attempt_on_also_within_a_turn(town, done):
    """Of one complaint three events wait; with the first on its way the agency pauses, deletes, or names a new URL."""
    sent_to = []

    def answer(delivery):
        item = town.items["roads"]
        sent_to.append(delivery.seq)
        if done == "paused":
            town.world.sender.endpoints.change(
                town.endpoint("roads"),
                lambda each: replace(
                    each,
                    health=schedule.paused(each.health, reason=Pause.ASKED, now=town.world.clock()),
                ),
            )
        elif done == "deleted":
            item.delete()
        else:
            item.update([SubscriptionItem.url.set("https://new.example.com/")])
        return answered()

    town.settle("roads", answer)
    urls = []
    post = town.world.sender.post
    town.world.sender = replace(
        town.world.sender,
        post=lambda endpoint, delivery: (urls.append(endpoint.url), post(endpoint, delivery))[1],
    )
    town.publish(*complaints(1, events=3), work=False)
    town.world.work_off()
    if done == "moved":
        assert urls == ["https://roads.example.com/"] + ["https://new.example.com/"] * 2
    else:
        assert sent_to == [1]


@pytest.mark.slow
def test_one_complaint_that_never_gets_through_holds_up_itself_alone(town):
    roads = town.settle(
        "roads",
        lambda delivery: answered(
            400 if (delivery.lane.complaint_id, delivery.seq) == ("roads-0", 1) else 200
        ),
    )
    town.publish(*complaints(3, events=2))
    assert {name: seqs for name, seqs in roads.order().items() if name != "roads-0"} == {
        "roads-1": [1, 2],
        "roads-2": [1, 2],
    }
    for number in range(11):
        town.world.pass_time(12 * HOUR, step=HOUR)
        town.publish(event("others", number + 1))
    # After five days it is given up, and what waited behind it goes out; the sequence shows the gap.
    assert roads.order()["roads-0"] == [2]
    lane = delivery_of(event("roads-0", 1), agency_id="roads", subscription_id=town.items["roads"].id).lane
    given_up = DynamoDeliveries().get(lane, 1)
    assert given_up.status == DeliveryStatus.FAILED
    assert given_up.tries >= schedule.MIN_ATTEMPTS
    # With nothing else to be delivered for an hour, it looked like a failing endpoint; never for long.
    assert set(town.kinds()) <= {"failing_1h"}
    assert town.endpoint("roads").health.paused is None


def test_an_old_event_that_comes_while_the_endpoint_rests_goes_out_with_the_recovery(town):
    """A replay, or a consumer that was late: its event is older than the run of failures."""
    dead = town.settle("roads", lambda delivery: answered(503))
    town.publish(*complaints(5))
    town.publish(event("old", 1, at=START - 9 * DAY))
    dead.answer = lambda delivery: answered()
    town.world.pass_time(10 * MINUTE, until=lambda: "old" in dead.order())
    assert dead.order()["old"] == [1]


# ---- what waits is measured, tried or not


def test_the_age_of_what_waits_is_measured_while_the_endpoint_rests(town):
    town.settle("roads", lambda delivery: answered(503))
    town.publish(*complaints(5))
    town.world.clock.advance(timedelta(seconds=3))
    town.publish(event("late", 1, at=START + timedelta(seconds=1)))
    assert town.waiting == [(START + timedelta(seconds=3), 2.0)]


def test_the_age_of_what_waits_is_measured_while_the_subscription_is_paused(town):
    """Often enough for the alarm, which looks back over twelve hours, to ring without a gap."""
    town.settle("roads")
    endpoint, now = town.endpoint("roads"), town.world.clock()
    DynamoEndpoints().change(
        endpoint,
        lambda each: replace(each, health=schedule.paused(each.health, reason=Pause.ASKED, now=now)),
    )
    town.publish(event("C1", 1), event("C1", 2, at=START + MINUTE))
    town.world.pass_time(2 * DAY, step=30 * MINUTE)
    assert town.agencies["roads"].attempts == []
    assert all(age == (at - START).total_seconds() for at, age in town.waiting)
    seen = [at for at, _ in town.waiting]
    assert town.world.clock() - seen[-1] <= 7 * HOUR
    assert max(later - earlier for earlier, later in pairwise(seen)) <= 7 * HOUR


def test_a_replayed_delivery_is_late_since_its_replay_and_not_since_its_event(town):
    town.settle("roads")
    delivery = delivery_of(event("C1", 1), agency_id="roads", subscription_id="s")
    later = START + 20 * DAY
    replayed = replace(delivery, replayed_at=later)
    for each, age in ((delivery, 20 * 86400 + 60), (replayed, 60)):
        assert age_reported(town.endpoint("roads"), each, now=later + MINUTE) == age


def age_reported(endpoint, delivery, *, now):
    """Of what is put off, in seconds."""
    with redirect_stdout(io.StringIO()) as out:
        metrics.report_waiting(endpoint, delivery, now=now)
    (age,) = json.loads(out.getvalue())["UndeliveredAge"]
    return age


# ---- mail, and a health that many want to change


@pytest.mark.slow
def test_a_mail_that_sns_does_not_take_changes_no_schedule_and_is_sent_later():
    tried = {}
    for well in (True, False):
        with tables():
            town = Town()
            town.sns_is_well = well
            dead = town.settle("roads", lambda delivery: answered(503))
            town.publish(event("C1", 1))
            town.world.pass_time(2 * HOUR, step=5 * MINUTE)
            tried[well] = len(dead.attempts)
            (notice,) = town.endpoint("roads").notices
            assert (notice.kind, notice.mailed) == ("failing_1h", well)
            assert town.kinds() == ["failing_1h"] * well
            town.sns_is_well = True
            town.world.pass_time(2 * HOUR, step=5 * MINUTE)
            assert town.kinds() == ["failing_1h"]
    assert tried[False] == tried[True]


def test_the_notice_of_a_pause_is_mailed_although_nothing_is_tried_any_more(town):
    town.sns_is_well = False
    town.settle("roads", lambda delivery: answered(410))
    town.publish(event("C1", 1))
    town.sns_is_well = True
    town.world.pass_time(DAY, step=HOUR)
    assert town.kinds() == ["paused_gone"]


def test_a_notice_that_two_see_unmailed_is_mailed_once(town):
    town.settle("roads")
    endpoint = DynamoEndpoints().change(
        town.endpoint("roads"), lambda each: with_notice(each, "failing_1h", at=START)
    )
    town.mailer(endpoint)
    town.mailer(endpoint)
    assert town.kinds() == ["failing_1h"]


def test_a_mailer_that_dies_is_replaced(town):
    town.settle("roads")
    endpoint = DynamoEndpoints().change(
        town.endpoint("roads"), lambda each: with_notice(each, "failing_1h", at=START)
    )
    town.sns_is_well = False
    with pytest.raises(Fault):
        town.mailer(endpoint)
    town.sns_is_well = True
    town.mailer(town.endpoint("roads"))
    assert town.mails == []
    town.world.clock.advance(CLAIMED_FOR)
    town.mailer(town.endpoint("roads"))
    assert town.kinds() == ["failing_1h"]


def test_an_attempt_is_logged_although_the_endpoints_health_cannot_be_written():
    """And between two tries to write it there is a pause that grows."""
    pauses = []

    class Crowded(DynamoEndpoints):
        def replace(self, endpoint, changed):
            return None

    class Raising(World):
        def work(self, message):
            with suppress(Overtaken):
                super().work(message)

    with tables():
        town = Town()
        town.settle("roads", lambda delivery: answered(503))
        object.__setattr__(town.world.sender, "endpoints", Crowded(sleep=pauses.append))
        town.world.__class__ = Raising
        town.publish(event("C1", 1))
        lane = delivery_of(event("C1", 1), agency_id="roads", subscription_id=town.items["roads"].id).lane
        assert [each["status"] for each in DynamoDeliveries().get(lane, 1).attempts] == [503]
    assert len(pauses) >= 10
    assert 0 <= min(pauses) <= max(pauses) <= 0.5
    assert sum(pauses[-4:]) > sum(pauses[:4])


def test_retry_after_is_kept_to(town):
    asked = iter([timedelta(hours=2)])
    busy = town.settle(
        "roads",
        lambda delivery: answered(503, retry_after=wait) if (wait := next(asked, None)) else answered(),
    )
    town.publish(*complaints(1))
    town.world.pass_time(timedelta(hours=1, minutes=58), step=2 * MINUTE)
    assert len(busy.attempts) == 1
    town.world.pass_time(5 * MINUTE)
    assert len(busy.accepted) == 1


def test_a_long_log_keeps_its_beginning_and_its_end(town):
    delivery = delivery_of(event("C1", 1), agency_id="roads", subscription_id="s")
    for number in range(100):
        delivery = with_attempt(delivery, {"status": number}, at=START)
    numbers = [each["n"] for each in delivery.attempts]
    assert numbers == [*range(1, ATTEMPTS_FIRST + 1), *range(101 - ATTEMPTS_LAST, 101)]
    assert (delivery.attempts_made, delivery.tries) == (100, 100)


# ---- limits


def test_the_rate_is_held_over_all_containers(town):
    containers = [AttemptRate() for _ in range(3)]
    limit = DEFAULT_RATE * int(WINDOW.total_seconds())
    allowed = sum(
        not container.wait("s", rate=None, now=START) for _ in range(limit) for container in containers
    )
    assert limit - CLAIM <= allowed <= limit + UNCLAIMED * len(containers)
    assert containers[0].wait("s", rate=None, now=START + timedelta(seconds=3)) > timedelta(seconds=7)
    assert not containers[0].wait("s", rate=None, now=START + WINDOW)


def test_a_rate_that_the_agency_set_is_never_exceeded(town):
    containers = [AttemptRate() for _ in range(20)]
    allowed = [
        container for _ in range(10) for container in containers if not container.wait("s", rate=3, now=START)
    ]
    assert len(allowed) == 30


def test_a_burst_at_one_endpoint_goes_out_at_its_rate():
    with tables():
        town = Town(rate=AttemptRate())
        roads = town.settle("roads", max_rate=1)
        town.publish(*complaints(15), work=False)
        town.world.work_off()
        assert len(roads.accepted) == 10
        town.world.pass_time(MINUTE, step=timedelta(seconds=11))
        assert len(roads.order()) == 15


@pytest.mark.parametrize("rate", [1, 3, 7])
def test_who_must_wait_stands_in_line_at_the_distance_of_the_rate(town, rate):
    containers = [AttemptRate() for _ in range(5)]
    for container in containers * rate * 10:
        container.wait("s", rate=rate, now=START)
    later = START + timedelta(seconds=4)
    waits = [container.wait("fresh", rate=rate, now=later) for container in containers * rate * 10]
    held = [wait for wait in waits if wait]
    assert len(held) == len(waits) - rate * 10
    step = timedelta(milliseconds=-(-1000 // rate))
    assert held == [timedelta(seconds=6) + number * step for number in range(len(held))]
    # A line that has gone by is no line.
    much_later = START + timedelta(days=2)
    waits = [containers[0].wait("fresh", rate=rate, now=much_later) for _ in range(rate * 10 + 1)]
    assert waits[-1] == WINDOW


def nudges_for_a_backlog(count, *, every, within):
    """How many it takes until an endpoint that is sent one a second has so many, looked at `every` so many seconds;
    at most `within` seconds.
    """
    with tables():
        town = Town(rate=AttemptRate())
        roads = town.settle("roads", max_rate=1)
        DynamoEndpoints().change(town.endpoint("roads"), proven)
        town.publish(*complaints(count), work=False)
        seconds = 0
        while len(roads.accepted) < count:
            assert seconds < within
            town.world.work_off()
            town.world.clock.advance(timedelta(seconds=every))
            seconds += every
            if seconds % 60 == 0:
                town.world.sweep()
        return town.world.queue.sent


def test_a_backlog_that_the_rate_holds_back_costs_two_nudges_each_and_goes_out_at_the_rate():
    assert nudges_for_a_backlog(50, every=1, within=70) <= 2 * 50


def test_a_backlog_longer_than_sqs_holds_a_message_back_goes_out_at_the_rate_for_a_few_nudges_each(
    monkeypatch,
):
    """As if that were 40 seconds and no quarter of an hour."""
    monkeypatch.setattr(sender, "LONGEST_DELAY", timedelta(seconds=40))
    assert nudges_for_a_backlog(60, every=5, within=90) <= 180


def test_a_slow_endpoint_has_two_places_and_a_lost_one_comes_back(town):
    slots = Slots()
    take = partial(slots.take, "s", places=schedule.SLOW_PLACES)
    taken = [take(owner=f"w{n}", now=START) for n in range(3)]
    assert {*taken[:2]} == {"slot#0", "slot#1"}
    assert taken[2] is None
    first = taken[0]
    slots.give_back("s", first, owner="somebody else")
    assert take(owner="w3", now=START) is None
    slots.give_back("s", first, owner="w0")
    assert take(owner="w3", now=START) == first
    assert take(owner="w4", now=START + SLOT_HELD + timedelta(seconds=1)) is not None


def test_an_endpoint_that_answers_slowly_is_marked_and_cleared():
    with tables():
        town = Town(slots=Slots())
        latency = [6000]
        town.settle("roads", lambda delivery: answered(latency_ms=latency[0]))
        town.publish(*complaints(1))
        assert town.endpoint("roads").health.slow
        take = partial(Slots().take, town.items["roads"].id, places=schedule.SLOW_PLACES, now=START)
        slots = [take(owner=f"w{n}") for n in range(schedule.SLOW_PLACES)]
        town.publish(event("waits", 1))
        assert len(town.agencies["roads"].attempts) == 1
        for slot, owner in zip(slots, ("w0", "w1"), strict=True):
            Slots().give_back(town.items["roads"].id, slot, owner=owner)
        latency[0] = 100
        town.world.pass_time(2 * MINUTE, step=timedelta(seconds=30))
        assert len(town.agencies["roads"].accepted) == 2
        assert not town.endpoint("roads").health.slow


# ---- words


def test_every_notice_has_words_in_three_languages_and_a_plain_subject(town):
    town.settle("roads")
    endpoint = town.endpoint("roads")
    for kind, subject in SUBJECTS.items():
        text = message_of(endpoint, Notice(kind=kind, at=START))
        assert subject.isascii()
        assert len(subject) < 100
        assert text.count("https://roads.example.com/") == 3
        assert "{" not in text
    kinds = {warning.value for warning in schedule.Warning} | {"paused_failing", "paused_gone"}
    assert kinds == SUBJECTS.keys()


def test_message_ids_are_fixed_and_fit_for_signing():
    assert message_id("C1.1", "s") == message_id("C1.1", "s")
    assert message_id("C1.1", "s") != message_id("C1.1", "t")
    assert message_id("C1.1", "s").startswith("msg_")
    assert "." not in message_id("C1.1", "s")
