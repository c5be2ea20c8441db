"""What goes with a person who leaves, beside their phones and their part in complaints."""

from datetime import datetime, timedelta
from typing import Final

from pynamodb.transactions import TransactWrite

from functions.records.dynamodb import connection
from functions.records.people.inbox import InboxItem
from functions.records.people.profiles import ProfileItem, profile_of
from functions.records.people.pushes import held_item
from functions.records.people.table import PeopleTable, person_pk

# The stream keeps an event for a day; a table can be restored as it was 35 days ago, with whom it knew then. Source:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery.html
_GONE_NOTED: Final = timedelta(days=36)


def erase_profile(person: str, *, at: datetime, now: datetime) -> bool:
    """Replace what the person chose by the note that they are gone from `at` on; whether there was anything."""
    before = profile_of(person)
    ProfileItem(person_pk(person), erased_at=at, expires=now + _GONE_NOTED).save()
    return before is not None and set(before.attribute_values) - {"pk", "sk", "erased_at", "expires"} != set()


def note_erased(person: str, *, at: datetime) -> None:
    """The person is gone from `at` on, whatever they chose since."""
    ProfileItem(person_pk(person)).update([ProfileItem.erased_at.set(at)])


def erase_rest(person: str) -> int:
    """Delete the inbox and the pushes that are held; returns how many items the inbox had.

    What the person has used of the day's limits stays until it expires: leaving must not give the day anew.
    """
    told = list(InboxItem.query(person_pk(person), InboxItem.sk.startswith("told#"), consistent_read=True))
    held = [held_item(item, until=item.held_until) for item in told if item.waits_until is not None]
    doomed: list[PeopleTable] = [*held, *told]
    for start in range(0, len(doomed), 100):
        with TransactWrite(connection=connection()) as transaction:
            for item in doomed[start : start + 100]:
                transaction.delete(item)
    return len(told)
