"""What one complaint asks of AWS does not rise unnoticed: the counts of a real run, held to what they were."""

from pathlib import Path

import pytest

from infra.local import emulator
from infra.local.assembly import assembly
from infra.local.cast import cast
from infra.local.cost import answered_in_time, measure
from infra.local.deployed import REGION_ID, deploy
from infra.region import load_region_file

pytestmark = pytest.mark.timeout(300)

# Requests of one complaint answered in time, with two photos and two bodies' subscriptions. Lower them when a change
# makes fewer; raising one needs a reason in the commit.
MOST = {
    "dynamodb GetItem": 30,
    "dynamodb PutItem": 9,
    "dynamodb Query": 9,
    "dynamodb TransactWriteItems": 14,
    "dynamodb UpdateItem": 25,
    "s3 DeleteObject": 2,
    "s3 GetObject": 2,
    "s3 PutObject": 6,
    "sns Publish": 3,
    "sqs SendMessageBatch": 6,
    "states StartExecution": 1,
    "states StopExecution": 1,
}
# Deliveries that are nudged twice, a lane looked into once more, a minute's claims made anew: what time makes of a run.
TOLERANCE = 1.25
IN_ALL = 1.15
SLACK = 2


def test_a_complaint_answered_in_time_asks_for_no_more_than_before(tmp_path: Path) -> None:
    region = load_region_file(REGION_ID)
    with emulator.start(region=region.aws_region, account=region.account, state_dir=tmp_path) as own:
        here = deploy(own, folder=assembly())
        with cast(here) as players:
            answered_in_time(players)
            use = measure(here, players, answered_in_time)
    risen = {
        what: count
        for what, count in use.requests.items()
        if count > max(MOST.get(what, 0) * TOLERANCE, MOST.get(what, 0) + SLACK)
    }
    assert risen == {}
    assert sum(use.requests.values()) <= sum(MOST.values()) * IN_ALL
    assert set(MOST) <= set(use.requests), "something is not counted any more"
