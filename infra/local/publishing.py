"""What changed of public complaints is written into the files that everybody reads: each minute by the clock, here now."""

import json
from typing import Any

from infra.local.deployed import Deployed


class NotPublished(RuntimeError):
    """The publisher failed; the message is what it said."""


def publish(deployed: Deployed) -> dict[str, Any]:
    """What the publisher says that it did. Raises NotPublished."""
    client = deployed.emulator.client("lambda")
    stacks, _, _ = deployed.complaints_table.partition("-storage-")
    (name,) = (
        each["FunctionName"]
        for page in client.get_paginator("list_functions").paginate()
        for each in page["Functions"]
        if each["FunctionName"].startswith(f"{stacks}-service-FunctionsPublisher")
    )
    answer = client.invoke(FunctionName=name)
    payload = answer["Payload"].read()
    done: dict[str, Any] = {} if "FunctionError" in answer else json.loads(payload)
    if done.get("failed") != 0:
        raise NotPublished(payload.decode())
    return done
