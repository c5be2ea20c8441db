"""The people table: profile, devices and inbox of a person, known by an opaque subject and nothing else.

| pk                | sk                              | item                                                     |
|-------------------|---------------------------------|----------------------------------------------------------|
| person#<subject>  | profile                         | what the person chose                                    |
| person#<subject>  | device#<device>                 | a phone that is signed in                                |
| person#<subject>  | told#<time>#<complaint>#<seq>   | an item of the inbox, for the region's `terms.inbox`      |
| person#<subject>  | count#<day>                     | what the person filed that day                           |
| person#<subject>  | count#<day>#<what>              | what else they did that day that has a limit             |
| visitors#<day>    | salt                            | what makes a day's visitors out of network addresses     |
| token#<digest>    | token                           | whose a push token is: makes it one person's             |
| held#<shard>      | <time>#<subject>#<inbox item>   | a push that waits for quiet hours to end                 |
| telling#<event>   | progress                        | how far the followers of one event have been told        |
"""

import os

from pynamodb.attributes import UnicodeAttribute
from pynamodb.models import Model

from functions.records.dynamodb import TableMeta, one_client


@one_client
class PeopleTable(Model):
    """The table itself, from which the models of its items inherit."""

    class Meta(TableMeta):
        table_name = os.environ.get("PEOPLE_TABLE", "people")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


def person_pk(person: str) -> str:
    return f"person#{person}"
