"""Tell one person of one step: the inbox first, which is the truth, then the phones.

A push cannot be sent and recorded in one step, so one of two faults is chosen. Here a push is claimed in the inbox
item before it is sent, and the claim is given back only where SNS certainly did not take it. A crash in between costs
a push, never a second one; what it would have said is in the inbox.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from functions.complaints.history import PushText, push
from functions.complaints.ids import made_at
from functions.complaints.people_rules import Verdict
from functions.complaints.region import Region
from functions.edge.telemetry import logger
from functions.notify.outbox.inbox import inbox_item
from functions.notify.outbox.payload import Message, message_of
from functions.notify.outbox.push import Outcome
from functions.records.outbox import Published
from functions.records.people.devices import DeviceItem, retire
from functions.records.people.inbox import InboxItem, add_to_inbox, event_of
from functions.records.people.person import Person, person_of
from functions.records.people.pushes import claim_pushes, hold_push, mark_held, release_pushes

FAILURES_MOST: Final = 5
"""So many tries of one person's push may fail before it is left to the inbox, and the stream goes on."""


type Pusher = Callable[[DeviceItem, Message], Outcome]
"""Sends one message to one device; raises nothing that SNS can answer."""


class NotPushed(Exception):
    """Some pushes could not be sent yet; the step is to be run again. `throttled`: nor could any other be."""

    def __init__(self, *, throttled: bool = False) -> None:
        super().__init__("throttled" if throttled else "failed")
        self.throttled = throttled


@dataclass(frozen=True, kw_only=True, slots=True)
class _Plan:
    """Whether the push goes out, is held `until` then, or is dropped."""

    verdict: Verdict
    until: datetime | None
    text: PushText | None


@dataclass(frozen=True, kw_only=True)
class Teller:
    """Tells one person of one event: a line in the inbox, and a push to each of their phones."""

    region: Region
    pusher: Pusher
    now: Callable[[], datetime]

    def tell(self, published: Published, subject: str) -> None:
        """Raises NotPushed where SNS is throttled or fails; run again, it does what is still to be done."""
        now = self.now()
        person = person_of(subject, now=now)
        if person.was_erased_after(published.event.at):
            return
        item = inbox_item(published, subject, kept=self.region.inbox_kept.elapsed, now=now)
        plan = self._plan(item, person, now=now, acted_at=_acted_at(published, subject))
        devices = person.devices if plan.verdict == "send" else ()
        if devices:
            item.pushed = {device.device_id for device in devices}
        held_until = plan.until if person.devices else None
        item.held_until = held_until
        try:
            before = add_to_inbox(item)
        except Exception:
            self._give_back(item, devices)
            raise
        if before is None:
            if held_until is not None:
                hold_push(item, until=held_until)
            self._send(item, devices, plan)
        elif before.waits_until is not None:
            hold_push(before, until=before.waits_until)
        else:
            self._carry_on(before, person, plan)

    def release(self, item: InboxItem) -> datetime | None:
        """Send what was held; returns until when it is to be held on, where it is quiet again."""
        now = self.now()
        person = person_of(item.person, now=now)
        plan = self._plan(item, person, now=now)
        if plan.verdict == "hold":
            return plan.until
        self._carry_on(item, person, plan)
        return None

    def _plan(
        self, item: InboxItem, person: Person, *, now: datetime, acted_at: datetime | None = None
    ) -> _Plan:
        language = person.language or item.language or self.region.languages[0]
        text = push(event_of(item), region=self.region, language=language)
        if text is None:
            return _Plan(verdict="drop", until=None, text=None)
        verdict, until = person.preferences(self.region).verdict(text.kind, now, acted_at=acted_at)
        return _Plan(verdict=verdict, until=until, text=text)

    def _carry_on(self, item: InboxItem, person: Person, plan: _Plan) -> None:
        """What an earlier run did not come to."""
        left = [device for device in person.devices if device.device_id not in (item.pushed or ())]
        if not left or plan.verdict == "drop" or int(item.failures or 0) >= FAILURES_MOST:
            return
        if plan.until is not None:
            mark_held(item, until=plan.until)
            hold_push(item, until=plan.until)
            return
        try:
            claimed = claim_pushes(item, (device.device_id for device in left))
        except Exception:
            self._give_back(item, left)
            raise
        if claimed:
            self._send(item, left, plan)

    def _send(self, item: InboxItem, devices: Sequence[DeviceItem], plan: _Plan) -> None:
        """Send to devices that are claimed."""
        if not devices or plan.text is None:
            return
        message = message_of(event_of(item), plan.text)
        failed: list[DeviceItem] = []
        for number, device in enumerate(devices):
            try:
                outcome = self.pusher(device, message)
            except Exception:
                # What became of this one is not known; of the others it is.
                self._give_back(item, [*failed, *devices[number + 1 :]])
                raise
            if outcome is Outcome.THROTTLED:
                release_pushes(item, _ids([*failed, *devices[number:]]), failed=False)
                raise NotPushed(throttled=True)
            if outcome is Outcome.FAILED:
                failed.append(device)
            elif outcome is Outcome.GONE:
                retire(device)
                logger.info("device retired", extra={"token": device.token_digest[:12]})
        if failed and release_pushes(item, _ids(failed), failed=True) < FAILURES_MOST:
            raise NotPushed

    def _give_back(self, item: InboxItem, devices: Sequence[DeviceItem]) -> None:
        """As far as it can be done: the step fails in any case, and is run again."""
        if devices:
            with suppress(Exception):
                release_pushes(item, _ids(devices), failed=False)


def _acted_at(published: Published, subject: str) -> datetime | None:
    """When the person sent what this step answers: the complaint, or the photo. Its id says so, without a read.

    A part's id says when a body divided the complaint, and is nothing that the person did.
    """
    event = published.event
    if subject != published.reporter or published.parent_id is not None:
        return None
    return made_at(event.data.get("photo") or event.complaint_id)


def _ids(devices: Sequence[DeviceItem]) -> list[str]:
    return [device.device_id for device in devices]
