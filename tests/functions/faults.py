"""Make one AWS call of a step fail, in any way that there is, before or after it took effect, and the step run again."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from unittest.mock import patch

from botocore.client import BaseClient
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSLError,
)

type When = Literal["before", "after"]
_call = BaseClient._make_api_call


def answered(code: str, status: int, *, reasons: tuple[str, ...] = ()) -> Callable[[str], Exception]:
    """What botocore raises where AWS answers with this error, `reasons` being those of a cancelled transaction."""
    response: Any = {
        "Error": {"Code": code, "Message": "planted"},
        "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": "planted", "HTTPHeaders": {}},
    }
    if reasons:
        response["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return lambda operation: ClientError(response, operation)


def unanswered(kind: type[Exception]) -> Callable[[str], Exception]:
    """What botocore raises where no answer came."""
    return lambda _: kind(endpoint_url="https://example.org", error="planted")


TRANSIENT: Final = {
    "throttled": answered("ThrottlingException", 400),
    "table throttled": answered("ProvisionedThroughputExceededException", 400),
    "account throttled": answered("RequestLimitExceeded", 400),
    "busy": answered("ServiceUnavailable", 503),
    "failed": answered("InternalServerError", 500),
    "failed without a word": answered("502", 502),
    "refused": unanswered(EndpointConnectionError),
    "not reached": unanswered(ConnectTimeoutError),
    "not read": unanswered(ReadTimeoutError),
    "cut off": unanswered(ConnectionClosedError),
    "not secured": unanswered(SSLError),
}
"""Failures that are gone a moment later."""
CANCELLED: Final = {
    f"cancelled: {reason}": answered("TransactionCanceledException", 400, reasons=(reason,))
    for reason in ("TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded")
} | {
    "in progress": answered("TransactionInProgressException", 400),
    "conflict": answered("TransactionConflictException", 400),
}
"""The same of transactions alone."""
LASTING: Final = {
    "invalid": answered("ValidationException", 400),
    "denied": answered("AccessDeniedException", 400),
    "no table": answered("ResourceNotFoundException", 400),
}
"""Failures of ours, which are there a moment later too."""


READS: Final = ("BatchGet", "Get", "Head", "List", "Query", "Scan")


@dataclass
class Calls:
    """Every AWS call in order; the one numbered `fail` (from 0) fails with `error`, made of the operation's name."""

    fail: int | None = None
    when: When = "before"
    error: Callable[[str], Exception] | None = None
    made: list[str] = field(default_factory=list)

    def __call__(self, client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        number = len(self.made)
        self.made.append(operation)
        if number == self.fail and self.when == "before":
            raise (self.error or unanswered(ConnectTimeoutError))(operation)
        answer = _call(client, operation, arguments)
        if number == self.fail:
            raise (self.error or unanswered(ReadTimeoutError))(operation)
        return answer


@contextmanager
def aws_calls(
    *, fail: int | None = None, when: When = "before", error: Callable[[str], Exception] | None = None
) -> Iterator[Calls]:
    calls = Calls(fail=fail, when=when, error=error)
    with patch.object(
        BaseClient, "_make_api_call", lambda client, name, arguments: calls(client, name, arguments)
    ):
        yield calls


@contextmanager
def between_calls(happens: Callable[[int], object]) -> Iterator[Calls]:
    """Something `happens` before each AWS call, which is given its number (from 0): its own calls are not counted."""
    calls = Calls()

    def call(client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        with patch.object(BaseClient, "_make_api_call", _call):
            happens(len(calls.made))
        return calls(client, operation, arguments)

    with patch.object(BaseClient, "_make_api_call", call):
        yield calls


def is_another(operation: str, when: When) -> bool:
    """Whether a failure then is another one than before: to what only reads it is the same after."""
    return when == "before" or not operation.startswith(READS)


def failing_differently(calls: Sequence[str], when: When) -> list[int]:
    """The numbers of those of the calls whose failure then is another one than before."""
    return [number for number, operation in enumerate(calls) if is_another(operation, when)]


def calls_of(step: Callable[[], object]) -> list[str]:
    """The operations, in order."""
    with aws_calls() as calls:
        step()
    return calls.made


def number_of_calls(step: Callable[[], object]) -> int:
    return len(calls_of(step))


def run_again_until_done(step: Callable[[], object], *, most: int = 3) -> None:
    """As a stream or a queue does it."""
    for attempt in range(most):
        try:
            step()
        except Exception:
            if attempt + 1 == most:
                raise
        else:
            return
