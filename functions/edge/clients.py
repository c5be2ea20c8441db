"""boto3's clients, one for each service and process, with bounded waits and the SDK's standard retries."""

import os
from threading import Lock
from typing import Any, Final

import boto3
from botocore.config import Config

CONNECT_TIMEOUT_S: Final = 2
READ_TIMEOUT_S: Final = 5
ATTEMPTS: Final = 4
"""The first try and three more, with jitter between them (SDKs and Tools Reference Guide, "Retry behavior")."""
CONNECTIONS: Final = 10
"""Requests that one client has under way at the same time; as many complaints of a batch are worked on at once."""

_made: Final[dict[str, Any]] = {}
_making: Final = Lock()


def client(service: str) -> Any:
    """The client of a service by boto3's name ("sqs", "stepfunctions"), which all threads share."""
    # A client may be used by many threads at once, but a session makes one at a time.
    with _making:
        if service not in _made:
            _made[service] = boto3.client(service, config=_config(service))
        return _made[service]


def _config(service: str) -> Config:
    config = Config(
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        max_pool_connections=CONNECTIONS,
    )
    return config.merge(_of_s3()) if service == "s3" else config


def _of_s3() -> Config:
    """Virtual-hosted addresses in the bucket's own Region on AWS, path-style where the environment names another
    endpoint. Presigned requests would else go by the global endpoint, which redirects.
    """
    elsewhere = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    return Config(
        signature_version="s3v4",
        s3={
            "addressing_style": "path" if elsewhere else "virtual",
            "us_east_1_regional_endpoint": "regional",
        },
    )
