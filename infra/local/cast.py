"""Who plays in a local deployment: a citizen who is signed in, and two bodies with keys and webhooks."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from infra.local.citizen import Caller, sign_in
from infra.local.deployed import Deployed
from infra.local.receiver import Receiver
from infra.local.story import Cast, StoryFailed

AGENCY: Final = "city_housing"
SUPERVISOR: Final = "city_akimat"


def agency_key(deployed: Deployed, agency_id: str, *, name: str = "demo") -> str:
    """A new key of a body with every scope, valid for a day."""
    deployed.act_inside()
    from datetime import timedelta

    from functions.complaints.agencies import create_key
    from functions.complaints.clock import utc_now

    now = utc_now()
    made = create_key(
        agency_id,
        scopes=("read", "write", "admin"),
        name=name,
        expires_at=now + timedelta(days=1),
        now=now,
    )
    return made.token


def subscribe(agency: Caller, receiver: Receiver) -> str:
    """Subscribe the receiver to everything; its id. Raises StoryFailed if it does not become active."""
    created = agency.post(
        "/v1/agency/subscriptions", {"url": receiver.url, "types": ["complaint.*"], "description": "demo"}
    )
    if created.status != 201:
        raise StoryFailed(f"subscribing was answered {created.status}: {created.body!r}")
    receiver.secret = created.body["secret"]
    subscription_id = str(created.body["id"])
    for _ in range(100):
        shown = agency.get(f"/v1/agency/subscriptions/{subscription_id}")
        if shown.body.get("status") == "active":
            return subscription_id
        time.sleep(0.1)
    raise StoryFailed(f"the subscription is {shown.body.get('status')}")


@contextmanager
def cast(deployed: Deployed, *, citizen: str = "demo-citizen") -> Iterator[Cast]:
    """Everybody in place; at the end the subscriptions are deleted and the receivers closed."""
    with ExitStack() as stack:
        hooks = {body: stack.enter_context(Receiver()) for body in (AGENCY, SUPERVISOR)}
        callers = {body: Caller(base=deployed.api_url, token=agency_key(deployed, body)) for body in hooks}
        for body, receiver in hooks.items():
            subscription_id = subscribe(callers[body], receiver)
            path = f"/v1/agency/subscriptions/{subscription_id}"
            stack.callback(callers[body].call, "DELETE", path)
        yield Cast(
            deployed=deployed,
            citizen=sign_in(deployed, citizen),
            agency=callers[AGENCY],
            agency_id=AGENCY,
            agency_hook=hooks[AGENCY],
            supervisor_id=SUPERVISOR,
            supervisor_hook=hooks[SUPERVISOR],
        )
