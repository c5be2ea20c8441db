"""Where a photo says that it was taken: offered to its reporter for a day, and seen nowhere else."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from infra.local.citizen import declaration
from infra.local.receiver import Receiver
from tests.bench.units import counting
from tests.flow.test_whole_way import MONDAY, PLACE, _subscribed
from tests.flow.town import Town, _scan, town
from tests.functions import photo_corpus as corpus
from tests.openapi_answers import assert_described

# Some 2.1 km to the north of the complaint's place.
THERE = (PLACE["lat"] + 0.0189, PLACE["lon"])
TRACES = (f"{THERE[0]:.4f}", "04:05:06")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path, start=MONDAY) as built:
        yield built


def photo(*, place: bool = True, time: bool = True) -> bytes:
    tags = Image.Exif()
    if time:
        tags[0x8769] = {0x9003: "2026:06:01 08:55:06", 0x9011: "+05:00"}
    if place:
        found = corpus.gps(*THERE)
        del found[0x07], found[0x1D]
        tags[0x8825] = found
    out = BytesIO()
    Image.new("RGB", (64, 48), (120, 90, 60)).save(out, "JPEG", exif=tags.tobytes())
    return out.getvalue()


def filed(here: Town, content: bytes, **changes: Any) -> str:
    body = {"category": "rubbish", "comment": "Мусор", "location": PLACE, "photos": [declaration(content)]}
    answer = here.citizen("POST", "/v1/complaints", body | changes)
    assert answer.status == 201, answer.body
    here.settle()
    here.upload(content, answer.body["uploads"][0])
    return str(answer.body["id"])


def shown(here: Town, complaint_id: str, *, who: str = "aigerim", locale: str = "en") -> Any:
    view = here.citizen("GET", f"/v1/complaints/{complaint_id}", who=who, locale=locale)
    assert view.status == 200
    answer = SimpleNamespace(status=200, headers={"content-type": "application/json"}, json=view.body)
    assert_described("GET", f"/v1/complaints/{complaint_id}", answer)
    return view.body["photos"][0]


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", "The photo was taken 2.1 km away."),
        ("ru", "Фото сделано в 2,1 км от указанного места."),
        ("kk", "Фото көрсетілген жерден 2,1 км қашықтықта түсірілген."),
    ],
)
def test_the_reporter_is_offered_it(here: Town, locale: str, said: str) -> None:
    complaint_id = filed(here, photo())
    offered = shown(here, complaint_id, locale=locale)["suggestion"]
    assert offered == {
        "lat": pytest.approx(THERE[0], abs=1e-5),
        "lon": pytest.approx(THERE[1], abs=1e-5),
        "taken_at": "2026-06-01T03:55:06.000Z",
        "distance_m": pytest.approx(2_102, abs=3),
        "text": said,
    }
    assert shown(here, complaint_id, locale=locale)["suggestion"] == offered


def test_a_photo_with_a_time_alone_offers_that(here: Town) -> None:
    offered = shown(here, filed(here, photo(place=False)))["suggestion"]
    assert offered == {
        "lat": None,
        "lon": None,
        "taken_at": "2026-06-01T03:55:06.000Z",
        "distance_m": None,
        "text": "The photo was taken on 1 June 2026, 08:55.",
    }


def test_nobody_else_ever_sees_it(here: Town, capsys: pytest.CaptureFixture[str]) -> None:
    with Receiver() as receiver:
        _subscribed(here, receiver)
        here.citizen("PUT", "/v1/devices/phone", {"platform": "fcm", "token": "a-token"})
        complaint_id = filed(here, photo())
        assert here.citizen("POST", f"/v1/complaints/{complaint_id}/join", who="marat").status == 200
        here.settle()
        others = [
            here.citizen("GET", f"/v1/complaints/{complaint_id}", who="marat").body,
            here.agency("GET", f"/v1/agency/complaints/{complaint_id}").body,
            [str(receiver.received.get(timeout=1)) for _ in range(receiver.received.qsize())],
            [item for item in _scan("complaints") if not item["sk"]["S"].startswith("exif#")],
            [item for table in ("people", "deliveries", "agencies") for item in _scan(table)],
            [message for message, *_ in _published()],
            capsys.readouterr().out,
        ]
        told = json.dumps(others, ensure_ascii=False, default=str)
        assert [trace for trace in TRACES if trace in told] == []
        assert "suggestion" not in told
        # It was there to be seen all the while.
        assert "suggestion" in shown(here, complaint_id)


def test_after_a_day_it_is_offered_no_more(here: Town) -> None:
    complaint_id = filed(here, photo())
    (item,) = (item for item in _scan("complaints") if item["sk"]["S"].startswith("exif#"))
    assert int(item["expires"]["N"]) == int((here.now + timedelta(days=1)).timestamp())
    here.move_clock(timedelta(days=1, seconds=1))
    assert "suggestion" not in shown(here, complaint_id)


def test_it_goes_with_the_person(here: Town) -> None:
    complaint_id = filed(here, photo())
    assert here.citizen("DELETE", "/v1/me").body["complete"]
    assert not [item for item in _scan("complaints") if item["sk"]["S"].startswith("exif#")]
    # The complaint is still whole, and its photo with it.
    assert here.agency("GET", f"/v1/agency/complaints/{complaint_id}").body["photos"][0]["status"] == "ready"


def test_who_left_before_the_photo_came_is_offered_nothing(here: Town) -> None:
    content = photo()
    body = {"category": "rubbish", "comment": "Мусор", "location": PLACE, "photos": [declaration(content)]}
    upload = here.citizen("POST", "/v1/complaints", body).body["uploads"][0]
    here.citizen("DELETE", "/v1/me")
    here.upload(content, upload)
    assert not [item for item in _scan("complaints") if item["sk"]["S"].startswith("exif#")]


def test_an_agencys_proof_suggests_nothing(here: Town) -> None:
    complaint_id = filed(here, photo(place=False, time=False))
    content = photo()
    path = f"/v1/agency/complaints/{complaint_id}"
    declared = here.agency("POST", f"{path}/photos", {"photos": [declaration(content)]}).body
    here.upload(content, declared["uploads"][0])
    assert not [item for item in _scan("complaints") if item["sk"]["S"].startswith("exif#")]


def test_a_photo_that_suggests_nothing_costs_nothing_more(here: Town) -> None:
    plain = photo(place=False, time=False)
    made = {}
    for name, content in (("plain", plain), ("placed", photo())):
        with counting() as counter:
            counter.by = "everybody"
            complaint_id = filed(here, content)
            shown(here, complaint_id)
        # Who is behind with a complaint is asked once for a batch, and of those come more or fewer.
        made[name] = [
            each.operation
            for each in counter.spent
            if each.table == "complaints" and each.operation != "BatchGetItem"
        ]
    assert len(made["placed"]) - len(made["plain"]) == 1
    assert sorted(set(made["placed"]) - set(made["plain"])) == ["PutItem"]


def _published() -> list[Any]:
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.sns.models import sns_backends

    backend = sns_backends[DEFAULT_ACCOUNT_ID]["eu-central-1"]
    return [entry for endpoint in backend.platform_endpoints.values() for entry in endpoint.messages.items()]
