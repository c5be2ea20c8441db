"""Having everything tried that waits for a subscription."""

from datetime import datetime

from functions.notify.webhooks.delivery import KEPT, Lane
from functions.notify.webhooks.jobs import Enqueue
from functions.notify.webhooks.nudges import JobCall
from functions.notify.webhooks.timers import DynamoTimers
from functions.records.agencies.subscriptions import SubscriptionItem


def wake(item: SubscriptionItem, *, enqueue: Enqueue, now: datetime) -> None:
    """Begin the job that wakes every lane of the subscription in which something waits."""
    job_id = DynamoTimers().recover(any_lane(item), since=now - KEPT, now=now)
    enqueue([JobCall(agency_id=item.agency_id, subscription_id=item.id, job_id=job_id)])


def any_lane(item: SubscriptionItem) -> Lane:
    """For what is of the whole subscription and of no complaint."""
    return Lane(agency_id=item.agency_id, subscription_id=item.id, complaint_id="-")
