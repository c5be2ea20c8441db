"""`make cost`: what one complaint asks of AWS, counted in the recording of a real run on the emulator, and priced.

Two lives are played: one answered in time, one escalated twice and then answered. Counted is what they cause, not what
waits for them: the story's own polling is left out, and so is what runs by the clock whatever comes in.

DynamoDB's units are worked out by its pricing rules from the sizes of the items that the recorded requests wrote and
read (a transactional write counts twice, an index entry that changes once more): the emulator does not count them.
Durations are not the emulator's, whose machine may be busy: each run of a function counts with what it needs of a core,
from the table beside the prices. `--measure` measures that table anew.
"""

import argparse
import json
import math
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

import yaml

from infra.bill.page import page
from infra.bill.prices import prices
from infra.bill.recorded import RECORDED, Recorded, dump, load, machine_of
from infra.bill.synthesis import synthesised
from infra.local.cast import cast
from infra.local.citizen import declaration, upload
from infra.local.cpu import cpu_ms
from infra.local.deployed import Deployed
from infra.local.recording import Call, calls
from infra.local.story import COMMENT, PLACE, Cast, StoryFailed, photograph
from infra.region.sizes import SIZES
from infra.stacks.escalation import definition
from infra.toolchain import ROOT

PAGE: Final = ROOT / "docs" / "cost.md"
# How often the reporter looks: at the complaint, on a push, and at the inbox.
READS: Final = 3
PHOTO_WIDTH: Final = 1600
"""Pixels: as apps send them, for what it costs to hide faces grows with them."""
PATIENCE_S: Final = 180.0
_KB: Final = 1024
OWN_KEY: Final = "test"
"""`Emulator.client` signs with it; functions sign with the account's number."""
AT_THE_API: Final = frozenset(("IntakeApi", "AgencyApi", "OfficersApi", "Subscriptions"))
BY_THE_CLOCK: Final = frozenset(
    ("Archive", "Figures", "Publisher", "ReleasePushes", "Requeue", "Retention", "SweepDue")
)
FOR_EVERYBODY: Final = "Redaction"
"""What the public face asks for is reckoned apart: `infra.bill.public`."""
PUBLIC_KEYS: Final = ("c/", "open/", "public/", "redact/")
CORE_MB: Final = 1769
"""At so much memory a function has a whole core, with less a share of it.
Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""

type Item = Mapping[str, Any]


@dataclass
class Use:
    """What one life used: how often each thing that AWS charges for, and the AWS requests behind it."""

    complaint_id: str = ""
    units: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    requests: Counter[str] = field(default_factory=Counter)
    runs: Counter[tuple[str, int]] = field(default_factory=Counter)
    """Of each function, with its memory in MB."""


def answered_in_time(players: Cast) -> str:
    """File with a photo, let it be assigned and told, acknowledge, answer, confirm; its id."""
    complaint_id = _filed(players, "rubbish")
    path = f"/v1/agency/complaints/{complaint_id}"
    _well(players.agency.post(f"{path}/acknowledge").status)
    _answer(players, complaint_id)
    return complaint_id


def escalated_twice(players: Cast) -> str:
    """File a danger that nobody answers for two terms."""
    complaint_id = _filed(players, "open_manhole")
    _wait(players, complaint_id, lambda it: it["escalation_level"]["N"] == "2")
    _answer(players, complaint_id)
    return complaint_id


LIVES: Final = {"answered in time": answered_in_time, "escalated twice": escalated_twice}
LEVELS: Final = {"answered in time": 0, "escalated twice": 2}
TRIES: Final = 5


def as_written(here: Deployed, players: Cast, name: str) -> Use:
    """Of a life that went as its name says: on a busy machine another term may pass meanwhile. Raises StoryFailed."""
    for _ in range(TRIES):
        use = measure(here, players, LIVES[name])
        shown = players.citizen.get(f"/v1/complaints/{use.complaint_id}").body
        if shown["escalation_level"] == LEVELS[name]:
            charged_time(use, prices()["lambda_runs"])
            return use
    raise StoryFailed(f"in {TRIES} tries none was {name}")


def measured_cpu(here: Deployed, players: Cast) -> dict[str, float]:
    """Milliseconds of a core in a run of each function, of all lives together; those by the clock are left out, and so is
    what starting another worker needs.
    """
    for play in LIVES.values():
        play(players)
    _settle(here)
    before, runs, used = cpu_ms(here.emulator), Counter[str](), Counter[str]()
    for play in LIVES.values():
        for (name, _), count in measure(here, players, play).runs.items():
            runs[name] += count
    for (name, worker), ms in cpu_ms(here.emulator).items():
        used[name] += round(ms - before.get((name, worker), ms))
    return {name: round(used[name] / count, 1) for name, count in sorted(runs.items())}


def measure(here: Deployed, players: Cast, play: Callable[[Cast], str]) -> Use:
    """Play one life and count what came of it, once everything it causes has happened."""
    phone = {"platform": "fcm", "token": "phone-of-the-cost-count"}
    _well(players.citizen.call("PUT", "/v1/devices/cost", phone).status)
    _settle(here)
    began = time.time()
    complaint_id = play(players)
    _wait(players, complaint_id, _is_looked_through)
    _settle(here)
    made = [call for call in calls(here.emulator, since=began) if call.at >= began]
    use = count(here, made, since=began)
    use.complaint_id = complaint_id
    return use


def count(here: Deployed, made: Sequence[Call], *, since: float) -> Use:
    use = Use()
    ledger = Ledger(here)
    for call in made:
        if _is_polling(call) or _is_for_everybody(call) or call.service not in _CHARGED:
            continue
        use.requests[f"{call.service} {call.action}"] += 1
        for unit, amount in _CHARGED[call.service](call, ledger):
            use.units[unit] += amount
    _invocations(here, use, since=since)
    _transitions(here, use, since=since)
    return use


# ---------------------------------------------------------------------------------------------- what is charged
def _dynamodb(call: Call, ledger: "Ledger") -> Iterator[tuple[str, float]]:
    asked = call.parameters
    match call.action:
        case "TransactWriteItems":
            writes = [(kind, each) for step in asked["TransactItems"] for kind, each in step.items()]
            yield "dynamodb_write_unit", sum(ledger.write(kind, each, times=2) for kind, each in writes)
        case "PutItem" | "UpdateItem" | "DeleteItem":
            yield "dynamodb_write_unit", ledger.write(call.action.removesuffix("Item"), asked, times=1)
        case "GetItem":
            size = ledger.size(asked["TableName"], asked["Key"])
            yield "dynamodb_read_unit", _read_units(size, consistent=asked.get("ConsistentRead", False))
        case "BatchGetItem":
            for table, each in asked["RequestItems"].items():
                for key in each["Keys"]:
                    yield (
                        "dynamodb_read_unit",
                        _read_units(ledger.size(table, key), consistent=each.get("ConsistentRead", False)),
                    )
        case "Query":
            yield (
                "dynamodb_read_unit",
                _read_units(ledger.queried(asked), consistent=asked.get("ConsistentRead", False)),
            )


def _s3(call: Call, ledger: "Ledger") -> Iterator[tuple[str, float]]:
    if call.action.startswith(("Put", "Copy", "Post", "List", "CreateMultipart")):
        yield "s3_put", 1
    elif not call.action.startswith("Delete"):
        yield "s3_get", 1


def _sns(call: Call, ledger: "Ledger") -> Iterator[tuple[str, float]]:
    pushed = call.action == "Publish" and "TargetArn" in call.parameters
    yield ("sns_push" if pushed else "sns_request"), 1


def _sqs(call: Call, ledger: "Ledger") -> Iterator[tuple[str, float]]:
    # Each message that is sent is received and deleted once more, by Lambda.
    sent = len(call.parameters.get("Entries", ())) or 1
    yield "sqs_request", 1 + 2 * sent


_CHARGED: Final = {"dynamodb": _dynamodb, "s3": _s3, "sns": _sns, "sqs": _sqs, "states": lambda *_: iter(())}


def _is_polling(call: Call) -> bool:
    """What the run itself asks, with credentials of its own, or what runs by the clock."""
    index = call.parameters.get("IndexName")
    return (
        (call.access_key == OWN_KEY and call.service != "s3")
        or (call.action == "Query" and index in ("timers", "due"))
        or (call.action == "Query" and _of_held_pushes(call))
    )


def _is_for_everybody(call: Call) -> bool:
    """The publisher's index of changes and its look at all complaints, and whatever lies under the keys of public files
    and of the copies for them.
    """
    if call.service != "s3":
        return call.action == "Scan" or call.parameters.get("IndexName") == "changes"
    # Nobody but the publisher asks for a list of keys.
    return call.action.startswith("List") or any(key.startswith(PUBLIC_KEYS) for key in call.resources[1:])


def _of_held_pushes(call: Call) -> bool:
    return "held#" in json.dumps(call.parameters.get("ExpressionAttributeValues", {}))


def _read_units(size: int, *, consistent: bool) -> float:
    return math.ceil(max(size, 1) / (4 * _KB)) * (1 if consistent else 0.5)


class Ledger:
    """Items as the recorded writes left them, so that the size of each write and of its index entries is known."""

    def __init__(self, here: Deployed) -> None:
        self._client = here.emulator.client("dynamodb")
        self._items: dict[tuple[str, str], Item] = {}
        self._indexes: dict[str, list[dict[str, Any]]] = {}

    def write(self, kind: str, asked: Mapping[str, Any], *, times: int) -> float:
        """Units of one write and of the index entries that it makes, changes or removes."""
        if kind == "ConditionCheck":
            return times * 1.0
        table = asked["TableName"]
        key = asked.get("Key") or {name: asked["Item"][name] for name in ("pk", "sk")}
        name = (table, json.dumps(key, sort_keys=True))
        before = self._items.get(name, {})
        match kind:
            case "Put":
                after = asked["Item"]
            case "Delete":
                after = {}
            case _:
                # What an update left is read back: its attributes' sizes hardly change.
                after = self._read(table, key)
        self._items[name] = after
        size = max(_size(before), _size(after), 1)
        index_writes = sum(_index_units(before, after, index) for index in self._indexes_of(table))
        return math.ceil(size / _KB) * times + index_writes

    def size(self, table: str, key: Item) -> int:
        known = self._items.get((table, json.dumps(key, sort_keys=True)))
        return _size(self._read(table, key) if known is None else known)

    def queried(self, asked: Mapping[str, Any]) -> int:
        """Bytes that the query reads when it is asked again: whole items, before any filter, as DynamoDB charges."""
        names = ("TableName", "IndexName", "KeyConditionExpression", "ScanIndexForward", "Limit")
        again = {name: asked[name] for name in names if name in asked}
        condition = asked.get("KeyConditionExpression", "")
        for kind in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
            used = {
                name: value
                for name, value in asked.get(kind, {}).items()
                if re.search(rf"{re.escape(name)}(?!\w)", condition)
            }
            if used:
                again[kind] = used
        return sum(map(_size, self._client.query(**again)["Items"]))

    def _read(self, table: str, key: Item) -> Item:
        return dict(self._client.get_item(TableName=table, Key=key).get("Item", {}))

    def _indexes_of(self, table: str) -> list[dict[str, Any]]:
        if table not in self._indexes:
            described = self._client.describe_table(TableName=table)["Table"]
            self._indexes[table] = described.get("GlobalSecondaryIndexes", [])
        return self._indexes[table]


def _index_units(before: Item, after: Item, index: Mapping[str, Any]) -> int:
    """One write to add, change or remove an entry, two to move it. Source: DynamoDB developer guide, "Using global
    secondary indexes", provisioned throughput considerations.
    """
    keys = [each["AttributeName"] for each in index["KeySchema"]]
    old, new = _entry(before, keys, index), _entry(after, keys, index)
    if old == new:
        return 0
    writes = sum(math.ceil(max(_size(entry), 1) / _KB) for entry in (old, new) if entry)
    moved = old and new and [old[key] for key in keys] != [new[key] for key in keys]
    return writes if moved or not (old and new) else math.ceil(max(_size(new), 1) / _KB)


def _entry(item: Item, keys: Sequence[str], index: Mapping[str, Any]) -> Item:
    if any(key not in item for key in keys):
        return {}
    projection = index["Projection"]
    if projection["ProjectionType"] == "ALL":
        return item
    wanted = {*keys, "pk", "sk", *projection.get("NonKeyAttributes", ())}
    return {name: value for name, value in item.items() if name in wanted}


def _size(item: Item) -> int:
    """Bytes: names and values in UTF-8, numbers by digits, 100 more for what a table adds to store it is not billed."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, raw),) = value.items()
    match kind:
        case "S" | "B":
            return len(raw.encode() if isinstance(raw, str) else raw)
        case "N":
            return math.ceil(len(raw.strip("-0.")) / 2) + 1
        case "SS" | "NS":
            return sum(len(each) for each in raw)
        case "L":
            return 3 + sum(1 + _value_size(each) for each in raw)
        case "M":
            return 3 + sum(1 + len(name) + _value_size(each) for name, each in raw.items())
        case _:
            return 1


