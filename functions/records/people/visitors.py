"""Who calls without having signed in, as far as a day's limits need to know: a digest of their network address with a
salt of the day. The salt is gone within three days, and without it nobody finds the address by trying them all.
"""

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import ClassVar

from pynamodb.attributes import TTLAttribute, UnicodeAttribute

from functions.complaints.people_rules import next_day
from functions.records.people.day_limits import COUNT_KEPT
from functions.records.people.table import PeopleTable


class SaltItem(PeopleTable):
    SK: ClassVar = "salt"

    sk = UnicodeAttribute(range_key=True, default=SK)
    salt = UnicodeAttribute(null=True)
    expires = TTLAttribute(null=True)


def visitor_of(address: str, *, now: datetime, zone: str) -> str:
    """The same for the same address on one day (in `zone`), and on another day another one."""
    day, _ = next_day(now, zone=zone)
    digest = hmac.new(_salt_of(str(day), now=now).encode(), address.encode(), hashlib.sha256).hexdigest()
    return f"visitor#{digest}"


def _salt_of(day: str, *, now: datetime) -> str:
    """Whoever asks for it first on a day makes it."""
    item = SaltItem(f"visitors#{day}")
    item.update(
        [
            SaltItem.salt.set(SaltItem.salt | secrets.token_hex(16)),
            SaltItem.expires.set(now + COUNT_KEPT),
        ]
    )
    return str(item.salt)
