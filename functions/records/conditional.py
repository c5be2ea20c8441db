"""Writes that are made only where their condition holds."""

from typing import Any, Final

from pynamodb.exceptions import DeleteError, PutError, TransactWriteError, UpdateError

from functions.records.dynamodb import error_code

_REFUSED: Final = "ConditionalCheckFailedException"


def saved(item: Any, *, condition: Any) -> bool:
    """Whether the condition held."""
    try:
        item.save(condition=condition)
    except PutError as error:
        if error_code(error) != _REFUSED:
            raise
        return False
    return True


def updated(item: Any, actions: list[Any], *, condition: Any) -> bool:
    """Whether the condition held; the item then has its new values."""
    try:
        item.update(actions, condition=condition)
    except UpdateError as error:
        if error_code(error) != _REFUSED:
            raise
        return False
    return True


def deleted(item: Any, *, condition: Any) -> bool:
    """Whether the condition held."""
    try:
        item.delete(condition=condition)
    except DeleteError as error:
        if error_code(error) != _REFUSED:
            raise
        return False
    return True


def was_refused(error: TransactWriteError) -> bool:
    """Whether a condition of the transaction did not hold."""
    return "ConditionalCheckFailed" in reasons_of(error)


def collided(error: TransactWriteError) -> bool:
    """Whether a transaction failed because somebody else changed, or was changing, what it was to change."""
    return not reasons_of(error).isdisjoint({"ConditionalCheckFailed", "TransactionConflict"})


def reasons_of(error: TransactWriteError) -> set[str]:
    """DynamoDB's names for why it cancelled the transaction; empty where it did not."""
    return {reason.code for reason in error.cancellation_reasons if reason is not None}