def _invocations(here: Deployed, use: Use, *, since: float) -> None:
    """Every run of a function that a complaint causes, with its memory."""
    logs = here.emulator.client("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        name = group["logGroupName"]
        found = re.search(r"Functions(\w+?)Logs", name)
        if found is None or found[1] in BY_THE_CLOCK or found[1] == FOR_EVERYBODY:
            continue
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=name, filterPattern="REPORT", startTime=int(since * 1000)
        )
        messages = [event["message"] for page in pages for event in page["events"]]
        use.runs += Counter(
            (found[1], int(memory))
            for message in messages
            for memory in re.findall(r"Memory Size: (\d+) MB", message)
        )
    use.units["lambda_request"] = use.runs.total()
    use.units["http_api_request"] = sum(count for (name, _), count in use.runs.items() if name in AT_THE_API)


def charged_time(use: Use, table: Mapping[str, Any]) -> None:
    """Raises KeyError for a function that was not measured."""
    use.units["lambda_gb_second"] = sum(
        count * gb_seconds(table, name, memory=memory) for (name, memory), count in use.runs.items()
    )


def gb_seconds(table: Mapping[str, Any], function: str, *, memory: int) -> float:
    """Of one run: what it computes, at the share of a core that its memory gives, and what it waits for answers. Raises
    KeyError for a function that was not measured.
    """
    computing = table["cpu_ms"][function] * max(1, CORE_MB / memory)
    return float((computing + table["waiting_ms"]) / 1000 * memory / 1024)


