"""Bring items back from a table that point-in-time recovery made beside the deployment's own.

What was meant to be gone stays gone: what has expired since, what belonged to people who were erased, phones that
signed out, the entries of closed complaints on their supervisors' worklists.
"""

import argparse
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

from infra.ops.command import Group, command, done
from infra.ops.place import Place

type Item = Mapping[str, Any]

# Deliveries are not among them: what was sent would be sent again. What an agency missed, `subscriptions replay` or
# its own `GET /v1/agency/changes` brings.
TABLES: Final = ("complaints", "agencies", "people")
WHOLE: Final = frozenset(("complaints", "people"))
"""Of the others one partition is restored at a time, read before it is written: what an agency deleted is missing too."""
THREADS: Final = 16
_COMPLAINT: Final = {"S": "complaint"}


def add_to(commands: Group) -> None:
    parser = command(
        commands,
        "restore",
        _restore,
        help="put back what a table lacks, from one that was restored beside it; nothing that is there is touched",
        changes=True,
    )
    parser.add_argument("table", choices=TABLES)
    parser.add_argument("source", help="the name of the restored table")
    parser.add_argument("--pk", help="the items of one partition alone, for example complaint#01J…")
    parser.add_argument("--sk", help="with --pk: one item of it, for example subscription#01J…")


def items(client: Any, table: str, *, pk: str | None) -> Iterator[Item]:
    """Every item of the table or of one partition, in DynamoDB's own notation."""
    if pk is None:
        pages = client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    else:
        pages = client.get_paginator("query").paginate(
            TableName=table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
            ConsistentRead=True,
        )
    for page in pages:
        yield from page["Items"]


def put_back(client: Any, table: str, item: Item) -> bool:
    """Whether it was missing; what is there stays as it is, for it is newer."""
    try:
        client.put_item(TableName=table, Item=item, ConditionExpression="attribute_not_exists(pk)")
    except client.exceptions.ConditionalCheckFailedException:
        return False
    return True


def missing(client: Any, table: str, item: Item) -> bool:
    return _item(client, table, item["pk"], item["sk"]) is None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What of an item is to be put back, as the deployment's own tables have it now."""

    client: Any
    table: str
    source: str
    people_table: str
    now: int
    _erased: dict[str, str] = field(default_factory=dict)

    def of(self, item: Item) -> Item | None:
        """The item, without what is of an erased person; None where it is to stay gone."""
        if "expires" in item and int(item["expires"]["N"]) <= self.now:
            return None
        kind = item["sk"]["S"].partition("#")[0]
        return {
            "follower": self._of_person,
            "supervisor": self._supervisor,
            "complaint": self._complaint,
            "event": self._event,
            "profile": self._of_person,
            "told": self._of_person,
            "set_aside": self._gone,
            "touched": self._gone,
            # Without it the public files are all written anew.
            "progress": self._gone,
        }.get(kind, self._other)(item)

    def _gone(self, item: Item) -> None:
        """Whoever was to be told of something then, or to follow it, has been since, or was given up."""

    def _other(self, item: Item) -> Item | None:
        # Of the people's table nothing else: phones sign in anew at every start of the app, and a push that was held
        # has been sent.
        return None if self.table == self.people_table else item

    def _of_person(self, item: Item) -> Item | None:
        person = item["person"]["S"] if "person" in item else item["pk"]["S"].partition("#")[2]
        return None if self._was_erased(person, _time_of(item, "told_at", "joined_at")) else item

    def _complaint(self, item: Item) -> Item:
        from functions.complaints.personal import without_person, without_words
        from functions.records.codec import complaint_item, complaint_of
        from functions.records.tables import ComplaintItem

        if self._is_of_erased(item):
            complaint = complaint_of(ComplaintItem.from_raw_data(dict(item)))
            blank: Item = complaint_item(without_person(without_words(complaint))).serialize()
            return blank
        # Without its last event the stream brings nothing: what was told long ago is not told again.
        return {name: value for name, value in item.items() if name != "last_event"}

    def _event(self, item: Item) -> Item:
        from functions.records.erasure import erase_event
        from functions.records.tables import EventItem

        if not self._is_of_erased(item):
            return item
        blank: Item = erase_event(EventItem.from_raw_data(dict(item))).serialize()
        return blank

    def _is_of_erased(self, item: Item) -> bool:
        person = next((item[name]["S"] for name in ("person", "reporter") if name in item), None)
        return person is not None and self._was_erased(person, _time_of(item, "submitted_at", "at"))

    def _supervisor(self, item: Item) -> Item | None:
        from functions.complaints.complaint import ENDED
        from functions.records.codec import complaint_of, supervisor_item
        from functions.records.tables import ComplaintItem

        places = (_item(self.client, table, item["pk"], _COMPLAINT) for table in (self.table, self.source))
        stands = next((found for found in places if found is not None), None)
        if stands is None:
            return None
        complaint, body = complaint_of(ComplaintItem.from_raw_data(dict(stands))), item["agency_id"]["S"]
        if complaint.status in ENDED or body not in complaint.escalated_to:
            return None
        entry: Item = supervisor_item(complaint, body).serialize()
        return entry

    def _was_erased(self, person: str, at: str) -> bool:
        """Whether the person was erased after that."""
        if person not in self._erased:
            profile = _item(self.client, self.people_table, {"S": f"person#{person}"}, {"S": "profile"})
            self._erased[person] = (profile or {}).get("erased_at", {}).get("S", "")
        erased_at = self._erased[person]
        return erased_at != "" and at <= erased_at


def _item(client: Any, table: str, pk: Item, sk: Item) -> Item | None:
    found: Item | None = client.get_item(TableName=table, Key={"pk": pk, "sk": sk}, ConsistentRead=True).get(
        "Item"
    )
    return found


def _time_of(item: Item, *names: str) -> str:
    """Empty, which is before all others, where it has none."""
    return next((item[name]["S"] for name in names if name in item), "")


def _restore(place: Place, options: argparse.Namespace) -> int:
    if options.pk is None and options.table not in WHOLE:
        raise ValueError(f"{options.table} are restored one partition at a time: name it with --pk")
    if options.sk is not None and options.pk is None:
        raise ValueError("--sk names an item of the partition that --pk names")
    client = place.client("dynamodb")
    table = place.settings[f"{options.table.upper()}_TABLE"]
    wanted = Wanted(
        client=client,
        table=table,
        source=options.source,
        people_table=place.settings["PEOPLE_TABLE"],
        now=int(time.time()),
    )
    step = put_back if options.apply else missing

    def restored(item: Item) -> bool:
        kept = wanted.of(item)
        absent = kept is not None and step(client, table, kept)
        if absent and options.pk is not None:
            print(f"  {item['pk']['S']} {item['sk']['S']}")
        return absent

    found = items(client, options.source, pk=options.pk)
    if options.sk is not None:
        found = (item for item in found if item["sk"]["S"] == options.sk)
    with ThreadPoolExecutor(THREADS) as pool:
        absent = sum(pool.map(restored, found))
    print(
        f"{absent} items of {options.source} {'were put back into' if options.apply else 'are missing in'} {table}"
    )
    return done(options)
