"""The bare handler that everything is compared with: boto3, one DynamoDB client, and what its event names.

This file is packaged by itself, by the bundler that packages the functions. In comes `{"calls": [[method, parameters]]}`.
"""

import json
from typing import Any

import boto3

_dynamodb = boto3.client("dynamodb")


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    for method, parameters in event["calls"]:
        getattr(_dynamodb, method)(**parameters)
    return {"statusCode": 201, "body": json.dumps({"made": len(event["calls"])})}
