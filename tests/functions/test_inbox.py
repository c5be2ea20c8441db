"""What is told to whom: the inbox, once for each step and person, and the push after it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from functions.complaints.behind import OUTBOX
from functions.complaints.clock import iso
from functions.complaints.complaint import Actor, ActorKind
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.declaration import expect_photos
from functions.complaints.moves.escalation import tick
from functions.complaints.moves.filing import DeclaredPhoto
from functions.complaints.moves.photos import refuse_photo
from functions.complaints.people_rules import AWAKE_FOR
from functions.complaints.timers import next_timer
from functions.edge.clients import client
from functions.edge.stream import Batch, OutOfTime, consume, retry_due
from functions.notify.outbox import consumer
from functions.notify.outbox.held import Released, release
from functions.notify.outbox.payload import Message
from functions.notify.outbox.push import Outcome
from functions.notify.outbox.sending import HELD_FOR, Sender
from functions.notify.outbox.telling import FAILURES_MOST
from functions.records.outbox import Published
from functions.records.people.devices import DeviceItem, device_of
from functions.records.people.inbox import InboxItem
from functions.records.people.profiles import change_profile
from functions.records.people.pushes import HELD_SHARDS, HeldItem
from functions.records.people.table import person_pk
from functions.records.set_aside import all_of
from tests.dynamodb import one_at_a_time, tables
from tests.functions.faults import When, aws_calls, failing_differently, run_again_until_done
from tests.functions.telling import HOUSING, NIGHT, REPORTER, Life, Phones, phone, record, sender, teller
from tests.region_fixture import RAW, region

QUIET = {"from": "22:00", "to": "08:00"}


@pytest.fixture(autouse=True)
def empty_tables() -> Iterator[None]:
    with tables():
        yield


@pytest.fixture
def life() -> Life:
    return Life()


@pytest.fixture
def phones() -> Phones:
    return Phones()


def telling_to(
    life: Life,
    sending: Sender,
    *,
    deliver: Callable[[Batch], None] = lambda _: None,
    going_on: Callable[[], bool] = lambda: True,
) -> Callable[[Batch], None]:
    return partial(
        consumer.on_batch,
        teller=teller(life),
        sender=sending,
        deliver=deliver,
        going_on=going_on,
        now=life.clock,
    )


def tell(
    published: Published, life: Life, phones: Phones, *, going_on: Callable[[], bool] = lambda: True
) -> None:
    """Raises the first of what failed, as it is kept for the one who tries again."""
    batch = Batch([published])
    with one_at_a_time():
        telling_to(life, sender(life, phones), going_on=going_on)(batch)
    for failures in batch.failed.values():
        for failure in failures.values():
            raise failure.error


def message_shown(message: Message) -> dict[str, Any]:
    """What FCM gets."""
    shown: dict[str, Any] = json.loads(json.loads(message.body)["GCM"])["fcmV1Message"]["message"]
    return shown


def title_on(phones: Phones) -> dict[str, str]:
    """What each phone shows, by its name."""
    return {device: message_shown(message)["notification"]["title"] for device, message in phones.published}


def inbox(person: str) -> list[InboxItem]:
    return list(InboxItem.query(person_pk(person), InboxItem.sk.startswith("told#")))


def held() -> list[HeldItem]:
    return [each for shard in range(HELD_SHARDS) for each in HeldItem.query(f"held#{shard}")]


def let_go(life: Life, phones: Phones) -> Any:
    with one_at_a_time():
        return release(
            teller=teller(life), sender=sender(life, phones), now=life.clock, going_on=lambda: True
        )


def a_minute_later(life: Life, phones: Phones) -> Any:
    life.clock.at += HELD_FOR
    return let_go(life, phones)


def assigned(life: Life, **filed: Any) -> Published:
    life.file(**filed)
    return life.assign()


def test_who_reported_finds_the_first_step_in_the_inbox_and_on_each_phone(life: Life, phones: Phones) -> None:
    phone("reporter", "android")
    phone("reporter", "iphone", platform="apns")
    published = assigned(life)
    tell(published, life, phones)
    (item,) = inbox("reporter")
    assert (item.type, item.complaint_id, item.number) == (
        "complaint.assigned",
        published.event.complaint_id,
        published.number,
    )
    assert item.expires == life.clock().replace(microsecond=0) + timedelta(days=90)
    assert sorted(phones.devices) == ["android", "iphone"]


def test_the_same_record_again_changes_nothing_and_pushes_nothing(life: Life, phones: Phones) -> None:
    phone("reporter")
    published = assigned(life)
    for _ in range(3):
        tell(published, life, phones)
        life.clock.at += timedelta(minutes=1)
    assert len(inbox("reporter")) == 1
    assert phones.devices == ["phone"]


def test_what_the_person_did_and_what_agencies_say_among_themselves_is_told_to_nobody(
    life: Life, phones: Phones
) -> None:
    phone("reporter")
    quiet = [life.file()]
    life.assign()
    quiet.append(
        life.then(
            lambda each: agency.comment(each, by=HOUSING, text="Secret", internal=True, now=life.clock())
        )
    )
    quiet.append(
        life.then(
            lambda each: citizen.comment(
                each, by=Actor(kind=ActorKind.CITIZEN, id="reporter"), text="Hello", now=life.clock()
            )
        )
    )
    for published in quiet:
        tell(published, life, phones)
    assert inbox("reporter") == []
    assert phones.published == []


def joined(life: Life, *people: str) -> None:
    for person in people:
        actor = Actor(kind=ActorKind.CITIZEN, id=person)
        life.then(lambda each, actor=actor: citizen.join(each, by=actor, now=life.clock()))


def test_who_joined_is_told_of_the_steps_and_not_of_what_is_between_the_body_and_the_reporter(
    life: Life, phones: Phones
) -> None:
    phone("neighbour")
    phone("reporter")
    assigned(life)
    joined(life, "neighbour")
    taken_up = life.then(lambda each: agency.acknowledge(each, by=HOUSING, now=life.clock()))
    asked = life.then(lambda each: agency.ask(each, by=HOUSING, text="Which house?", now=life.clock()))
    for published in (taken_up, asked):
        tell(published, life, phones)
    assert [item.type for item in inbox("neighbour")] == ["complaint.acknowledged"]
    assert [item.type for item in inbox("reporter")] == ["complaint.acknowledged", "complaint.question_asked"]


def test_who_joined_the_whole_after_it_was_divided_is_told_of_its_parts(life: Life, phones: Phones) -> None:
    assigned(life)
    joined(life, "neighbour")
    taken_up = life.then(lambda each: agency.acknowledge(each, by=HOUSING, now=life.clock()))
    # As a part shows it that was made before anybody had joined.
    of_a_part = replace(taken_up, parent_id=taken_up.event.complaint_id, joined=0)
    tell(of_a_part, life, phones)
    assert [item.type for item in inbox("neighbour")] == ["complaint.acknowledged"]


@pytest.mark.parametrize(("with_joiners", "told"), [("ends", "withdrawn"), ("goes_on", "left_to_joiners")])
def test_who_joined_learns_that_the_reporter_took_it_back_and_the_reporter_knows(
    with_joiners: str, told: str, life: Life, phones: Phones
) -> None:
    phone("neighbour")
    phone("reporter")
    assigned(life)
    joined(life, "neighbour")
    reporter = Actor(kind=ActorKind.CITIZEN, id="reporter")
    tell(
        life.then(
            lambda each: citizen.withdraw(
                each,
                by=reporter,
                reason=None,
                region=region(withdrawal={"with_joiners": with_joiners}),
                now=life.clock(),
            )
        ),
        life,
        phones,
    )
    assert [item.type for item in inbox("neighbour")] == [f"complaint.{told}"]
    assert inbox("reporter") == []
    ((_, message),) = phones.published
    assert message_shown(message)["data"]["event"] == f"complaint.{told}"
    assert message_shown(message)["notification"]["body"].startswith("Сіз қосылдыңыз: ")


def test_many_followers_are_told_over_several_runs_each_once(life: Life, phones: Phones) -> None:
    people = [f"follower-{number:02d}" for number in range(40)]
    assigned(life)
    joined(life, *people)
    published = life.then(lambda each: agency.acknowledge(each, by=HOUSING, now=life.clock()))
    budget = 0

    def going_on() -> bool:
        nonlocal budget
        budget -= 1
        return budget >= 0

    runs = 0
    while True:
        budget, runs = 1, runs + 1
        try:
            tell(published, life, phones, going_on=going_on)
        except OutOfTime:
            assert runs < 5
            continue
        break
    assert runs == 2
    assert all(len(inbox(person)) == 1 for person in people)


def test_a_follower_whose_push_failed_is_come_back_to_a_minute_later(life: Life, phones: Phones) -> None:
    people = [f"follower-{number:02d}" for number in range(30)]
    for person in people:
        phone(person)
    assigned(life)
    joined(life, *people)
    published = life.then(lambda each: agency.acknowledge(each, by=HOUSING, now=life.clock()))
    phones.answers = [Outcome.SENT, Outcome.FAILED]
    tell(published, life, phones)
    assert len(phones.devices) == 29
    tell(published, life, phones)
    assert len(phones.devices) == 29
    a_minute_later(life, phones)
    assert len(phones.devices) == 30


def test_lines_and_webhooks_come_first_and_wait_for_no_push(life: Life, phones: Phones) -> None:
    phone("reporter")
    events = [assigned(life), assigned(life), assigned(life)]
    batch = Batch(events)
    phones.answers = [Outcome.SENT, Outcome.FAILED]
    delivered: list[Published] = []

    def deliver(given: Batch) -> None:
        assert phones.published == []
        assert len(inbox("reporter")) == 3
        delivered.extend(given.events)

    with one_at_a_time():
        telling_to(life, sender(life, phones), deliver=deliver)(batch)
    assert delivered == list(batch.told) == events
    assert len(phones.published) == 2


def test_one_phone_that_fails_for_ever_is_left_to_the_inbox(life: Life, phones: Phones) -> None:
    phone("reporter", "bad")
    phones.answers = [Outcome.FAILED] * (FAILURES_MOST * 2)
    tell(assigned(life), life, phones)
    for _ in range(FAILURES_MOST * 2):
        a_minute_later(life, phones)
    assert len(phones.answers) == FAILURES_MOST
    assert held() == []
    assert len(inbox("reporter")) == 1


def test_while_sns_is_throttled_pushes_are_held_and_it_is_asked_once_a_minute(
    life: Life, phones: Phones
) -> None:
    for name in ("first", "second"):
        phone("reporter", name)
    sending = sender(life, phones)
    for _ in range(2):
        batch = Batch([assigned(life), assigned(life)])
        phones.answers = [Outcome.THROTTLED]
        with one_at_a_time():
            telling_to(life, sending)(batch)
            assert (
                release(teller=teller(life), sender=sending, now=life.clock, going_on=lambda: True)
                == Released()
            )
        assert batch.failed == {}
        assert phones.published == phones.answers == []
        life.clock.at += HELD_FOR
    let_go(life, phones)
    assert sorted(phones.devices) == ["first"] * 4 + ["second"] * 4


def test_after_half_of_the_pushes_the_rest_is_sent_and_no_half_twice(life: Life, phones: Phones) -> None:
    for name in ("a", "b", "c"):
        phone("reporter", name)
    published = assigned(life)
    phones.answers = [Outcome.SENT, Outcome.THROTTLED]
    tell(published, life, phones)
    assert len(phones.devices) == 1
    a_minute_later(life, phones)
    assert sorted(phones.devices) == ["a", "b", "c"]


def test_a_push_that_was_held_does_not_come_after_that_of_a_later_step(life: Life, phones: Phones) -> None:
    """A phone shows the last push of a complaint: it ended on "Work has begun" where the answer had come."""
    phone("reporter")
    taken_up = assigned(life)
    phones.answers = [Outcome.FAILED]
    tell(taken_up, life, phones)
    answered = life.then(lambda each: agency.acknowledge(each, by=HOUSING, now=life.clock()))
    tell(answered, life, phones)
    a_minute_later(life, phones)
    ((_, message),) = phones.published
    assert message_shown(message)["data"]["event"] == "complaint.acknowledged"
    assert held() == []


def test_one_profile_that_cannot_be_read_keeps_nobody_elses_held_push(phones: Phones) -> None:
    life = at_night()
    for number in range(12):
        phone(f"person-{number}", now=NIGHT)
        tell(asleep(life, reporter=f"person-{number}"), life, phones)
        life.clock.at = NIGHT
    change_profile("person-5", set_={"zone": "Nowhere/Nothing"})
    life.clock.at = NIGHT + timedelta(hours=8)
    released = let_go(life, phones)
    assert (released.let_go, released.failed) == (11, 1)
    assert len(phones.published) == 11
    (waiting,) = held()
    assert waiting.person == "person-5"
    change_profile("person-5", set_={"zone": "Asia/Almaty"})
    a_minute_later(life, phones)
    assert len(phones.published) == 12
    assert held() == []


def test_a_disabled_endpoint_retires_the_device_and_is_no_failure(life: Life, phones: Phones) -> None:
    device = phone("reporter")
    client("sns").set_endpoint_attributes(EndpointArn=device.endpoint_arn, Attributes={"Enabled": "false"})
    tell(assigned(life), life, phones)
    assert device_of("reporter", "phone") is None
    assert len(inbox("reporter")) == 1


def test_an_endpoint_that_is_gone_retires_the_device_too(life: Life, phones: Phones) -> None:
    device = phone("reporter")
    client("sns").delete_endpoint(EndpointArn=device.endpoint_arn)
    tell(assigned(life), life, phones)
    assert device_of("reporter", "phone") is None


def test_a_kind_that_is_turned_off_is_in_the_inbox_alone(life: Life, phones: Phones) -> None:
    phone("reporter")
    change_profile("reporter", set_={"muted": ["progress"]})
    tell(assigned(life), life, phones)
    assert len(inbox("reporter")) == 1
    assert phones.published == []


def asleep(life: Life, **filed: Any) -> Published:
    """Assigned so long after it was filed that nobody waits for it any more."""
    life.file(**filed)
    life.clock.at += AWAKE_FOR
    return life.assign()


def test_the_inbox_keeps_as_long_as_the_region_says(phones: Phones) -> None:
    life = Life(region=region(terms=RAW["terms"] | {"inbox": "P7D"}))
    tell(assigned(life), life, phones)
    (item,) = inbox("reporter")
    assert item.expires == life.clock().replace(microsecond=0) + timedelta(days=7)


def at_night(**changes: Any) -> Life:
    life = Life(region=region(quiet_hours=QUIET, **changes))
    life.clock.at = NIGHT
    return life


def test_at_night_a_push_waits_for_the_morning_and_comes_once(phones: Phones) -> None:
    life = at_night()
    phone("reporter", now=NIGHT)
    published = asleep(life)
    for _ in range(2):
        tell(published, life, phones)
    assert phones.published == []
    assert len(inbox("reporter")) == 1
    let_go(life, phones)
    assert phones.published == []
    life.clock.at = NIGHT + timedelta(hours=7)
    for _ in range(2):
        let_go(life, phones)
        tell(published, life, phones)
    assert phones.devices == ["phone"]
    assert held() == []


def test_each_phone_is_written_to_in_its_own_language_else_in_the_persons(life: Life, phones: Phones) -> None:
    phone("reporter", "own", language="kk", spoken="en")
    phone("reporter", "spoken", spoken="ru")
    phone("reporter", "neither")
    taken_up = assigned(life, language="en")
    number = taken_up.number
    tell(taken_up, life, phones)
    assert title_on(phones) == {
        "own": f"Жауапты орган анықталды · {number}",
        "spoken": f"Ответственный определён · {number}",
        "neither": f"Body in charge found · {number}",
    }
    phones.published.clear()
    change_profile("reporter", set_={"language": "ru"})
    tell(
        life.then(lambda each: agency.acknowledge(each, by=HOUSING, now=life.clock())),
        life,
        phones,
    )
    assert title_on(phones) == {
        "own": f"Жұмысқа қабылданды · {number}",
        "spoken": f"Принято в работу · {number}",
        "neither": f"Принято в работу · {number}",
    }


@pytest.mark.parametrize("held_by", ["quiet hours", "a throttled SNS"])
def test_what_was_held_is_written_in_the_language_that_the_phone_has_when_it_is_sent(
    held_by: str, phones: Phones
) -> None:
    life = at_night() if held_by == "quiet hours" else Life()
    phone("reporter", language="kk", now=life.clock())
    published = asleep(life)
    if held_by == "a throttled SNS":
        phones.answers = [Outcome.THROTTLED]
    tell(published, life, phones)
    assert phones.published == []
    device = device_of("reporter", "phone")
    assert device is not None
    device.update([DeviceItem.language.set("ru")])
    life.clock.at += timedelta(hours=8)
    let_go(life, phones)
    assert title_on(phones) == {"phone": f"Ответственный определён · {published.number}"}


def escalated(life: Life) -> Published:
    assigned(life)
    while True:
        assert life.complaint is not None
        timer = next_timer(life.complaint)
        assert timer is not None
        life.clock.at = max(life.clock.at, timer.at)
        published = life.then(lambda each: tick(each, region=life.region, now=life.clock()))
        if published.event.type == "complaint.escalated":
            return published


def test_at_night_who_has_just_sent_it_is_told_at_once_and_nobody_else(phones: Phones) -> None:
    life = at_night()
    phone("reporter", now=NIGHT)
    phone("neighbour", "neighbours", now=NIGHT)
    life.file()
    joined(life, "neighbour")
    tell(life.assign(), life, phones)
    assert phones.devices == ["phone"]
    assert [len(inbox(person)) for person in ("reporter", "neighbour")] == [1, 1]


def test_at_night_a_refused_photo_is_told_as_long_as_its_sender_waits(phones: Phones) -> None:
    life = at_night()
    phone("reporter", now=NIGHT)
    asleep(life)
    photo = DeclaredPhoto(content_type="image/jpeg", size=1, sha256="0" * 64)
    for waited, told in ((timedelta(), 1), (AWAKE_FOR, 1)):
        life.then(
            lambda each: expect_photos(each, (photo,), by=REPORTER, region=life.region, now=life.clock())
        )
        assert life.complaint is not None
        sent = life.complaint.photos[-1].id
        life.clock.at += waited
        refused = life.then(lambda each, id=sent: refuse_photo(each, id, reason="empty", now=life.clock()))
        tell(refused, life, phones)
        assert len(phones.devices) == told


@pytest.mark.parametrize("passing", [True, False])
def test_an_escalation_passes_the_quiet_hours_if_the_person_does_not_mind(
    phones: Phones, passing: bool
) -> None:
    life = at_night()
    phone("reporter")
    change_profile("reporter", set_={"escalations_pass": passing})
    published = escalated(life)
    life.clock.at = published.event.at.replace(hour=20)
    tell(published, life, phones)
    assert phones.devices == (["phone"] if passing else [])
    assert len(inbox("reporter")) == 1


def test_quiet_hours_are_the_persons_own_in_their_own_zone(phones: Phones) -> None:
    life = at_night()
    phone("reporter", now=NIGHT)
    change_profile("reporter", set_={"zone": "America/New_York"})
    tell(asleep(life), life, phones)
    assert phones.devices == ["phone"]


def test_a_held_push_that_failed_stays_held(phones: Phones) -> None:
    life = at_night()
    phone("reporter", now=NIGHT)
    tell(asleep(life), life, phones)
    life.clock.at = NIGHT + timedelta(hours=7)
    phones.answers = [Outcome.THROTTLED]
    assert let_go(life, phones).held_on == 1
    a_minute_later(life, phones)
    assert phones.devices == ["phone"]


def test_what_is_released_into_new_quiet_hours_is_held_on(phones: Phones) -> None:
    life = at_night()
    phone("reporter", now=NIGHT)
    tell(asleep(life), life, phones)
    change_profile("reporter", set_={"quiet": {"from": "22:00", "to": "10:00"}})
    life.clock.at = NIGHT + timedelta(hours=7)
    assert let_go(life, phones).held_on == 1
    assert phones.published == []
    (waiting,) = held()
    assert waiting.sk.startswith(iso(NIGHT.replace(hour=5) + timedelta(days=1)))
    life.clock.at = NIGHT + timedelta(hours=10)
    let_go(life, phones)
    assert phones.devices == ["phone"]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("hour", ["day", "night"])
def test_whichever_call_fails_everybody_is_told_once(hour: str, when: When) -> None:
    """In the inbox and on each phone; at night the push comes with the release, which is disturbed as well."""

    def run(
        who: str, *, fail: int | None = None, fail_release: int | None = None
    ) -> tuple[list[str], list[str]]:
        life, phones = at_night() if hour == "night" else Life(), Phones()
        people = (who, f"neighbour-of-{who}")
        phone(who, "android", now=life.clock())
        phone(who, "iphone", platform="apns", now=life.clock())
        phone(people[1], "neighbours", now=life.clock())
        asleep(life, reporter=who)
        joined(life, people[1])
        published = life.then(lambda each: agency.acknowledge(each, by=HOUSING, now=life.clock()))
        work = telling_to(life, sender(life, phones))
        with one_at_a_time():
            with aws_calls(fail=fail, when=when) as telling:
                run_again_until_done(
                    lambda: consume([record(published)], work, consumer=OUTBOX, now=life.clock)
                )
            life.clock.at += timedelta(minutes=1)
            retry_due(OUTBOX, work, now=life.clock, going_on=lambda: True)
        assert all_of(OUTBOX) == []
        life.clock.at += timedelta(hours=9)
        with aws_calls(fail=fail_release, when=when) as releasing:
            run_again_until_done(lambda: let_go(life, phones))
        for _ in range(2):
            a_minute_later(life, phones)
        assert [len(inbox(person)) for person in people] == [1, 1]
        assert sorted(phones.devices) == ["android", "iphone", "neighbours"]
        assert held() == []
        return telling.made, releasing.made

    told, released = run("calm")
    assert len(told) >= 6
    for number in failing_differently(told, when):
        run(f"told-{number}", fail=number)
    for number in failing_differently(released, when) if hour == "night" else []:
        run(f"released-{number}", fail_release=number)


# --- Who has left


def left(life: Life, person: str) -> None:
    actor = Actor(kind=ActorKind.CITIZEN, id=person)
    life.then(lambda each: citizen.leave(each, by=actor, now=life.clock()))


def test_who_has_left_is_told_nothing_more_not_even_what_was_to_be_tried_again(phones: Phones) -> None:
    life = at_night()
    for who in ("neighbour", "passer-by"):
        phone(who, who, now=NIGHT)
    assigned(life)
    joined(life, "neighbour", "passer-by")
    # Neither can be told for now.
    for who in ("neighbour", "passer-by"):
        change_profile(who, set_={"zone": "Nowhere/Nothing"})
    published = life.then(lambda each: agency.acknowledge(each, by=HOUSING, now=life.clock()))
    work = telling_to(life, sender(life, phones))
    with one_at_a_time():
        consume([record(published)], work, consumer=OUTBOX, now=life.clock)
        left(life, "neighbour")
        for who in ("neighbour", "passer-by"):
            change_profile(who, set_={"zone": "Asia/Almaty"})
        life.clock.at += timedelta(minutes=2)
        retry_due(OUTBOX, work, now=life.clock, going_on=lambda: True)
    assert all_of(OUTBOX) == []
    assert [len(inbox(who)) for who in ("neighbour", "passer-by")] == [0, 1]


def test_a_push_that_was_held_for_the_night_is_not_sent_to_who_has_left_meanwhile(phones: Phones) -> None:
    life = at_night()
    for who in ("neighbour", "passer-by"):
        phone(who, who, now=NIGHT)
    life.file()
    joined(life, "neighbour", "passer-by")
    tell(life.assign(), life, phones)
    assert phones.devices == []
    left(life, "neighbour")
    life.clock.at = NIGHT + timedelta(hours=9)
    let_go(life, phones)
    assert phones.devices == ["passer-by"]
    assert held() == []