def _transitions(here: Deployed, use: Use, *, since: float) -> None:
    """Every state entered, and every retry."""
    states = here.emulator.client("stepfunctions")
    started = states.list_executions(stateMachineArn=here.state_machine_arn, maxResults=100)["executions"]
    for execution in started:
        if execution["startDate"].timestamp() < since:
            continue
        pages = states.get_paginator("get_execution_history").paginate(executionArn=execution["executionArn"])
        entered = [
            event for page in pages for event in page["events"] if event["type"].endswith("StateEntered")
        ]
        use.units["state_transition"] += len(entered) + 1


# -------------------------------------------------------------------------------------------------- the lives
def _filed(players: Cast, category: str) -> str:
    photo = photograph(width=PHOTO_WIDTH)
    answer = players.citizen.post(
        "/v1/complaints",
        {"category": category, "comment": COMMENT, "location": PLACE, "photos": [declaration(photo)]},
    )
    _well(answer.status)
    complaint_id = str(answer.body["id"])
    _well(upload(photo, answer.body["uploads"][0]).status)
    _wait(players, complaint_id, lambda it: it["status"]["S"] == "assigned")
    for _ in range(READS):
        _well(players.citizen.get(f"/v1/complaints/{complaint_id}").status)
    _well(players.citizen.get("/v1/notifications").status)
    return complaint_id


