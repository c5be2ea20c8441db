"""People's phones: a token moves with whoever signs in."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from functions.complaints.faults import Invalid
from functions.edge.clients import client
from functions.intake.people.devices import Devices
from functions.records.people.devices import DEVICES_MOST, DeviceItem, device_of, token_digest, token_owner
from functions.records.people.person import person_of
from tests.dynamodb import tables
from tests.functions.faults import When, aws_calls, number_of_calls, run_again_until_done
from tests.functions.telling import MONDAY, application


@pytest.fixture(autouse=True)
def empty_tables() -> Iterator[None]:
    with tables():
        yield


@pytest.fixture
def devices() -> Devices:
    return Devices({"fcm": application("GCM"), "apns": application("APNS_SANDBOX")})


def sign_in(devices: Devices, person: str, device_id: str = "phone", **changes: Any) -> DeviceItem:
    arguments: dict[str, Any] = {
        "platform": "fcm",
        "token": "token-1",
        "language": None,
        "spoken": "kk",
        "now": MONDAY,
    }
    return devices.sign_in(person, device_id, **arguments | changes)


def attributes(device: DeviceItem) -> dict[str, str]:
    return dict(client("sns").get_endpoint_attributes(EndpointArn=device.endpoint_arn)["Attributes"])


def endpoints(devices: Devices) -> int:
    return sum(
        len(client("sns").list_endpoints_by_platform_application(PlatformApplicationArn=arn)["Endpoints"])
        for arn in devices.applications.values()
    )


def test_a_phone_is_signed_in_with_its_endpoint_and_nothing_that_names_the_person(devices: Devices) -> None:
    device = sign_in(devices, "aliya")
    assert [each.device_id for each in person_of("aliya", now=MONDAY).devices] == ["phone"]
    found = attributes(device)
    assert (found["Token"], found["Enabled"]) == ("token-1", "true")
    assert not found.get("CustomUserData")
    assert "token-1" not in str(device.attribute_values)


def test_signing_in_again_changes_nothing_but_the_day(devices: Devices) -> None:
    first = sign_in(devices, "aliya")
    again = sign_in(devices, "aliya", now=MONDAY + timedelta(days=100))
    assert again.endpoint_arn == first.endpoint_arn
    assert endpoints(devices) == 1
    assert len(person_of("aliya", now=MONDAY + timedelta(days=300)).devices) == 1


def test_a_phone_that_was_not_seen_for_long_is_told_nothing(devices: Devices) -> None:
    sign_in(devices, "aliya")
    assert person_of("aliya", now=MONDAY + timedelta(days=271)).devices == ()


def test_the_token_moves_with_who_signs_in_and_the_one_before_has_no_phone(devices: Devices) -> None:
    sign_in(devices, "aliya", "phone-a")
    sign_in(devices, "bolat", "phone-b")
    assert person_of("aliya", now=MONDAY).devices == ()
    (device,) = person_of("bolat", now=MONDAY).devices
    owner = token_owner(token_digest("fcm", "token-1"))
    assert owner is not None
    assert (owner.person, owner.device_id, owner.endpoint_arn) == ("bolat", "phone-b", device.endpoint_arn)
    assert endpoints(devices) == 1


def test_who_signs_out_late_does_not_take_the_phone_from_its_new_owner(devices: Devices) -> None:
    sign_in(devices, "aliya")
    sign_in(devices, "bolat")
    assert not devices.sign_out("aliya", "phone")
    (device,) = person_of("bolat", now=MONDAY).devices
    assert attributes(device)["Enabled"] == "true"


def test_a_new_token_of_the_same_phone_replaces_the_old_one(devices: Devices) -> None:
    sign_in(devices, "aliya")
    sign_in(devices, "aliya", token="token-2")
    assert token_owner(token_digest("fcm", "token-1")) is None
    assert [attributes(each)["Token"] for each in person_of("aliya", now=MONDAY).devices] == ["token-2"]
    assert endpoints(devices) == 1


def test_a_disabled_endpoint_is_repaired(devices: Devices) -> None:
    device = sign_in(devices, "aliya")
    client("sns").set_endpoint_attributes(EndpointArn=device.endpoint_arn, Attributes={"Enabled": "false"})
    assert attributes(sign_in(devices, "aliya"))["Enabled"] == "true"


def test_an_endpoint_that_is_gone_is_made_again(devices: Devices) -> None:
    device = sign_in(devices, "aliya")
    client("sns").delete_endpoint(EndpointArn=device.endpoint_arn)
    again = sign_in(devices, "aliya")
    assert again.endpoint_arn != device.endpoint_arn
    assert attributes(again)["Enabled"] == "true"


@pytest.mark.parametrize("conflict", [{"Enabled": "false"}, {"CustomUserData": "bolat@example.org"}])
def test_an_endpoint_that_somebody_made_with_other_attributes_is_taken_over(
    devices: Devices, conflict: dict[str, str]
) -> None:
    user_data = conflict.pop("CustomUserData", "")
    stale = client("sns").create_platform_endpoint(
        PlatformApplicationArn=devices.applications["fcm"],
        Token="token-1",
        CustomUserData=user_data,
        Attributes=conflict | ({"CustomUserData": user_data} if user_data else {}),
    )["EndpointArn"]
    device = sign_in(devices, "aliya")
    assert device.endpoint_arn == stale
    assert attributes(device)["Enabled"] == "true"
    assert not attributes(device).get("CustomUserData")


@pytest.mark.parametrize(
    ("platform", "token", "pointer"), [("apns", "not hex", "/token"), ("windows", "x", "/platform")]
)
def test_what_cannot_be_registered_is_refused_by_field(
    devices: Devices, platform: str, token: str, pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        sign_in(devices, "aliya", platform=platform, token=token)
    assert [fault.pointer for fault in refused.value.faults] == [pointer]


def test_a_token_that_sns_refuses_is_the_fields_fault(devices: Devices) -> None:
    with Stubber(client("sns")) as stub:
        stub.add_client_error(
            "create_platform_endpoint",
            "InvalidParameter",
            "Invalid parameter: Token Reason: iOS device tokens ...",
        )
        with pytest.raises(Invalid):
            sign_in(devices, "aliya")


def test_signing_out_is_forgotten_everywhere(devices: Devices) -> None:
    sign_in(devices, "aliya")
    assert devices.sign_out("aliya", "phone")
    assert not devices.sign_out("aliya", "phone")
    assert person_of("aliya", now=MONDAY).devices == ()
    assert token_owner(token_digest("fcm", "token-1")) is None
    assert endpoints(devices) == 0


def test_the_phones_longest_unseen_make_room(devices: Devices) -> None:
    for number in range(DEVICES_MOST + 2):
        sign_in(
            devices,
            "aliya",
            f"phone-{number}",
            token=f"token-{number}",
            now=MONDAY + timedelta(minutes=number),
        )
    kept = {device.device_id for device in person_of("aliya", now=MONDAY).devices}
    assert kept == {f"phone-{number}" for number in range(2, DEVICES_MOST + 2)}
    assert endpoints(devices) == DEVICES_MOST


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("story", ["first", "moves", "new token"])
def test_whichever_call_fails_the_phone_is_the_persons_in_the_end(story: str, when: When) -> None:
    def run(person: str, *, fail: int | None) -> int:
        devices = Devices({"fcm": application("GCM")})
        token = f"token-of-{person}"
        if story == "moves":
            sign_in(devices, f"before-{person}", token=token)
        elif story == "new token":
            sign_in(devices, person, token=f"old-{token}")
        step = lambda: sign_in(devices, person, token=token)  # noqa: E731
        if fail is None:
            return number_of_calls(step)
        with aws_calls(fail=fail, when=when):
            run_again_until_done(step)
        (device,) = person_of(person, now=MONDAY).devices
        assert device.token_digest == token_digest("fcm", token)
        owner = token_owner(device.token_digest)
        assert owner is not None
        assert (owner.person, owner.endpoint_arn) == (person, device.endpoint_arn)
        assert attributes(device)["Enabled"] == "true"
        assert person_of(f"before-{person}", now=MONDAY).devices == ()
        assert token_owner(token_digest("fcm", f"old-{token}")) is None
        return 0

    calls = run("calm", fail=None)
    assert calls >= 4
    for number in range(calls):
        run(f"person-{number}", fail=number)


def test_a_person_who_never_was_here_is_nobody_with_nothing() -> None:
    person = person_of("stranger", now=MONDAY)
    assert (person.profile, person.devices) == (None, ())
    assert device_of("stranger", "phone") is None


def test_an_apns_token_is_one_in_either_case_of_its_letters(devices: Devices) -> None:
    token = "0123456789abcdef" * 4
    sign_in(devices, "aliya", "phone-a", platform="apns", token=token.upper())
    device = sign_in(devices, "bolat", "phone-b", platform="apns", token=token)
    assert person_of("aliya", now=MONDAY).devices == ()
    assert token_digest("apns", token.upper()) == device.token_digest
    assert (endpoints(devices), attributes(device)["Token"]) == (1, token)
