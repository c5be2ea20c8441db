"""The agency's door to keys, subscriptions and deliveries, with a queue that is worked off by hand."""

import json
from dataclasses import replace

from functions.complaints.keys import new_token
from functions.edge.resolver import Api
from functions.edge.throttle import agency_limit
from functions.notify.subscriptions.routes import routes
from functions.notify.webhooks import jobs
from functions.notify.webhooks.address import AddressPolicy
from functions.notify.webhooks.endpoints import DynamoEndpoints
from functions.notify.webhooks.message import delivery_of
from functions.notify.webhooks.store import DynamoDeliveries
from functions.notify.webhooks.tables import DeliveryItem, TimerItem, subscription_pk
from functions.notify.webhooks.timers import DynamoTimers
from functions.notify.webhooks.verification import ASKED_AFTER
from tests.functions.api_client import Answer
from tests.functions.webhook_world import Agency, World, answered
from tests.openapi_answers import assert_described

TOKEN = new_token()
LOCAL_STAGE = AddressPolicy(allow_http=True, allow_private=True, ports=None)


class Door:
    """The API with a queue that is worked off by hand."""

    def __init__(self, *, policy=LOCAL_STAGE):
        self.agency = Agency()
        self.world = World(
            deliveries=DynamoDeliveries(),
            endpoints=DynamoEndpoints(),
            timers=DynamoTimers(),
            post=lambda endpoint, delivery: self.agency(endpoint, delivery),
            ask=lambda *request: self.post(*request),
        )
        self.clock = self.world.clock
        self.queue = self.world.queue
        self.posted = []
        self.echo = True
        self.api = Api(gate=agency_limit(now=self.clock))
        for router in routes(
            policy=policy,
            categories={"rubbish", "pothole"},
            post=lambda *request: self.post(*request),
            enqueue=self.queue,
            now=self.clock,
        ):
            self.api.include_router(router)

    def post(self, url, body, headers):
        self.posted.append((url, body, headers))
        challenge = json.loads(body)["data"]["challenge"]
        made = answered()
        return replace(made, body=json.dumps({"challenge": challenge if self.echo else "other"}).encode())

    def __call__(
        self,
        method,
        path,
        body=None,
        *,
        agency_id="roads",
        scopes="read write admin",
        language="en",
        token=TOKEN,
        idempotency_key=None,
        officer_id=None,
        **query,
    ):
        caller = {"agency_id": agency_id, "key_id": officer_id or token.key_id, "scopes": scopes}
        if officer_id is not None:
            caller |= {"officer_id": officer_id, "role": "head"}
        named = {} if idempotency_key is None else {"idempotency-key": idempotency_key}
        raw = self.api.serve(
            {
                "version": "2.0",
                "rawPath": f"/v1/agency/{path}",
                "headers": {
                    "content-type": "application/json",
                    "accept-language": language,
                    "authorization": f"Bearer {token}",
                    **named,
                },
                "queryStringParameters": {name.strip("_"): str(value) for name, value in query.items()},
                "body": None if body is None else json.dumps(body),
                "requestContext": {
                    "requestId": "request-1",
                    "stage": "$default",
                    "http": {"method": method, "path": f"/v1/agency/{path}"},
                    "authorizer": {"lambda": caller},
                },
            },
            None,
        )
        held = {name.lower(): value for name, value in raw["headers"].items()}
        answer = Answer(status=raw["statusCode"], headers=held, text=raw.get("body") or "")
        assert_described(method, f"/v1/agency/{path}", answer)
        return answer.status, answer.json if answer.text else None

    def subscribe(self, **body):
        """As it is made: pending, and to be asked."""
        status, made = self(
            "POST",
            "subscriptions",
            {"url": "http://127.0.0.1:9/hook", "types": ["complaint.*"]} | body,
        )
        assert status == 201, made
        return made

    def subscribed(self, **body):
        """One whose endpoint has echoed, so long ago that what it was asked by is no longer kept."""
        made = self.subscribe(**body)
        _, shown = self("POST", f"subscriptions/{made['id']}/verify")
        self.clock.advance(ASKED_AFTER[0])
        self.work_off()
        self.clock.advance(-ASKED_AFTER[0])
        for item in (*DeliveryItem.by_time.query(made["id"]), *TimerItem.query(subscription_pk(made["id"]))):
            item.delete()
        return made | shown

    def deliver(self, subscription_id, *events, status=None):
        store = DynamoDeliveries()
        for each in events:
            delivery = delivery_of(each, agency_id="roads", subscription_id=subscription_id)
            store.add(delivery)
            store.announce(delivery.lane, [delivery.seq * 1000], now=self.clock())
            self.queue([jobs.Nudge(lane=delivery.lane)])
        self.work_off()

    def work_off(self):
        self.world.work_off()
