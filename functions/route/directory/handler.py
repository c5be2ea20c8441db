"""Lambda: a CloudFormation custom resource, the directory of the region file that the deployment brings.

The directory is packed with the function; `Digest` among the properties makes CloudFormation call it when it changes.
Deleting the resource deletes nothing: complaints outlive the stack that serves them.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from functions.complaints.clock import utc_now
from functions.edge.custom_resource import answered
from functions.edge.settings import region_file, require
from functions.edge.telemetry import logger
from functions.route.directory.load import load

ENVIRONMENT: Final = ("AGENCIES_TABLE", "COMPLAINTS_TABLE")
DIRECTORY: Final = "directory"

require(ENVIRONMENT)


def handler(event: Mapping[str, Any], context: object) -> None:
    answered(event, context, _work, physical_id=DIRECTORY)


def _work(event: Mapping[str, Any]) -> str:
    if event["RequestType"] == "Delete":
        return DIRECTORY
    loaded = load(json.loads(region_file().read_bytes()), now=utc_now())
    logger.info("directory loaded", extra=asdict(loaded))
    return DIRECTORY
