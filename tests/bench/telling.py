"""From the answer to a photo's upload to the push that says who has the complaint, on the emulator.

The way between: S3's event, the photo check, the table's stream, assignment, the stream again, the push. One upload
after another, so that none waits for a place in line; the first, with cold containers, is not counted.
"""

import json
import statistics
import time
import uuid
from collections.abc import Sequence
from typing import Final

from infra.local.citizen import Caller, declaration, sign_in, upload
from infra.local.demo import running
from infra.local.deployed import Deployed
from infra.local.recording import Call, calls
from infra.local.story import COMMENT, PLACE, photograph
from tests.bench.report import Row, Table

PUSH: Final = "push.assigned"
PATIENCE_S: Final = 90.0


def measure(*, uploads: int = 20) -> Sequence[Table]:
    with running() as here:
        # Somebody new, whose day is not used up on an emulator that was left running.
        citizen = sign_in(here, f"bench-{uuid.uuid4().hex[:8]}")
        phone = {"platform": "fcm", "token": uuid.uuid4().hex}
        if citizen.call("PUT", "/v1/devices/bench", phone).status != 200:
            raise RuntimeError("the phone is not registered")
        seconds = [_told(here, citizen) for _ in range(uploads + 1)][1:]
    return [table(seconds)]


def table(seconds: Sequence[float]) -> Table:
    """The measured times of each upload, in seconds, summed up."""
    last = percentile(seconds, 95)
    return Table(
        title="Upload finished, push published",
        against="nothing; the emulator's own time, which runs everything on one machine",
        columns=("uploads", "median", "p95", "least", "most"),
        rows=[
            Row(
                name="photo uploaded → who has it is pushed",
                cells=[
                    str(len(seconds)),
                    *(
                        f"{each:.2f} s"
                        for each in (statistics.median(seconds), last, min(seconds), max(seconds))
                    ),
                ],
                value=last,
            )
        ],
        notes=(
            "`python -m tests.bench telling`; from the PUT's answer to SNS Publish in the emulator's recording.",
        ),
    )


def percentile(values: Sequence[float], of_hundred: int) -> float:
    """The least of the values that is not below `of_hundred` per cent of them (nearest rank)."""
    rank = -(-len(values) * of_hundred // 100)
    return sorted(values)[max(rank, 1) - 1]


def published(made: Sequence[Call], complaint_id: str) -> float | None:
    """When SNS was asked to push who has the complaint, in seconds of the Unix epoch."""
    for call in made:
        if call.service == "sns" and call.action == "Publish":
            said = json.dumps(call.parameters)
            if complaint_id in said and PUSH in said:
                return call.at
    return None


def _told(here: Deployed, citizen: Caller) -> float:
    photo = photograph()
    body = {"category": "rubbish", "comment": COMMENT, "location": PLACE, "photos": [declaration(photo)]}
    filed = citizen.post("/v1/complaints", body)
    if filed.status != 201:
        raise RuntimeError(f"filing is answered {filed.status}: {filed.body!r}")
    began = time.time()
    sent = upload(photo, filed.body["uploads"][0])
    answered = time.time()
    if sent.status != 200:
        raise RuntimeError(f"the upload is answered {sent.status}")
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        time.sleep(0.5)
        at = published(calls(here.emulator, since=began), filed.body["id"])
        if at is not None:
            return at - answered
    raise RuntimeError(f"no push within {PATIENCE_S:.0f} s")
