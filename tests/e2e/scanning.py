"""GuardDuty's part, which nobody plays on the emulator: each upload has its tag, and then its event."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from functions.intake.photos.bucket import VERDICT_TAG
from functions.intake.photos.check import CLEAR
from infra.local.deployed import Deployed
from infra.stacks.malware import QUARANTINE


@contextmanager
def scanned(there: Deployed) -> Iterator[None]:
    """Until the end of the block nothing harmful is found in any upload."""
    ended = threading.Event()
    scanner = threading.Thread(target=lambda: _scan(there, ended))
    scanner.start()
    try:
        yield
    finally:
        ended.set()
        scanner.join()


def _scan(there: Deployed, ended: threading.Event) -> None:
    s3, seen = there.emulator.client("s3"), set[str]()
    while not ended.wait(0.2):
        listed = s3.list_objects_v2(Bucket=there.photos_bucket, Prefix=QUARANTINE).get("Contents", ())
        for key in {each["Key"] for each in listed} - seen:
            seen.add(key)
            tag = {"Key": VERDICT_TAG, "Value": CLEAR}
            s3.put_object_tagging(Bucket=there.photos_bucket, Key=key, Tagging={"TagSet": [tag]})
            _tell(there, verdict(there.photos_bucket, key))


def _tell(there: Deployed, event: Mapping[str, Any]) -> None:
    """What the rules that the event matches call; to put an event in AWS's own name is refused, as by AWS."""
    events, functions = there.emulator.client("events"), there.emulator.client("lambda")
    for rule in events.list_rules()["Rules"]:
        pattern = rule.get("EventPattern")
        if pattern and events.test_event_pattern(EventPattern=pattern, Event=json.dumps(event))["Result"]:
            for target in events.list_targets_by_rule(Rule=rule["Name"])["Targets"]:
                functions.invoke(
                    FunctionName=target["Arn"], InvocationType="Event", Payload=json.dumps(event).encode()
                )


def verdict(bucket: str, key: str) -> dict[str, Any]:
    """Source: https://docs.aws.amazon.com/guardduty/latest/ug/monitoring-malware-protection-s3-scans-gdu.html"""
    return {
        "id": f"scan-of-{key.rpartition('/')[2]}",
        "account": "111122223333",
        "region": "eu-central-1",
        "time": "2026-11-30T00:00:00Z",
        "resources": [],
        "source": "aws.guardduty",
        "detail-type": "GuardDuty Malware Protection Object Scan Result",
        "detail": {
            "s3ObjectDetails": {"bucketName": bucket, "objectKey": key},
            "scanResultDetails": {"scanResultStatus": CLEAR},
        },
    }
