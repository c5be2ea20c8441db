"""The whole way in one process, with a clock moved by hand: days pass in a second."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from functions.complaints.events import chain_fault
from infra.local.citizen import declaration
from infra.local.receiver import Receiver
from infra.local.story import photograph
from tests.flow.town import Town, town
from tests.region_fixture import WEST

# A Monday without holidays near it, nine in the morning in Kazakhstan.
MONDAY = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
PLACE = {"lat": WEST[0], "lon": WEST[1]}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path, start=MONDAY) as built:
        yield built


def test_rubbish_is_answered_in_time_and_closed_by_its_reporter(here: Town) -> None:
    complaint_id = _filed(here, "rubbish")
    shown = here.citizen("GET", f"/v1/complaints/{complaint_id}").body
    assert shown["agency"]["id"] == "housing"
    # 15 working days from the day after the first of June: Monday the 22nd, at half past six in the evening.
    assert shown["due_at"] == "2026-06-22T13:30:00.000Z"
    here.move_clock(timedelta(days=3))
    answer = {"outcome": "resolved", "text": "Collected this morning."}
    assert here.agency("POST", f"/v1/agency/complaints/{complaint_id}/answer", answer).status == 200
    here.settle()
    assert here.citizen("POST", f"/v1/complaints/{complaint_id}/confirm").status == 200
    here.settle()
    assert here.events(complaint_id) == ["submitted", "assigned", "answered", "closed"]
    here.move_clock(timedelta(days=60))
    assert here.events(complaint_id)[-1] == "closed"


def test_silence_climbs_the_ladder_to_its_top_and_stays_visible(here: Town) -> None:
    complaint_id = _filed(here, "rubbish")
    here.move_clock(timedelta(days=90))
    assert here.events(complaint_id) == [
        "submitted",
        "assigned",
        "deadline_near",
        "escalated",
        "deadline_near",
        "escalated",
        "deadline_near",
        "escalated",
    ]
    shown = here.citizen("GET", f"/v1/complaints/{complaint_id}").body
    assert shown["overdue"] is True
    assert shown["escalation_level"] == 3
    appeal = here.citizen("GET", f"/v1/complaints/{complaint_id}/appeal").body["texts"]
    assert shown["number"] in appeal["kk"]
    assert shown["number"] in appeal["ru"]
    worklist = here.agency("GET", "/v1/agency/complaints", who="ministry").body["items"]
    assert [entry["role"] for entry in worklist] == ["supervisor"]


def test_an_answer_that_nobody_confirms_closes_by_itself(here: Town) -> None:
    complaint_id = _filed(here, "rubbish")
    answer = {"outcome": "resolved", "text": "Collected this morning."}
    here.agency("POST", f"/v1/agency/complaints/{complaint_id}/answer", answer)
    here.settle()
    here.move_clock(timedelta(days=9, hours=23))
    assert here.events(complaint_id)[-1] == "answered"
    here.move_clock(timedelta(hours=2))
    assert here.events(complaint_id)[-1] == "closed"


def test_a_refuted_answer_goes_back_on_the_old_clock(here: Town) -> None:
    complaint_id = _filed(here, "rubbish")
    due = here.citizen("GET", f"/v1/complaints/{complaint_id}").body["due_at"]
    answer = {"outcome": "resolved", "text": "Collected this morning."}
    here.agency("POST", f"/v1/agency/complaints/{complaint_id}/answer", answer)
    reason = {"reason": "It is still there."}
    assert here.citizen("POST", f"/v1/complaints/{complaint_id}/refute", reason).status == 200
    here.settle()
    shown = here.citizen("GET", f"/v1/complaints/{complaint_id}").body
    assert (shown["status"], shown["due_at"]) == ("assigned", due)
    here.move_clock(timedelta(days=22))
    assert here.events(complaint_id)[-1] == "escalated"


def test_the_whole_stream_handed_out_twice_changes_nothing(here: Town) -> None:
    with Receiver() as receiver:
        _subscribed(here, receiver)
        complaint_id = _filed(here, "open_manhole", photos=1)
        here.move_clock(timedelta(hours=5))
        before = here.events(complaint_id), _told(here), receiver.received.qsize()
        here.deliver_again()
        assert (here.events(complaint_id), _told(here), receiver.received.qsize()) == before
        assert receiver.refused == 0


def test_the_agency_gets_every_event_signed_and_in_order(here: Town) -> None:
    with Receiver() as receiver:
        _subscribed(here, receiver)
        complaint_id = _filed(here, "open_manhole", photos=1)
        here.move_clock(timedelta(hours=1, minutes=1))
        here.agency("POST", f"/v1/agency/complaints/{complaint_id}/acknowledge")
        here.settle()
        got = [receiver.received.get(timeout=1) for _ in range(receiver.received.qsize())]
        sequence = [each.data["sequence"] for each in got]
        assert sequence == sorted(sequence)
        # A body has danger at once: all but the filing is its to hear.
        assert [each.type.removeprefix("complaint.") for each in got] == here.events(complaint_id)[1:]
        assert receiver.refused == 0


def test_a_missing_photo_does_not_hold_the_complaint_for_ever(here: Town) -> None:
    photo = photograph()
    body = _body("rubbish") | {"photos": [declaration(photo)]}
    complaint_id = here.citizen("POST", "/v1/complaints", body).body["id"]
    here.settle()
    here.move_clock(timedelta(hours=23))
    assert here.events(complaint_id) == ["submitted"]
    here.move_clock(timedelta(hours=2))
    assert here.events(complaint_id) == ["submitted", "photo_missed", "assigned"]


def test_of_a_later_photo_that_never_comes_the_person_is_told_and_the_clock_runs_on(here: Town) -> None:
    complaint_id = _filed(here, "rubbish")
    body = {"photos": [declaration(photograph())]}
    assert here.citizen("POST", f"/v1/complaints/{complaint_id}/photos", body).status == 201
    here.settle()
    told, due_at = _told(here), here.citizen("GET", f"/v1/complaints/{complaint_id}").body["due_at"]
    here.move_clock(timedelta(hours=25))
    assert here.events(complaint_id) == ["submitted", "assigned", "photo_expected", "photo_missed"]
    assert len(_told(here)) == len(told) + 1
    shown = here.citizen("GET", f"/v1/complaints/{complaint_id}").body
    assert (shown["due_at"], shown["photos"][0]["status"]) == (due_at, "missed")


def test_every_history_verifies(here: Town) -> None:
    from functions.records.store import ComplaintStore

    ids = [_filed(here, category, key=category) for category in ("rubbish", "open_manhole", "pothole")]
    here.move_clock(timedelta(days=40))
    for complaint_id in ids:
        complaint, history, _ = ComplaintStore().with_history(complaint_id)
        assert complaint.version == len(history)
        assert chain_fault(history, head=complaint.head) is None


def _body(category: str) -> dict[str, object]:
    return {"category": category, "comment": "Көшеде қоқыс жатыр", "location": PLACE}


def _filed(here: Town, category: str, *, photos: int = 0, key: str | None = None) -> str:
    photo = photograph()
    body = _body(category) | {"photos": [declaration(photo)] * photos}
    filed = here.citizen("POST", "/v1/complaints", body, key=key)
    assert filed.status == 201, filed.body
    here.settle()
    for upload in filed.body["uploads"]:
        here.upload(photo, upload)
    return str(filed.body["id"])


def _subscribed(here: Town, receiver: Receiver, *, agency_id: str = "housing") -> None:
    from functions.notify.webhooks.signature import new_secret
    from functions.records.agencies.subscriptions import new_subscription

    receiver.secret = new_secret()
    new_subscription(
        agency_id, url=receiver.url, types=("complaint.*",), secret=receiver.secret, active=True, now=here.now
    )


def _told(here: Town) -> list[str]:
    items = here.citizen("GET", "/v1/notifications").body["items"]
    return [item["type"] for item in items]
