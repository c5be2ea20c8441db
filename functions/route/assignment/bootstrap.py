"""What carries on from events, made once for a container: of the stream's, and once more of those that were set aside."""

from collections.abc import Callable

from functions.complaints.clock import utc_now
from functions.complaints.region import load_region
from functions.edge.settings import region_file
from functions.edge.stream import Batch
from functions.edge.telemetry import correlation_id
from functions.records.store import ComplaintStore
from functions.route.assignment.consumer import on_event
from functions.route.watch import StepFunctionsWatch


def bootstrap(*, state_machine_arn: str) -> Callable[[Batch], None]:
    region = load_region(region_file())
    store = ComplaintStore(correlation_id=correlation_id)
    watch = StepFunctionsWatch(state_machine_arn=state_machine_arn)

    def work(batch: Batch) -> None:
        batch.each(lambda event, _: on_event(event, store=store, watch=watch, region=region, now=utc_now))

    return work
