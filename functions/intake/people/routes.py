"""`/v1/me`, `/v1/devices` and `/v1/notifications`: what the person chose, their phones, and what they were told."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from functions.complaints.clock import parse_iso, to_milliseconds
from functions.complaints.faults import invalid
from functions.complaints.limits import Limits
from functions.complaints.region import Region
from functions.edge.http import Api, answer
from functions.edge.router import Response
from functions.intake.people import schemas
from functions.intake.people.devices import Devices
from functions.intake.people.inbox import inbox_view, sort_key
from functions.intake.people.leaving import leave
from functions.intake.people.profile import change, profile_view
from functions.records.people import count, mark_all_read, mark_read, person_of, profile_of, unread

# What is left of an invocation is kept for the answer.
RESERVE_MS: Final = 4_000
IDENTITY: Final = "kept_by_provider"
"""The account itself (name, phone, password) is the identity provider's, and is deleted there."""
_DEVICE_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


def mount(api: Api, *, region: Region, devices: Devices, now: Callable[[], datetime]) -> None:
    """Add the routes."""
    limits = Limits.of(region.limits)

    @api.put("/v1/devices/<device_id>")
    def register(device_id: str) -> Response[str]:
        _require_device_id(device_id)
        body = api.body(schemas.DEVICE)
        count(
            api.person,
            "devices",
            key=device_id,
            limit=limits.devices_per_day,
            now=now(),
            zone=region.time_zone,
        )
        devices.sign_in(
            api.person,
            device_id,
            platform=body["platform"],
            token=body["token"],
            language=api.requested_language,
            now=now(),
        )
        return answer({"device_id": device_id, "platform": body["platform"]})

    @api.delete("/v1/devices/<device_id>")
    def forget(device_id: str) -> Response[str]:
        _require_device_id(device_id)
        devices.sign_out(api.person, device_id)
        return answer(None, status=204)

    @api.get("/v1/notifications")
    def notifications() -> Response[str]:
        profile = profile_of(api.person)
        api.chose(None if profile is None else profile.language)
        return answer(
            inbox_view(
                api.person,
                profile,
                limit=api.page_size(),
                cursor=api.parameter("cursor"),
                language=api.language,
                region=region,
                now=now(),
            )
        )

    @api.post("/v1/notifications/read")
    def read() -> Response[str]:
        body = api.body(schemas.READ)
        at = now()
        keys = [sort_key(public, field=f"/ids/{index}") for index, public in enumerate(body.get("ids", ()))]
        if "until" in body:
            mark_all_read(api.person, until=min(at, to_milliseconds(_instant(body["until"]))))
        for key in keys:
            mark_read(api.person, key, now=at)
        profile = profile_of(api.person)
        since: datetime | None = None if profile is None else profile.read_until
        return answer({"unread": unread(api.person, since=since, now=at)})

    @api.get("/v1/me")
    def me() -> Response[str]:
        return answer(profile_view(person_of(api.person, now=now()), region=region))

    @api.patch("/v1/me")
    def choose() -> Response[str]:
        body = api.body(schemas.PROFILE)
        change(person_of(api.person, now=now()), body)
        return answer(profile_view(person_of(api.person, now=now()), region=region))

    @api.delete("/v1/me")
    def go() -> Response[str]:
        """200 when everything is removed; 202 where time ran out, and the same request goes on."""
        removed, complete = leave(
            api.person,
            devices=devices,
            going_on=lambda: api.lambda_context.get_remaining_time_in_millis() > RESERVE_MS,
            now=now(),
        )
        left = {"removed": removed, "identity": IDENTITY, "complete": complete}
        return answer(left, status=200 if complete else 202)


def _require_device_id(device_id: str) -> None:
    if not _DEVICE_ID.fullmatch(device_id):
        raise invalid("device_id", "wrong_form")


def _instant(text: str) -> datetime:
    try:
        return parse_iso(text)
    except ValueError as error:
        raise invalid("/until", "not_an_instant") from error
