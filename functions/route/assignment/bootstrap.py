"""What carries on from events, made once for a container: of the stream's, and once more of those that were set aside."""

from collections.abc import Callable
from functools import partial

from functions.complaints.clock import utc_now
from functions.complaints.region import load_region
from functions.edge.settings import region_file
from functions.edge.stream import Batch
from functions.edge.telemetry import correlation_id
from functions.records.dynamodb import connection
from functions.records.erasure import erase_left
from functions.records.store import ComplaintStore
from functions.route.assignment.consumer import on_event
from functions.route.copies import PublicCopies
from functions.route.watch import StepFunctionsWatch


def bootstrap(*, state_machine_arn: str, photos_bucket: str) -> Callable[[Batch], None]:
    region = load_region(region_file())
    store = ComplaintStore(correlation_id=correlation_id)
    watch = StepFunctionsWatch(state_machine_arn=state_machine_arn)

    def left(complaint_id: str, seq: int) -> None:
        erase_left(complaint_id, seq=seq, connection=connection())

    carry_on = partial(
        on_event,
        store=store,
        watch=watch,
        erase_left=left,
        copy_changed=PublicCopies(bucket=photos_bucket).changed,
        followers=store.followers,
        region=region,
        now=utc_now,
    )

    def work(batch: Batch) -> None:
        batch.each(lambda event, _: carry_on(event))

    return work
