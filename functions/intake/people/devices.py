"""Phones: a person signs in on one, a token moves with whoever holds the phone, and signs out.

Registration follows the sequence that AWS gives for SNS: create, read the attributes, repair. Source:
https://docs.aws.amazon.com/sns/latest/dg/mobile-platform-endpoint.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from functions.complaints.faults import FieldFault, Invalid, invalid
from functions.edge.clients import client
from functions.edge.problems import Problem
from functions.records.people.devices import (
    DEVICE_KEPT,
    DEVICES_MOST,
    DeviceItem,
    Moved,
    device_of,
    device_sk,
    forget_device,
    normal_token,
    release_token,
    sign_in,
    token_digest,
    token_owner,
)
from functions.records.people.person import person_of
from functions.records.people.table import person_pk

TRIES: Final = 4
# Source: the SNS developer guide, "Apple push notification service prerequisites": hexadecimal, at most 400 digits.
_APNS_TOKEN: Final = re.compile(r"[0-9a-fA-F]{1,400}", re.ASCII)
_TAKEN: Final = re.compile(r"Endpoint (arn:\S+) already exists with the same Token")
_GONE: Final = frozenset({"NotFound", "NotFoundException"})


def applications(environment: Mapping[str, str]) -> dict[str, str]:
    """The platforms that the region has, each with the ARN of its SNS platform application."""
    named = {platform: environment.get(f"{platform.upper()}_APPLICATION_ARN") for platform in ("fcm", "apns")}
    return {platform: arn for platform, arn in named.items() if arn}


@dataclass(frozen=True, slots=True)
class Devices:
    """`applications`: the ARN of the SNS platform application of each platform that the region has."""

    applications: Mapping[str, str]

    def check(self, platform: str, token: str) -> None:
        """Raises Invalid with every fault that can be told without SNS."""
        faults = []
        if platform not in self.applications:
            choices = tuple(sorted(self.applications))
            faults.append(FieldFault(pointer="/platform", key="unknown_choice", params={"choices": choices}))
        if platform == "apns" and not _APNS_TOKEN.fullmatch(token):
            faults.append(FieldFault(pointer="/token", key="wrong_form"))
        if faults:
            raise Invalid(faults)

    def sign_in(
        self,
        person: str,
        device_id: str,
        *,
        platform: str,
        token: str,
        language: str | None,
        spoken: str,
        now: datetime,
    ) -> DeviceItem:
        """The phone is this person's from now on, whoever had it before. `language` is its own, if it has one, and
        `spoken` the app's. Raises Invalid, Problem `unavailable`.
        """
        self.check(platform, token)
        application = self.applications[platform]
        token = normal_token(platform, token)
        digest = token_digest(platform, token)
        vanished = False
        for _ in range(TRIES):
            owner = token_owner(digest)
            before = device_of(person, device_id)
            known = None if owner is None or vanished else owner.endpoint_arn
            device = DeviceItem(
                person_pk(person),
                device_sk(device_id),
                device_id=device_id,
                platform=platform,
                endpoint_arn=known or _created(application, token),
                token_digest=digest,
                language=language,
                spoken=spoken,
                seen_at=now,
                live_until=now + DEVICE_KEPT,
            )
            try:
                sign_in(device, before=before, owner=owner)
            except Moved:
                continue
            # Only now, so that an endpoint that was disabled wakes up for its new owner and for nobody before.
            vanished = not _repaired(device.endpoint_arn, token)
            if not vanished:
                _forget(before, device)
                self._keep_few(person, now=now)
                return device
        raise Problem("unavailable", retry_after=1)

    def sign_out(self, person: str, device_id: str) -> bool:
        """Whether the person was signed in there; the phone gets no more pushes."""
        device = device_of(person, device_id)
        if device is None:
            return False
        if release_token(device):
            _deleted(device.endpoint_arn)
        forget_device(device)
        return True

    def _keep_few(self, person: str, *, now: datetime) -> None:
        """Phones that a person no longer has must not pile up."""
        found = person_of(person, now=now)
        devices = sorted(found.devices, key=lambda device: device.seen_at)
        for device in (*found.lost, *devices[:-DEVICES_MOST]):
            self.sign_out(person, device.device_id)


def _created(application: str, token: str) -> str:
    """The endpoint's ARN. No user data goes with it: it would be the next person's to see."""
    try:
        made = client("sns").create_platform_endpoint(PlatformApplicationArn=application, Token=token)
    except ClientError as error:
        answer = error.response["Error"]
        taken = _TAKEN.search(answer.get("Message", ""))
        if taken is not None:
            return taken[1]
        if answer["Code"].startswith("InvalidParameter") and "Token" in answer.get("Message", ""):
            raise invalid("/token", "wrong_form") from error
        raise
    return str(made["EndpointArn"])


def _repaired(endpoint_arn: str, token: str) -> bool:
    """Bring the endpoint to this token, enabled, with no user data; False where it is gone."""
    sns = client("sns")
    try:
        found = sns.get_endpoint_attributes(EndpointArn=endpoint_arn)["Attributes"]
        wanted = {"Token": token, "Enabled": "true"}
        if found.get("CustomUserData"):
            wanted["CustomUserData"] = ""
        if any(found.get(name) != value for name, value in wanted.items()):
            sns.set_endpoint_attributes(EndpointArn=endpoint_arn, Attributes=wanted)
    except ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            return False
        raise
    return True


def _forget(before: DeviceItem | None, device: DeviceItem) -> None:
    """The phone has a new token: the old one's endpoint reaches nobody."""
    if (
        before is not None
        and before.token_digest != device.token_digest
        and before.endpoint_arn != device.endpoint_arn
        and token_owner(before.token_digest) is None
    ):
        _deleted(before.endpoint_arn)


def _deleted(endpoint_arn: str) -> None:
    # Deleting what is gone is no error to SNS.
    arguments: dict[str, Any] = {"EndpointArn": endpoint_arn}
    client("sns").delete_endpoint(**arguments)
