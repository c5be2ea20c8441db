"""Lambda, each quarter of an hour: whether a complaint goes through. What fails is the function's error, which rings.

It is a person of its own, signed in once by an operator, and has no right in AWS but to read how.
"""

from collections.abc import Mapping
from typing import Any, Final

import urllib3

from functions.edge.clients import client
from functions.edge.settings import region_file, require
from functions.edge.telemetry import logger
from functions.intake.canary.trial import PHOTO, Trial

ENVIRONMENT: Final = ("BASE_URL", "CANARY_CATEGORY", "CANARY_CLIENT_ID", "CANARY_PLACE", "CANARY_SECRET")

_settings = require(ENVIRONMENT)


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """`{number, seconds}`. Raises `functions.intake.canary.trial.NotAsPromised`."""
    lat, lon = map(float, _settings["CANARY_PLACE"].split())
    trial = Trial(
        base=_settings["BASE_URL"],
        token=_signed_in(),
        category=_settings["CANARY_CATEGORY"],
        place=(lat, lon),
        photo=(region_file().parent / PHOTO).read_bytes(),
        http=urllib3.PoolManager(),
    )
    done = trial()
    logger.info("canary", extra=done)
    return done


def _signed_in() -> str:
    """An access token, of the refresh token that `infra.ops canary` left."""
    kept = client("secretsmanager").get_secret_value(SecretId=_settings["CANARY_SECRET"])["SecretString"]
    answer = client("cognito-idp").initiate_auth(
        ClientId=_settings["CANARY_CLIENT_ID"],
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": kept},
    )
    return str(answer["AuthenticationResult"]["AccessToken"])
