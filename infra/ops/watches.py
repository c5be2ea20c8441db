"""Watches over deadlines: which complaints should have one and have none, and starting it."""

import argparse
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from infra.ops.command import Group, command, done, group, table
from infra.ops.place import Place

if TYPE_CHECKING:
    from functions.complaints.complaint import Complaint

GRACE: Final = timedelta(seconds=60)
_NAME: Final = re.compile(r"(?P<id>[0-9A-Z]{26})-(?P<round>[0-9]+)-", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Lost:
    """A complaint whose next timer somebody should wait for and nobody does. `why`: what became of its watch."""

    complaint: "Complaint"
    kind: str
    at: datetime
    why: str


def add_to(commands: Group) -> None:
    mine = group(
        commands, "watches", help="the watches over deadlines: list those that are lost, start them again"
    )
    command(mine, "lost", _list, help="complaints with a deadline that nobody waits for")
    command(
        mine,
        "restart",
        _restart,
        help="act on what is overdue and have the rest waited for again",
        changes=True,
    )


def lost(place: Place) -> Iterator[Lost]:
    """Compares the complaints that have a watched timer with the executions that run: a request for each page of
    these, and one read of each complaint.
    """
    from functions.complaints.faults import NotFound
    from functions.complaints.timers import watched_timer
    from functions.records.lists import with_timer
    from functions.records.store import ComplaintStore

    store, states = ComplaintStore(), place.client("stepfunctions")
    machine = place.settings["STATE_MACHINE_ARN"]
    running = frozenset(_running(states, machine))
    for complaint_id in with_timer():
        try:
            complaint = store.get(complaint_id)
        except NotFound:
            continue
        timer = watched_timer(complaint)
        if timer is None or (complaint.id, complaint.watch_round) in running:
            continue
        # It may have been started since they were listed.
        state = _state(states, machine, complaint)
        if state != "RUNNING":
            yield Lost(complaint=complaint, kind=timer.kind.value, at=timer.at, why=state)


def restart(place: Place, complaint: "Complaint", *, until: datetime) -> str:
    """Start a watch in place of the lost one; its ARN. Should the lost one live after all, two do no harm: what they
    do is conditioned on the complaint as it was read.
    """
    from functions.route.watch import execution_input

    states = place.client("stepfunctions")
    for number in count(1):
        try:
            started = states.start_execution(
                stateMachineArn=place.settings["STATE_MACHINE_ARN"],
                name=restarted_name(complaint.id, complaint.watch_round, number=number),
                input=json.dumps(execution_input(complaint.id, complaint.watch_round, until=until)),
            )
        except states.exceptions.ExecutionAlreadyExists:
            continue
        return str(started["executionArn"])
    raise AssertionError


def restarted_name(complaint_id: str, watch_round: int, *, number: int) -> str:
    """The name of the round's `number`th watch that an operator started; from 1 on, without gaps."""
    return f"{complaint_id}-{watch_round}-r{number}"


def _list(place: Place, options: argparse.Namespace) -> int:
    from functions.complaints.clock import iso

    rows = [
        (each.complaint.number, each.complaint.id, each.kind, iso(each.at), each.why) for each in lost(place)
    ]
    print(table(rows, head=("number", "complaint", "timer", "at", "its watch")))
    return 1 if rows else 0


def _restart(place: Place, options: argparse.Namespace) -> int:
    from functions.complaints.clock import utc_now
    from functions.records.lists import due_before
    from functions.records.store import ComplaintStore
    from functions.route.escalation.sweep import sweep

    # First what is overdue, as the sweep would: a watch for it would act at once anyhow, and one that has to be
    # acted on by the sweep (photos that never came) has no watch.
    if options.apply:
        swept = sweep(due_before, store=ComplaintStore(), region=place.region, now=utc_now(), grace=GRACE)
        print(f"overdue: {swept.found} found, {swept.moved} acted on, {swept.failed} failed")
    else:
        print(f"overdue: {sum(1 for _ in due_before(utc_now() - GRACE))} to act on")
    found = 0
    for each in lost(place):
        found += 1
        print(f"{each.complaint.number} {each.complaint.id}: {each.why}")
        if options.apply:
            print(f"  {restart(place, each.complaint, until=each.at)}")
    print(f"{found} lost")
    return done(options)


def _running(states: Any, machine: str) -> Iterator[tuple[str, int]]:
    """Id and round of every complaint that an execution watches."""
    pages = states.get_paginator("list_executions").paginate(stateMachineArn=machine, statusFilter="RUNNING")
    for page in pages:
        for execution in page["executions"]:
            if found := _NAME.match(execution["name"]):
                yield found["id"], int(found["round"])
            else:
                # One that started itself anew before its history was full: its name says nothing.
                described = states.describe_execution(executionArn=execution["executionArn"])
                watched = json.loads(described["input"])
                yield watched["complaint_id"], int(watched["watch_round"])


def _state(states: Any, machine: str, complaint: "Complaint") -> str:
    """What became of the watch that the present round began with."""
    from functions.route.watch import FIRST_LAP, execution_name

    name = execution_name(complaint.id, complaint.watch_round, lap=FIRST_LAP)
    arn = machine.replace(":stateMachine:", ":execution:") + f":{name}"
    try:
        return str(states.describe_execution(executionArn=arn)["status"])
    except states.exceptions.ExecutionDoesNotExist:
        return "never started"
