"""Logs: one JSON object a line, with the ids that follow a complaint through every step, and nothing personal."""

from aws_lambda_powertools import Logger

logger = Logger(service="qamqor", utc=True, log_uncaught_exceptions=False)


def follow(*, complaint_id: str | None, correlation_id: str | None) -> None:
    """Every line that follows carries these two until the next call."""
    logger.append_keys(complaint_id=complaint_id, correlation_id=correlation_id)
