"""What an agency had made under an Idempotency-Key: found again when the request is sent again.

A secret is no part of it. What was made under a key has a secret that follows from the caller's own token, which nobody
keeps, and the `salt` that stands here (`complaints.keys.derived`): whoever sends the request again brings the one, and
the other is read. Who has the table alone knows no secret, and who has the token alone none that was made with it.
"""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from pynamodb.attributes import TTLAttribute, UnicodeAttribute
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from functions.complaints.faults import Conflict
from functions.records.agencies.table import AgenciesTable, agency_pk
from functions.records.conditional import was_refused
from functions.records.dynamodb import connection

if TYPE_CHECKING:
    # Who lets keys in has no need of complaints.
    from functions.records.requests import Request


class MadeItem(AgenciesTable):
    """`made`: id of the key or subscription. `algorithm`: of the secret, where there are several."""

    digest = UnicodeAttribute()
    made = UnicodeAttribute()
    salt = UnicodeAttribute()
    algorithm = UnicodeAttribute(null=True)
    expires = TTLAttribute()


def made_under(agency_id: str, request: "Request") -> MadeItem | None:
    """What was made under the request's key, if it was used."""
    try:
        return MadeItem.get(agency_pk(agency_id), request.pk, consistent_read=True)
    except MadeItem.DoesNotExist:
        return None


def new_made(agency_id: str, request: "Request", *, until: datetime) -> MadeItem:
    """A note with a salt of its own, to be kept so long; to be completed and written beside what is made."""
    return MadeItem(
        agency_pk(agency_id),
        request.pk,
        digest=request.digest,
        salt=secrets.token_hex(32),
        expires=until,
    )


def write_once(note: MadeItem | None, write: Callable[[TransactWrite], None]) -> None:
    """What `write` adds to a transaction, and the note with it. Raises Conflict where something of it is otherwise by
    now, or the key was used; what was being changed at this very moment is worth another try.
    """
    try:
        with TransactWrite(connection=connection()) as transaction:
            write(transaction)
            if note is not None:
                transaction.save(note, condition=MadeItem.pk.does_not_exist())
    except TransactWriteError as error:
        if not was_refused(error):
            raise
        raise Conflict("changed_meanwhile") from error
