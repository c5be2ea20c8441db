"""Which metrics of our own CloudWatch is paid for, and when: by the month, for the hours in which they are written."""

from typing import Final

from functions.edge import metrics
from functions.notify.webhooks import metrics as webhooks

BY_THE_CLOCK: Final = frozenset(
    {
        metrics.OLDEST_SET_ASIDE,
        metrics.UNWATCHED,
        metrics.OLDEST_UNWATCHED,
        metrics.MISSING_YEAR,
        metrics.OLDEST_UNMOVED,
        metrics.OLDEST_UNPUBLISHED,
        metrics.HEADS_ARCHIVED,
    }
)
"""Written every hour, zeroes too."""
BY_COMPLAINTS: Final = frozenset(
    {
        metrics.SUBMITTED,
        metrics.ASSIGNED,
        metrics.ANSWERED,
        metrics.ANSWERED_IN_TIME,
        metrics.ESCALATED,
        metrics.ESCALATED_LATE,
        metrics.REFUTED,
        metrics.CLOSED,
        metrics.ASSIGNMENT_DELAY,
        metrics.ASSIGNED_PROMPTLY,
        metrics.TOLD,
        metrics.TOLD_LATE,
        metrics.TELLING_DELAY,
        metrics.PUSH_SENT,
        metrics.PUSH_FAILED,
        webhooks.UNDELIVERED_AGE,
    }
)
"""Written when something happens."""
