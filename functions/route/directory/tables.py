"""The directory in the agencies table: the bodies and categories of the region file, with what they were before.

| pk                | sk                         | item                                              |
|-------------------|----------------------------|---------------------------------------------------|
| directory         | agency#<id>, category#<id> | as the region file that is deployed says          |
| directory#history | agency#<id>#<since>        | as an earlier one said, from `since` to `until`   |
"""

from typing import ClassVar

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from functions.records.agencies.table import AgenciesTable
from functions.records.attributes import InstantAttribute


class DirectoryItem(AgenciesTable):
    PK: ClassVar = "directory"
    HISTORY: ClassVar = "directory#history"

    pk = UnicodeAttribute(hash_key=True, default=PK)
    sk = UnicodeAttribute(range_key=True)
    content = JSONAttribute()
    digest = UnicodeAttribute()
    since = InstantAttribute()
    until = InstantAttribute(null=True)