def _answer(players: Cast, complaint_id: str) -> None:
    path = f"/v1/agency/complaints/{complaint_id}"
    photo = photograph(width=PHOTO_WIDTH)
    declared = players.agency.post(f"{path}/photos", {"photos": [declaration(photo)]})
    _well(declared.status)
    proof = declared.body["uploads"][0]
    _well(upload(photo, proof).status)
    _wait(players, complaint_id, lambda it: _is_ready(it, proof["photo_id"]))
    body = {"outcome": "resolved", "text": "It is mended; see the photo.", "photos": [proof["photo_id"]]}
    _well(players.agency.post(f"{path}/answer", body).status)
    _well(players.citizen.post(f"/v1/complaints/{complaint_id}/confirm").status)


def _wait(players: Cast, complaint_id: str, true: Callable[[Item], bool]) -> None:
    """Until `true` holds of the item, read past the API so that waiting is not counted. Raises StoryFailed."""
    here = players.deployed
    client = here.emulator.client("dynamodb")
    key = {"pk": {"S": f"complaint#{complaint_id}"}, "sk": {"S": "complaint"}}
    end = time.monotonic() + PATIENCE_S
    while not true(client.get_item(TableName=here.complaints_table, Key=key, ConsistentRead=True)["Item"]):
        if time.monotonic() > end:
            raise StoryFailed(f"waited {PATIENCE_S:.0f} s")
        time.sleep(0.3)


