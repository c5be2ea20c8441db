"""What an exception is to the caller, and what of it may stand in a log: where it happened, never what a person wrote."""

import traceback
from collections.abc import Iterator, Mapping
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError
from pynamodb.exceptions import PynamoDBException

from functions.edge.problems import Problem, problem_of

# What AWS answers while it is busy, after the SDK's own retries; and why it cancels a transaction then.
_BUSY: Final = frozenset(
    {
        "InternalErrorException",
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "Throttling",
        "ThrottlingError",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)


def problem_of_failure(error: Exception) -> Problem:
    """The problem of an exception of any kind; where AWS is busy or does not answer, another try is worth it."""
    if isinstance(error, PynamoDBException | BotoCoreError | ClientError) and any(
        map(_passes, _and_its_causes(error))
    ):
        return Problem("unavailable", retry_after=1)
    return problem_of(error)


def without_words(error: BaseException) -> dict[str, Any]:
    """What happened and where, without the messages, in which there may be what a person wrote."""
    said: dict[str, Any] = {}
    for each in reversed([*_and_its_causes(error)]):
        said = _without_its_words(each) | ({"cause": said} if said else {})
    return said


def _without_its_words(error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)
    said: dict[str, Any] = {
        "type": type(error).__name__,
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    response = _response(error)
    return said | ({"code": response.get("Error", {}).get("Code")} if response else {})


def _and_its_causes(error: BaseException) -> Iterator[BaseException]:
    """Each once: an exception may be its own cause."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def _passes(error: BaseException) -> bool:
    """No answer came, or one that says that another may."""
    if isinstance(error, ConnectionError | HTTPClientError):
        return True
    response = _response(error)
    cancelled_by = {reason.get("Code") for reason in response.get("CancellationReasons", ())}
    return (
        response.get("Error", {}).get("Code") in _BUSY
        or response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500
        or bool(cancelled_by & _BUSY)
    )


def _response(error: BaseException) -> Mapping[str, Any]:
    """AWS's answer, as botocore keeps it; empty where there was none, for which botocore has None."""
    return getattr(error, "response", None) or {}
