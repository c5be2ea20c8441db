"""A bounded run of `make fuzz`: whatever is sent, the answer is one that was described, in the language asked for."""

import json

import pytest

from infra.packaging.openapi import document
from tests.fuzz.run import fuzz
from tests.fuzz.town import PERSON, town
from tests.fuzz.wsgi import sender
from tests.region_fixture import region
from tests.sweeps import draws

REQUESTS = draws(gate=800, whole=4_000)


# Where time is up in the midst of a request, Hypothesis takes it for a fault of the strategy.
@pytest.mark.timeout(1200)
def test_no_request_is_answered_in_a_way_that_is_not_described() -> None:
    with town() as made:
        tally = fuzz(
            json.loads(document(region())),
            count=REQUESTS,
            send=sender(made.gateway, person=PERSON),
            ids=made.ids,
            number=1,
        )
    assert tally.requests > REQUESTS / 2
    assert {200, 201, 404, 422} <= set(tally.statuses)
