"""The agencies table: agencies, their API keys (hash only), officers, webhook subscriptions and templates; and the keys of
partners.

| pk            | sk                  | item                                                        |
|---------------|---------------------|-------------------------------------------------------------|
| agency#<id>   | agency              | what was agreed with the agency, and what it uses of that   |
| agency#<id>   | key#<id>            | an API key; found by its id alone through `by_key`          |
| agency#<id>   | officer#<id>        | an officer; found by the id alone through `by_key`          |
| agency#<id>   | subscription#<id>   | a webhook subscription with the health of its endpoint      |
| agency#<id>   | template#<id>       | a text that the agency keeps ready for its answers          |
| agency#<id>   | request#<hash>      | an Idempotency-Key under which something of it was made     |
| partners      | key#<id>            | a partner's key; in no index, so that none takes it for one |
|               |                     | of an agency                                                |

A partner's subscriptions stand as an agency's do, and what it uses of its limit, under its subject in place of an agency's
id (`agency#partner:<id>`).
"""

import os
from typing import Any

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model

from functions.records.dynamodb import TableMeta, one_client


class ByKey(GlobalSecondaryIndex[Any]):
    class Meta:
        index_name = "by_key"
        projection = AllProjection()

    key_id = UnicodeAttribute(hash_key=True)
    pk = UnicodeAttribute(range_key=True)


@one_client
class AgenciesTable(Model):
    """The table itself, from which the models of its items inherit."""

    class Meta(TableMeta):
        table_name = os.environ.get("AGENCIES_TABLE", "agencies")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)

    by_key = ByKey()


def agency_pk(agency_id: str) -> str:
    return f"agency#{agency_id}"
