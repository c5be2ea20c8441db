"""Logs: one JSON object a line, with the ids that follow a complaint through every step, and nothing personal."""

from contextvars import ContextVar

from aws_lambda_powertools import Logger

logger = Logger(service="qamqor", utc=True, log_uncaught_exceptions=False)
_correlation: ContextVar[str | None] = ContextVar("correlation_id", default=None)


def follow(*, complaint_id: str | None, correlation_id: str | None) -> None:
    """Every line that this thread writes carries these two until the next call, and every event the second."""
    _correlation.set(correlation_id)
    logger.thread_safe_append_keys(complaint_id=complaint_id, correlation_id=correlation_id)


def correlation_id() -> str | None:
    """What the request that began it all was called, from the first step to the last."""
    return _correlation.get()
