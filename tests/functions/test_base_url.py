"""The address that an API was called at: a name that API Gateway answers to, or the region's own; no header's."""

from typing import Any

import pytest

from functions.edge.base_url import base_url


def event(stage: str = "$default", **headers: str) -> dict[str, Any]:
    context = {
        "apiId": "a1b2c3",
        "domainName": "a1b2c3.execute-api.eu-central-1.amazonaws.com",
        "stage": stage,
    }
    return {"headers": headers, "requestContext": context}


@pytest.mark.parametrize(
    ("stage", "domain", "emulator", "expected"),
    [
        ("$default", None, "", "https://a1b2c3.execute-api.eu-central-1.amazonaws.com"),
        ("test", None, "", "https://a1b2c3.execute-api.eu-central-1.amazonaws.com/test"),
        # CloudFront calls by the origin's name.
        ("$default", "api.pavlodar.example", "", "https://api.pavlodar.example"),
        (
            *("$default", None, "http://127.0.0.1:4566"),
            "http://127.0.0.1:4566/_aws/execute-api/a1b2c3/$default",
        ),
    ],
)
def test_the_address_is_the_one_to_call_again(
    stage: str, domain: str | None, emulator: str, expected: str
) -> None:
    for headers in ({}, {"host": "evil.example", "x-forwarded-host": "evil.example"}):
        assert base_url(event(stage, **headers), domain=domain, emulator=emulator) == expected
