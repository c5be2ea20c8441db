"""`make pushes`: what SNS was asked is shown as the phone shows it."""

import json
from typing import Any

import pytest

from functions.complaints.history import PushText
from functions.notify.outbox.payload import message_of
from infra.local import emulator, pushes
from infra.local.pushes import Pushed, decoded
from tests.core.story import NUMBER, assigned, pushed
from tests.region_fixture import region

EVENT = assigned(region()).events[-1]


def text() -> PushText:
    made = pushed(EVENT, region=region())
    assert made is not None
    return made


def asked(application: str) -> dict[str, Any]:
    return {
        "TargetArn": f"arn:aws:sns:us-east-1:000000000000:{application}/0123",
        "Message": message_of(EVENT, text()).body,
    }


@pytest.mark.parametrize(
    ("application", "platform"),
    [
        ("endpoint/GCM/qamqor", "fcm"),
        ("endpoint/APNS/qamqor", "apns"),
        ("endpoint/APNS_SANDBOX/qamqor", "apns"),
        ("app/GCM/qamqor", "fcm"),
    ],
)
def test_a_push_is_shown_as_its_platform_gets_it(application: str, platform: str) -> None:
    assert decoded(asked(application), at=1.0) == Pushed(
        at=1.0,
        platform=platform,
        title=text().title,
        body=text().body,
        data={
            "complaint_id": EVENT.complaint_id,
            "number": NUMBER,
            "event": "complaint.assigned",
            "sequence": "2",
            "kind": "progress",
        },
    )


def test_what_goes_to_no_phone_is_passed_over() -> None:
    assert decoded({"TopicArn": "arn:aws:sns:us-east-1:000000000000:alarms", "Message": "x"}, at=1.0) is None


def test_without_a_deployment_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(emulator, "find", lambda: None)
    assert pushes.main(["--for", "1"]) == 1
    assert "make up" in capsys.readouterr().err


def test_each_push_is_followed_once_for_as_long_as_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    push = decoded(asked("endpoint/GCM/qamqor"), at=1.0)
    monkeypatch.setattr(emulator, "find", lambda: object())
    monkeypatch.setattr(pushes, "pushes", lambda _, since: {"1": push})
    assert pushes.main(["--for", "0.6"]) == 0
    shown = capsys.readouterr().out
    assert shown.count(text().title) == shown.count(text().body) == 1
    assert json.loads(shown.splitlines()[-1])["event"] == "complaint.assigned"
