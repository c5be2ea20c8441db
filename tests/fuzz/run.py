"""Requests made of the published document, right ones and wrong ones, and what must hold of every answer.

No answer is a fault of ours, each is one that the document describes, and each problem speaks the caller's language.
"""

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.fuzz.said import in_language

LANGUAGES: Final = ("kk", "ru", "en")
CHECKS: Final = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
type Send = Callable[[Any], Any]
"""Sends a case and returns the answer."""


@dataclass(kw_only=True)
class Tally:
    """How many requests were answered with which status, by operation."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)

    @property
    def requests(self) -> int:
        return self.answers.total()

    @property
    def statuses(self) -> dict[int, int]:
        found: Counter[int] = Counter()
        for (_, status), count in self.answers.items():
            found[status] += count
        return dict(sorted(found.items()))


def fuzz(
    document: Mapping[str, Any], *, count: int, send: Send, ids: Mapping[str, Sequence[str]], number: int
) -> Tally:
    """Send `count` requests or somewhat more, spread over every operation, in as many rounds as that takes (an operation
    without anything to vary has few of a kind); raises AssertionError with the first that breaks a promise.

    `ids` are values that there are, by the name of the parameter in the path: half of the requests use one.
    """
    schema = schemathesis.openapi.from_dict(dict(document))
    operations = [found.ok() for found in schema.get_all_operations()]
    kinds = [*product(operations, (GenerationMode.POSITIVE, GenerationMode.NEGATIVE))]
    tally, draws = Tally(), random.Random(number)
    while (left := count - tally.requests) > 0:
        kinds = [
            (operation, mode)
            for operation, mode in kinds
            if _fuzz_operation(
                operation.as_strategy(generation_mode=mode),
                name=operation.label,
                count=max(1, left // len(kinds)),
                send=send,
                ids=ids,
                tally=tally,
                draws=draws,
                number=draws.getrandbits(32),
            )
        ]
    return tally


def _fuzz_operation(
    cases: st.SearchStrategy[Any],
    *,
    name: str,
    count: int,
    send: Send,
    ids: Mapping[str, Sequence[str]],
    tally: Tally,
    draws: random.Random,
    number: int,
) -> bool:
    """Whether there was any such request: an operation without anything to get wrong has no wrong ones."""

    @seed(number)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def one(case: Any) -> None:
        language = draws.choice(LANGUAGES)
        for parameter, values in ids.items():
            if parameter in (case.path_parameters or {}) and values and draws.random() < 0.5:
                case.path_parameters[parameter] = draws.choice(values)
        case.headers = {**(case.headers or {}), "Accept-Language": language}
        response = send(case)
        tally.answers[name, response.status_code] += 1
        _judge(case, response, language=language)

    try:
        one()
    except Exception as error:
        if type(error).__name__ == "Unsatisfiable":
            return False
        raise
    return True


def _judge(case: Any, response: Any, *, language: str) -> None:
    assert response.status_code < 500, f"{response.status_code} {case.as_curl_command()}\n{response.text}"
    case.validate_response(response, checks=CHECKS)
    if response.headers.get("content-type", [""])[0].startswith("application/problem+json"):
        foreign = in_language(json.loads(response.text), language)
        assert not foreign, (language, foreign, case.as_curl_command())
