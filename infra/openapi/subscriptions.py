"""Agencies' subscriptions, deliveries, API keys and the feed of changes."""

from dataclasses import replace
from typing import Any, Final

from functions.complaints.keys import SCOPES
from functions.notify.subscriptions import schemas
from functions.notify.subscriptions.manage import ALGORITHMS
from functions.notify.webhooks.delivery import DeliveryStatus
from functions.notify.webhooks.schedule import Pause, Warning
from infra.openapi.complaint import COUNT, FLAG, INSTANT, NO_INSTANT, NO_TEXT, TEXT
from infra.openapi.operation import CURSOR, ID, LIMIT, Operation, Parameter, all_of, page_of, record, ref

SUBSCRIPTIONS: Final = "Agency: webhooks"
KEYS: Final = "Agency: keys"

_SUBSCRIPTION_ID: Final = Parameter(name="id", place="path", schema=ID, description="The subscription.")
_KEY_ID: Final = Parameter(
    name="key_id", place="path", schema={"type": "string"}, description="The key's public id."
)
_DELIVERY_ID: Final = Parameter(
    name="delivery_id", place="path", schema={"type": "string"}, description="The delivery."
)

_SCOPES: Final = {"type": "array", "items": {"type": "string", "enum": list(SCOPES)}}
_SUBSCRIPTION: Final[dict[str, Any]] = {
    "id": ID,
    "url": TEXT,
    "types": {"type": "array", "items": TEXT},
    "description": NO_TEXT,
    "status": {
        "type": "string",
        "enum": ["pending", "active", "paused", "disabled"],
        "description": "`pending` until the endpoint has echoed the challenge; `disabled` after it answered 410.",
    },
    "algorithm": {"type": "string", "enum": list(ALGORITHMS)},
    "max_rate": COUNT | {"description": schemas.MAX_RATE_SAID},
    "created_at": INSTANT,
    "changed_at": INSTANT,
    "verified_at": NO_INSTANT,
    "previous_secret_until": NO_INSTANT | {"description": "Until when both secrets sign, after a rotation."},
    "health": record(
        {
            "failures": COUNT | {"description": "Attempts that failed since the last success."},
            "failing_since": NO_INSTANT,
            "breaker": {"type": "string", "enum": ["closed", "open", "half_open"]},
            "resting_until": NO_INSTANT,
            "slow": FLAG,
            "paused_at": NO_INSTANT,
            "paused_because": {"enum": [*(each.value for each in Pause), None]},
        }
    ),
    "notices": {
        "type": "array",
        "items": record(
            {"kind": {"type": "string", "examples": [each.value for each in Warning]}, "at": INSTANT}
        ),
    },
}
_VERIFICATION: Final = record(
    {
        "verified": FLAG,
        "status": {"type": ["integer", "null"]},
        "error": NO_TEXT,
        "latency_ms": {"type": "integer"},
    },
    description="What came of asking the endpoint to echo the challenge.",
)
_SECRET: Final = TEXT | {
    "description": "What verifies the messages: `whsec_…`, shown this once, or for v1a the public key `whpk_…`."
}
_ATTEMPT: Final = record(
    {
        "n": COUNT | {"description": "Which attempt it was, from 1."},
        "at": INSTANT,
        "outcome": {"type": "string", "enum": ["delivered", "failed", "gone", "refused"]},
        "status": {"type": "integer", "description": "The HTTP status that the endpoint answered."},
        "error": TEXT | {"description": "Why it failed; stable, for programs."},
        "latency_ms": COUNT,
        "response": TEXT | {"description": "The first bytes of the answer."},
    },
    optional=("status", "error", "response"),
)
_DELIVERY: Final[dict[str, Any]] = {
    "id": TEXT,
    "message_id": TEXT | {"description": "The header `webhook-id`."},
    "type": TEXT,
    "complaint_id": TEXT,
    "sequence": COUNT,
    "status": {"type": "string", "enum": [status.value for status in DeliveryStatus]},
    "event_at": INSTANT,
    "delivered_at": NO_INSTANT,
    "replayed_at": NO_INSTANT,
    "attempts_made": COUNT,
    "attempts": {"type": "array", "items": _ATTEMPT},
    "next_attempt_at": NO_INSTANT
    | {"description": "When it, or what it waits for, is tried next; null where it has ended, or is paused."},
}

