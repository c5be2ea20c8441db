"""What one complaint asks of AWS does not rise unnoticed: the counts of a real run, held to what they were."""

from collections.abc import Mapping

import pytest

from infra.local.cost import answered_in_time, measure
from infra.local.story import Cast

pytestmark = pytest.mark.timeout(900)

# Requests of one complaint answered in time, with two photos and two bodies' subscriptions. Lower them when a change
# makes fewer; raising one needs a reason in the commit.
MOST = {
    # Who is behind with a complaint: once for each batch of the stream, so that one that fails keeps nobody waiting.
    "dynamodb BatchGetItem": 8,
    # Two photos are looked through for faces and plates, and what was hidden in each is an event that is told: of it
    # come two transactions, eight reads and six updates.
    "dynamodb GetItem": 40,
    "dynamodb PutItem": 11,
    "dynamodb Query": 11,
    "dynamodb TransactWriteItems": 17,
    "dynamodb UpdateItem": 35,
    "s3 DeleteObject": 2,
    "s3 GetObject": 4,
    "s3 PutObject": 6,
    "sns Publish": 3,
    "sqs SendMessageBatch": 8,
    "states StartExecution": 1,
    "states StopExecution": 1,
}
# Deliveries that are nudged twice, a lane looked into once more: what time makes of a run. More of it in one run is not
# there in another; what a change makes more of is in every one.
TOLERANCE = 1.15
SLACK = 2
RUNS = 3


def test_a_complaint_answered_in_time_asks_for_no_more_than_before(players: Cast) -> None:
    """Of all tests on its deployment it is the first: what is counted is of this complaint alone."""
    measure(players.deployed, players, answered_in_time)
    for _ in range(RUNS):
        requests = measure(players.deployed, players, answered_in_time).requests
        more = risen(requests)
        if not more:
            break
    assert more == {}
    assert set(MOST) <= set(requests), "something is not counted any more"


def risen(requests: Mapping[str, int]) -> dict[str, int]:
    """What one run asked for too often; all together, too."""
    more = {
        what: count
        for what, count in requests.items()
        if count > max(MOST.get(what, 0) * TOLERANCE, MOST.get(what, 0) + SLACK)
    }
    in_all = sum(requests.values())
    return more | ({"in all": in_all} if in_all > sum(MOST.values()) * TOLERANCE else {})