def _is_ready(item: Item, photo_id: str) -> bool:
    photos = json.loads(item["photos"]["S"])
    return any(each["id"] == photo_id and each["status"] == "ready" for each in photos)


def _is_looked_through(item: Item) -> bool:
    """Whether no photo waits for its public copy: the search writes nothing for longer than it takes to seem at rest."""
    return all(each.get("redaction") for each in json.loads(item["photos"]["S"]) if each["status"] == "ready")


def _well(status: int) -> None:
    if not 200 <= status < 300:
        raise StoryFailed(f"a step was answered {status}")


def _settle(here: Deployed, *, quiet_s: float = 4.0, patience_s: float = 60.0) -> None:
    """Wait until nothing has been written for a while."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        time.sleep(quiet_s)
        lately = calls(here.emulator, since=time.time() - quiet_s)
        if not any(call.action in ("TransactWriteItems", "PutItem", "UpdateItem") for call in lately):
            return


# -------------------------------------------------------------------------------------------------- the page
ASKED: Final = {
    "a domain, with CloudFront and a firewall (`domain`)": "size: city\ndomain: api.price.example",
    "fixed addresses for webhooks (`webhooks.fixed_addresses`)": "size: city\nwebhooks: {fixed_addresses: true}",
}
"""Lines of a region file, by what they ask for."""


def recorded_now(uses: Mapping[str, Use], *, on: date) -> Recorded:
    return Recorded(
        on=on.isoformat(),
        machine=machine_of(definition()),
        # As precise as the page shows them, so that it can be written anew from the file.
        units={
            name: {unit: round(amount, 2) for unit, amount in use.units.items()} for name, use in uses.items()
        },
        requests={name: dict(use.requests) for name, use in uses.items()},
    )


def page_of(recorded: Recorded) -> str:
    """Synthesises what it costs whatever comes in."""
    found = synthesised({**{name: f"size: {name}" for name in SIZES}, **ASKED})
    sizes = {name: found[name] for name in SIZES}
    asked = {name: found[name] for name in ASKED}
    return page(recorded, machine_of(definition()), sizes, asked, prices())


def main(arguments: list[str] | None = None) -> int:
    from infra.local.demo import deployment

    parser = argparse.ArgumentParser(prog="python -m infra.local.cost", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"into {PAGE.relative_to(ROOT)} too")
    parser.add_argument(
        "--page",
        action="store_true",
        help="write the page anew from the last run that was written; run nothing",
    )
    parser.add_argument(
        "--measure", action="store_true", help="what of a core one run of each function needs"
    )
    options = parser.parse_args(arguments)
    if options.page:
        PAGE.write_text(page_of(load()))
        return 0
    with deployment(name="cost") as here, cast(here) as players:
        # What a first start needs is not a complaint's.
        measure(here, players, answered_in_time)
        if options.measure:
            print(yaml.safe_dump({"cpu_ms": measured_cpu(here, players)}))
            return 0
        uses = {name: as_written(here, players, name) for name in LIVES}
    recorded = recorded_now(uses, on=datetime.now(UTC).date())
    text = page_of(recorded)
    if options.write:
        RECORDED.write_text(dump(recorded))
        PAGE.write_text(text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
