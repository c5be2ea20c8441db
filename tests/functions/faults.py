"""Make one AWS call of a step fail, before or after it took effect, and the step run again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from unittest.mock import patch

from botocore.client import BaseClient
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

type When = Literal["before", "after"]
_call = BaseClient._make_api_call


@dataclass
class Calls:
    """Every AWS call in order; the one numbered `fail` (from 0) fails."""

    fail: int | None = None
    when: When = "before"
    made: list[str] = field(default_factory=list)

    def __call__(self, client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        number = len(self.made)
        self.made.append(operation)
        if number == self.fail and self.when == "before":
            raise ConnectTimeoutError(endpoint_url="https://example.org")
        answer = _call(client, operation, arguments)
        if number == self.fail:
            raise ReadTimeoutError(endpoint_url="https://example.org")
        return answer


@contextmanager
def aws_calls(*, fail: int | None = None, when: When = "before") -> Iterator[Calls]:
    calls = Calls(fail=fail, when=when)
    with patch.object(
        BaseClient, "_make_api_call", lambda client, name, arguments: calls(client, name, arguments)
    ):
        yield calls


def number_of_calls(step: Callable[[], object]) -> int:
    with aws_calls() as calls:
        step()
    return len(calls.made)


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
