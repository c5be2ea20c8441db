"""What an exception is to the caller, and what of it may stand in a log: where it happened, never what a person wrote."""

import traceback
from collections.abc import Mapping
from typing import Any, Final

from pynamodb.exceptions import PynamoDBException

from functions.edge.problems import Problem, problem_of

# What DynamoDB answers while it is busy, after the SDK's own retries.
_BUSY: Final = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)


def problem_of_failure(error: Exception) -> Problem:
    """The problem of an exception of any kind; a busy table is worth another try."""
    if isinstance(error, PynamoDBException) and _is_busy(error):
        return Problem("unavailable", retry_after=1)
    return problem_of(error)


def without_words(error: BaseException) -> dict[str, Any]:
    """What happened and where, without the messages, in which there may be what a person wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    failure: dict[str, Any] = {
        "type": type(error).__name__,
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    response = getattr(error, "response", None)
    if isinstance(response, Mapping):
        failure["code"] = response.get("Error", {}).get("Code")
    cause = error.__cause__ or error.__context__
    return failure | ({"cause": without_words(cause)} if cause is not None else {})


def _is_busy(error: PynamoDBException) -> bool:
    """DynamoDB said so, or did not answer at all."""
    if error.cause is None:
        return False
    # Of a request that was not answered botocore has no response, or None for one.
    response = getattr(error.cause, "response", None)
    return not response or response.get("Error", {}).get("Code") in _BUSY