COMPONENTS: Final[dict[str, Any]] = {
    "Subscription": record(_SUBSCRIPTION | {"verification": _VERIFICATION}, optional=("verification",)),
    "NewSubscription": record(_SUBSCRIPTION | {"verification": _VERIFICATION, "secret": _SECRET}),
    "RotatedSubscription": record(_SUBSCRIPTION | {"secret": _SECRET}),
    "SubscriptionDetail": record(_SUBSCRIPTION | {"jobs": {"type": "array", "items": ref("Job")}}),
    "Job": record(
        {
            "id": TEXT,
            "kind": {"type": "string", "enum": ["recovery", "replay"]},
            "from": TEXT,
            "to": TEXT,
            "begun_at": TEXT,
            "deliveries": COUNT | {"description": "How many it has handled so far."},
            "ended_at": NO_TEXT,
        },
        description="A pass over a subscription's deliveries.",
    ),
    "Delivery": record(_DELIVERY),
    "DeliveryDetail": record(
        _DELIVERY | {"payload": {"type": "object"}},
        description="With the payload as it is sent.",
    ),
    "Key": record(
        {
            "id": TEXT,
            "name": TEXT,
            "scopes": _SCOPES,
            "valid": FLAG,
            "created_at": INSTANT,
            "created_by": TEXT | {"description": "Id of a key, or `operator`."},
            "expires_at": NO_INSTANT,
            "revoked_at": NO_INSTANT,
            "last_used_at": NO_INSTANT | {"description": "To the hour."},
        }
    ),
    "NewKey": record(
        {
            "id": TEXT,
            "token": TEXT | {"description": "The key itself, shown this once."},
            "scopes": _SCOPES,
            "expires_at": NO_INSTANT,
        }
    ),
    "Changes": record(
        {
            "items": {"type": "array", "items": ref("EventMessage")},
            "cursor": TEXT | {"description": "Where to go on, whether or not there is more by now. Keep it."},
            "more": FLAG,
        }
    ),
}


def operations() -> tuple[Operation, ...]:
    return (*_subscriptions(), *_actions(), *_deliveries(), *_keys())


def _subscriptions() -> tuple[Operation, ...]:
    path = "/v1/agency/subscriptions"
    return (
        Operation(
            method="get",
            path=path,
            id="listSubscriptions",
            tag=SUBSCRIPTIONS,
            caller="agency",
            scope="read",
            summary="The agency's subscriptions, oldest first",
            answer=all_of("Subscription"),
        ),
        Operation(
            method="post",
            path=path,
            id="subscribe",
            tag=SUBSCRIPTIONS,
            caller="agency",
            scope="admin",
            summary="Subscribe an endpoint to events",
            description="The endpoint is asked at once to echo a signed challenge; `verification` tells what came of it. "
            "Until it has, the subscription is `pending`.",
            body=schemas.NEW_SUBSCRIPTION,
            example={"url": "https://cases.example.org/hooks/qamqor", "types": ["complaint.*"]},
            answer="NewSubscription",
            status=201,
            headers={"Location": "Address of the subscription."},
            problems=("conflict",),
        ),
        Operation(
            method="get",
            path=f"{path}/{{id}}",
            id="showSubscription",
            tag=SUBSCRIPTIONS,
            caller="agency",
            scope="read",
            summary="A subscription with its health and jobs",
            parameters=(_SUBSCRIPTION_ID,),
            answer="SubscriptionDetail",
        ),
        Operation(
            method="patch",
            path=f"{path}/{{id}}",
            id="changeSubscription",
            tag=SUBSCRIPTIONS,
            caller="agency",
            scope="admin",
            summary="Change a subscription",
            description="A new URL has to echo a challenge before anything goes to it; what happens until then is kept "
            "for it.",
            parameters=(_SUBSCRIPTION_ID,),
            body=schemas.CHANGED_SUBSCRIPTION,
            example={"types": ["complaint.assigned", "complaint.escalated"]},
            answer="Subscription",
            problems=("conflict",),
        ),
        Operation(
            method="delete",
            path=f"{path}/{{id}}",
            id="unsubscribe",
            tag=SUBSCRIPTIONS,
            caller="agency",
            scope="admin",
            summary="Delete a subscription and what waits for it",
            parameters=(_SUBSCRIPTION_ID,),
            answer=None,
            status=204,
        ),
    )


