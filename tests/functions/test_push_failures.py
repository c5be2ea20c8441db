"""Deliveries that failed after SNS took the push: what SNS tells of them retires the device, and no other."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from functions.edge.clients import client
from functions.intake.people.devices import Devices
from functions.records.people.devices import device_of
from functions.records.people.person import person_of
from tests.dynamodb import prepare_environment, tables
from tests.functions.faults import When, aws_calls, number_of_calls, run_again_until_done
from tests.functions.telling import MONDAY, application


@pytest.fixture(autouse=True)
def empty_tables(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PEOPLE_TABLE", "people")
    prepare_environment()
    with tables():
        yield


def failed(endpoint_arn: str, failure: str = "InvalidPlatformToken", **changes: Any) -> None:
    from functions.notify.outbox.failures import handler

    message = {
        "DeliveryAttempts": 1,
        "EndpointArn": endpoint_arn,
        "EventType": "DeliveryFailure",
        "FailureMessage": "Platform token associated with the endpoint is not valid",
        "FailureType": failure,
        "MessageId": "1",
        "Service": "SNS",
        "Time": "2026-06-01T05:00:00.000Z",
    } | changes
    handler({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": json.dumps(message)}}]}, None)


def signed_in(person: str = "aliya", *, platform: str = "fcm", token: str = "ab12") -> str:
    devices = Devices({"fcm": application("GCM"), "apns": application("APNS_SANDBOX")})
    device = devices.sign_in(
        person, "phone", platform=platform, token=token, language=None, spoken="kk", now=MONDAY
    )
    return str(device.endpoint_arn)


@pytest.mark.parametrize("platform", ["fcm", "apns"])
@pytest.mark.parametrize("failure", ["InvalidPlatformToken", "EndpointDisabled"])
def test_a_token_that_is_not_valid_any_more_retires_its_device(platform: str, failure: str) -> None:
    arn = signed_in(platform=platform)
    for _ in range(2):
        failed(arn, failure)
    assert device_of("aliya", "phone") is None


@pytest.mark.parametrize("failure", ["InternalError", "ThrottlingException", "InvalidNotification"])
def test_a_failure_of_another_kind_retires_nothing(failure: str) -> None:
    failed(signed_in(), failure)
    assert device_of("aliya", "phone") is not None


def test_an_event_of_another_kind_retires_nothing() -> None:
    failed(signed_in(), EventType="EndpointUpdated")
    assert device_of("aliya", "phone") is not None


def test_whose_phone_has_a_new_token_keeps_it() -> None:
    old = signed_in(token="ab12")
    signed_in(token="cd34")
    failed(old)
    assert len(person_of("aliya", now=MONDAY).devices) == 1


def test_an_endpoint_that_is_gone_is_no_matter() -> None:
    arn = signed_in()
    client("sns").delete_endpoint(EndpointArn=arn)
    failed(arn)


@pytest.mark.parametrize("when", ["before", "after"])
def test_whichever_call_fails_the_device_is_retired(when: When) -> None:
    steps = number_of_calls(lambda: failed(signed_in("calm", token="aa")))
    assert steps >= 3
    for number in range(5):
        arn = signed_in(f"person-{number}", token=f"ab0{number}")
        with aws_calls(fail=number, when=when):
            run_again_until_done(lambda arn=arn: failed(arn))
        assert device_of(f"person-{number}", "phone") is None
