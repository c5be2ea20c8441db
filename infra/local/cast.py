"""Who plays in a local deployment: a citizen who is signed in, and two bodies with keys and webhooks."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from infra.local.app import app_of
from infra.local.citizen import Caller, sign_in
from infra.local.deployed import Deployed
from infra.local.receiver import Receiver
from infra.local.scene import scene_on
from infra.local.story import PATIENCE_S, Cast, Scene, StoryFailed
from infra.toolchain import ROOT

AGENCY: Final = "city_housing"
SUPERVISOR: Final = "city_akimat"


_MAKE_KEY: Final = """
import sys
from datetime import timedelta
from functions.records.agencies.keys import create_key
from functions.complaints.clock import utc_now
now = utc_now()
agency_id, name = sys.argv[1:]
scopes = ("read", "write", "admin")
print(create_key(agency_id, scopes=scopes, name=name, expires_at=now + timedelta(days=1), now=now).token)
"""


def agency_key(deployed: Deployed, agency_id: str, *, name: str = "demo") -> str:
    """A new key of a body with every scope, valid for a day.

    Made by a process of its own: the functions' modules take their tables from the environment once, when they are
    imported, and this process may work on several deployments.
    """
    made = subprocess.run(
        [sys.executable, "-c", _MAKE_KEY, agency_id, name],
        cwd=ROOT,
        env=deployed.emulator.environment(**deployed.tables()),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return made.stdout.strip()


def subscribe(agency: Caller, receiver: Receiver) -> str:
    """Subscribe the receiver to everything; its id. Raises StoryFailed if it does not become active by itself."""
    subscription_id = _made(agency, receiver)
    _await_active(agency, subscription_id)
    return subscription_id


def _made(agency: Caller, receiver: Receiver) -> str:
    created = agency.post(
        "/v1/agency/subscriptions", {"url": receiver.url, "types": ["complaint.*"], "description": "demo"}
    )
    if created.status != 201:
        raise StoryFailed(f"subscribing was answered {created.status}: {created.body!r}")
    receiver.secret = created.body["secret"]
    return str(created.body["id"])


def _await_active(agency: Caller, subscription_id: str) -> None:
    """It is asked after five seconds; a slow machine may miss that, and is asked again."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        shown = agency.get(f"/v1/agency/subscriptions/{subscription_id}")
        if shown.body.get("status") == "active":
            return
        time.sleep(0.2)
    raise StoryFailed(f"the subscription is not active: {shown.body.get('verification')}")


@contextmanager
def cast(deployed: Deployed, *, citizen: str = "demo-citizen", scene: Scene | None = None) -> Iterator[Cast]:
    """Everybody in place; at the end the subscriptions are deleted and the receivers closed. `scene`: else the local
    stage's.
    """
    scene = scene or scene_on(deployed.emulator)
    with ExitStack() as stack:
        hooks = {body: stack.enter_context(Receiver()) for body in (scene.agency_id, scene.supervisor_id)}
        callers = {body: Caller(base=deployed.api_url, token=agency_key(deployed, body)) for body in hooks}
        made = {body: _made(callers[body], receiver) for body, receiver in hooks.items()}
        for body, subscription_id in made.items():
            path = f"/v1/agency/subscriptions/{subscription_id}"
            stack.callback(callers[body].call, "DELETE", path)
        for body, subscription_id in made.items():
            _await_active(callers[body], subscription_id)
        yield Cast(
            deployed=deployed,
            scene=scene,
            citizen=app_of(sign_in(deployed, citizen)),
            agency=callers[scene.agency_id],
            agency_hook=hooks[scene.agency_id],
            supervisor_hook=hooks[scene.supervisor_id],
        )
