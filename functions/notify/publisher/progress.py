"""How far the public files have followed the complaints, and what of the table is still to be gone through.

The index of changes shows an event a moment after it was made, and one that is dated earlier may show later. So a pass
goes through the index up to the moment it began, over several runs where one has no time for all; and the next pass begins
before the end of it, by OVERLAP. What shows later than that is found by nobody: it is longer than any function may take.
"""

import json
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from functions.complaints.clock import iso, parse_iso
from functions.records.attributes import InstantAttribute
from functions.records.conditional import saved
from functions.records.tables import ComplaintsTable

OVERLAP: Final = timedelta(minutes=5)
PK: Final = "publication"


class ProgressItem(ComplaintsTable):
    """`position` is a moment of the index, and `until` where the pass ends that is under way. `walk` is where a walk
    through all complaints goes on (the key of a scan, as JSON), empty at its beginning. `form` is of what was published
    last: with another everything is to be written anew. `day` is the last on which the map was looked through.
    """

    SK: ClassVar = "progress"

    sk = UnicodeAttribute(range_key=True, default=SK)
    position = UnicodeAttribute()
    until = InstantAttribute(null=True)
    walk = UnicodeAttribute(null=True)
    form = UnicodeAttribute(null=True)
    day = UnicodeAttribute(null=True)
    revision = NumberAttribute(default=0)

    @property
    def pass_ends(self) -> datetime | None:
        return self.until

    @property
    def is_walking(self) -> bool:
        return self.walk is not None

    @property
    def walk_key(self) -> dict[str, Any] | None:
        return json.loads(self.walk) if self.walk else None

    @property
    def reached(self) -> datetime:
        """Everything that happened before this has been seen."""
        return parse_iso(self.position.partition("#")[0])


def progress(now: datetime) -> ProgressItem:
    """Without any, everything is to be gone through."""
    try:
        return ProgressItem.get(PK, ProgressItem.SK, consistent_read=True)
    except ProgressItem.DoesNotExist:
        return ProgressItem(PK, position=iso(now - OVERLAP))


def keep(item: ProgressItem) -> bool:
    """Whether nobody else got further meanwhile."""
    before = int(item.revision)
    item.revision = before + 1
    condition: Any = ProgressItem.revision == before if before else ProgressItem.pk.does_not_exist()
    return saved(item, condition=condition)
