"""Whether a deployment that has just ended answers: `python -m infra.pipeline.smoke --region pavlodar`.

It asks what is open to everybody, sees that the rest is closed, and that no alarm of the region rings.
"""

import argparse
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any, Final

from infra.region import load_region_file, region_ids

ANSWER_WITHIN_S: Final = 30
MOST_NAMED: Final = 10

type Get = Callable[[str], tuple[int, bytes]]
"""The status and the body of an address."""


def wrong_answers(url: str, get: Get) -> Iterator[str]:
    """What is not as it must be, in sentences."""
    status, body = get(f"{url}/v1/categories")
    if status != 200 or not _names_other(body):
        yield f"/v1/categories answers {status}, without the category `other` that every region has."
    status, _ = get(f"{url}/openapi.json")
    if status != 200:
        yield f"/openapi.json answers {status}."
    for closed in ("/v1/me", "/v1/complaints", "/v1/agency/complaints"):
        status, _ = get(url + closed)
        if status not in (401, 403):
            yield f"{closed} answers {status} to somebody without a token."


def _names_other(body: bytes) -> bool:
    try:
        return any(each["id"] == "other" for each in json.loads(body)["items"])
    except (ValueError, KeyError, TypeError):
        return False


def ringing(cloudwatch: Any, prefix: str) -> list[str]:
    pages = cloudwatch.get_paginator("describe_alarms").paginate(
        AlarmNamePrefix=prefix, AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    return [
        alarm["AlarmName"]
        for page in pages
        for alarm in (*page.get("MetricAlarms", ()), *page.get("CompositeAlarms", ()))
        if alarm["StateValue"] == "ALARM"
    ]


def main(arguments: list[str] | None = None) -> int:
    """0 where it answers, 1 where something is not as it must be."""
    import boto3

    parser = argparse.ArgumentParser(prog="python -m infra.pipeline.smoke", description=__doc__)
    parser.add_argument("--region", required=True, choices=region_ids(), help="the region file's name")
    options = parser.parse_args(arguments)
    name, aws_region = f"qamqor-{options.region}", load_region_file(options.region).aws_region
    formation = boto3.client("cloudformation", region_name=aws_region)
    (stack,) = formation.describe_stacks(StackName=f"{name}-service")["Stacks"]
    url = next(each["OutputValue"] for each in stack["Outputs"] if each["OutputKey"] == "ApiUrl")
    found = list(wrong_answers(url, _get))
    rings = ringing(boto3.client("cloudwatch", region_name=aws_region), f"{name}-")
    if rings:
        found.append(f"{len(rings)} alarms ring: {', '.join(rings[:MOST_NAMED])}.")
    for each in found:
        print(each)
    print(f"{url}: {'not as it must be' if found else 'answers'}")
    return 1 if found else 0


def _get(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=ANSWER_WITHIN_S) as answer:  # noqa: S310
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read()


if __name__ == "__main__":
    sys.exit(main())
