"""Two environments that are restored from one snapshot: what must not be the same in both is not.

A snapshot is one process's memory from which several go on, which is what `fork` is.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.region import compile_region

APIS = (
    "functions.intake.api.handler",
    "functions.route.api.handler",
    "functions.notify.subscriptions.handler",
)

RESTORED_TWICE = """
import importlib, json, os, sys
sys.path.insert(0, {root!r})
importlib.import_module({handler!r})
import random, uuid
from datetime import UTC, datetime
from functions.complaints.ids import new_id
from snapshot_restore_py import get_after_restore

def restored():
    reader, writer = os.pipe()
    if not os.fork():
        for made_anew, args, named in get_after_restore():
            made_anew(*args, **named)
        moment = datetime(2026, 3, 2, tzinfo=UTC)
        drawn = [random.random(), new_id(moment), str(uuid.uuid4()), os.urandom(8).hex()]
        os.write(writer, json.dumps(drawn).encode())
        os._exit(0)
    os.wait()
    return json.loads(os.read(reader, 4096))

print(json.dumps([restored(), restored()]))
"""


@pytest.mark.parametrize("handler", APIS)
def test_environments_restored_from_one_snapshot_draw_numbers_of_their_own(
    handler: str, tmp_path: Path
) -> None:
    region = tmp_path / "region.json"
    region.write_bytes(compile_region("local"))
    variables = ("COMPLAINTS", "AGENCIES", "PEOPLE", "DELIVERIES")
    environment = {f"{name}_TABLE": name.lower() for name in variables} | {
        "REGION_FILE": str(region),
        "PHOTOS_BUCKET": "photos",
        "USER_POOL_ISSUER": "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_pool",
        "USER_POOL_CLIENT_ID": "app",
        "DELIVERIES_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/123456789012/deliveries",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "POWERTOOLS_METRICS_NAMESPACE": "qamqor",
    }
    script = RESTORED_TWICE.format(root=os.getcwd(), handler=handler)
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    first, second = json.loads(done.stdout.splitlines()[-1])
    assert all(mine != other for mine, other in zip(first, second, strict=True)), (first, second)