def _actions() -> tuple[Operation, ...]:
    return (
        _action("verify", "verifySubscription", "admin", "Send the challenge again", "Subscription"),
        _action("pause", "pauseSubscription", "admin", "Hold everything back", "Subscription"),
        _action(
            "resume", "resumeSubscription", "admin", "Go on, with what was held back first", "Subscription"
        ),
        _action(
            "rotate-secret",
            "rotateSecret",
            "admin",
            "Make a new secret; messages carry both signatures for 24 hours",
            "RotatedSubscription",
            body=schemas.ROTATION,
            body_required=False,
        ),
        _action(
            "test",
            "sendTest",
            "write",
            "Send a test event",
            "DeliveryDetail",
            status=202,
            description="409 where it would have to wait: the subscription is paused, or its endpoint is being spared.",
        ),
        _action(
            "replay",
            "replayRange",
            "write",
            "Send a range of time again",
            "Job",
            body=schemas.REPLAY,
            example={"from": "2026-03-01T00:00:00Z"},
            status=202,
        ),
    )


def _deliveries() -> tuple[Operation, ...]:
    path = "/v1/agency/subscriptions/{id}/deliveries"
    instants = tuple(
        Parameter(
            name=name, place="query", schema={"type": "string", "format": "date-time"}, description=said
        )
        for name, said in (("from", "Events from this instant on."), ("to", "Events up to this instant."))
    )
    status = Parameter(
        name="status",
        place="query",
        schema={"type": "string", "enum": ["pending", "delivered", "failed"]},
        description="Only deliveries in this state.",
    )
    return (
        Operation(
            method="get",
            path=path,
            id="listDeliveries",
            tag=SUBSCRIPTIONS,
            caller="agency",
            scope="read",
            summary="A subscription's deliveries with their attempts and the next, newest first",
            parameters=(_SUBSCRIPTION_ID, status, *instants, CURSOR, LIMIT),
            answer=page_of("Delivery"),
        ),
        Operation(
            method="get",
            path=f"{path}/{{delivery_id}}",
            id="showDelivery",
            tag=SUBSCRIPTIONS,
            caller="agency",
            scope="read",
            summary="One delivery with its payload",
            parameters=(_SUBSCRIPTION_ID, _DELIVERY_ID),
            answer="DeliveryDetail",
        ),
        Operation(
            method="post",
            path=f"{path}/{{delivery_id}}/replay",
            id="replayDelivery",
            tag=SUBSCRIPTIONS,
            caller="agency",
            scope="write",
            summary="Send one delivery again",
            parameters=(_SUBSCRIPTION_ID, _DELIVERY_ID),
            answer="DeliveryDetail",
            status=202,
            problems=("conflict",),
        ),
        Operation(
            method="get",
            path="/v1/agency/changes",
            id="pollChanges",
            tag=SUBSCRIPTIONS,
            caller="agency",
            scope="read",
            summary="What happened since a cursor, for those who cannot receive webhooks",
            description="No change is skipped and none repeated. The messages are those of the webhooks.",
            parameters=(CURSOR, replace(LIMIT, schema={**LIMIT.schema, "default": 100})),
            answer="Changes",
        ),
    )


def _keys() -> tuple[Operation, ...]:
    path = "/v1/agency/keys"
    return (
        Operation(
            method="get",
            path=path,
            id="listKeys",
            tag=KEYS,
            caller="agency",
            scope="admin",
            summary="The agency's keys",
            answer=all_of("Key"),
        ),
        Operation(
            method="post",
            path=path,
            id="makeKey",
            tag=KEYS,
            caller="agency",
            scope="admin",
            summary="Make a key",
            body=schemas.NEW_KEY,
            example={"name": "Case system", "scopes": ["write"], "expires_at": "2027-03-01T00:00:00Z"},
            answer="NewKey",
            status=201,
            problems=("conflict",),
        ),
        Operation(
            method="delete",
            path=f"{path}/{{key_id}}",
            id="revokeKey",
            tag=KEYS,
            caller="agency",
            scope="admin",
            summary="Revoke a key, within 60 seconds",
            parameters=(_KEY_ID,),
            answer=None,
            status=204,
        ),
        Operation(
            method="post",
            path=f"{path}/{{key_id}}/rotate",
            id="rotateKey",
            tag=KEYS,
            caller="agency",
            scope="admin",
            summary="Make a key's successor; the old one goes on working for a while",
            parameters=(_KEY_ID,),
            body=schemas.KEY_ROTATION,
            body_required=False,
            example={"overlap_hours": 24},
            answer="NewKey",
            status=201,
            problems=("conflict",),
        ),
    )


def _action(name: str, id: str, scope: str, summary: str, answer: str, **more: Any) -> Operation:
    return Operation(
        method="post",
        path=f"/v1/agency/subscriptions/{{id}}/{name}",
        id=id,
        tag=SUBSCRIPTIONS,
        caller="agency",
        scope=scope,
        summary=summary,
        parameters=(_SUBSCRIPTION_ID,),
        answer=answer,
        problems=("conflict",),
        **more,
    )
