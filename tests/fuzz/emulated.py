"""The same requests over HTTP, to a deployment on an emulator of this run's own."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from infra.local import emulator
from infra.local.assembly import assembly
from infra.local.cast import AGENCY, agency_key
from infra.local.citizen import Caller, sign_in
from infra.local.deployed import REGION_ID, Deployed, deploy
from infra.region import load_region_file
from tests.fuzz.run import Send

NOBODY: Final = "http://127.0.0.1:9/"
"""Nothing listens there: no request of the deployment leaves this machine."""
COMPLAINTS: Final = 5


@dataclass(frozen=True, kw_only=True)
class Emulated:
    """A deployment, its document, how to send to it, and ids that there are."""

    document: dict[str, Any]
    send: Send
    ids: dict[str, list[str]]


@contextmanager
def emulated() -> Iterator[Emulated]:
    """Deployed for as long as the context lasts."""
    region = load_region_file(REGION_ID)
    with (
        tempfile.TemporaryDirectory() as folder,
        emulator.start(region=region.aws_region, account=region.account, state_dir=Path(folder)) as own,
    ):
        deployed = deploy(own, folder=assembly())
        person = sign_in(deployed, "fuzzer")
        filed = [_filed(person) for _ in range(COMPLAINTS)]
        yield Emulated(
            document=person.get("/openapi.json").body,
            send=_sender(deployed, person=person, key=agency_key(deployed, AGENCY, name="fuzz")),
            ids={"id": filed, "device_id": ["phone"]},
        )


def _filed(person: Caller) -> str:
    place = {"lat": 52.287, "lon": 76.967}
    answer = person.post("/v1/complaints", {"category": "open_manhole", "comment": "x", "location": place})
    return str(answer.body["id"])


def _sender(deployed: Deployed, *, person: Caller, key: str) -> Send:
    def send(case: Any) -> Any:
        token = key if case.path.startswith("/v1/agency/") else person.token
        if isinstance(case.body, dict):
            case.body = _harmless(case.body)
        return case.call(base_url=deployed.api_url, headers={"Authorization": f"Bearer {token}"}, timeout=60)

    return send


def _harmless(body: dict[str, Any]) -> dict[str, Any]:
    """Without an address of anybody's, and without choosing a language, which would go before the one asked for."""
    kept = {name: value for name, value in body.items() if name != "language"}
    if isinstance(kept.get("url"), str):
        kept["url"] = NOBODY + quote(json.dumps(kept["url"]))[:100]
    return kept
