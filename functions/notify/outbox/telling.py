"""Tell one person of one step: the inbox first, which is the truth, then the phones (`notify.outbox.sending`).

A push cannot be sent and recorded in one step, so one of two faults is chosen. Here a push is claimed in the inbox
item before it is sent, and the claim is given back only where SNS certainly did not take it. A crash in between costs
a push, never a second one; what it would have said is in the inbox.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from functions.complaints.history import push, push_kind
from functions.complaints.ids import made_at
from functions.complaints.people_rules import Verdict
from functions.complaints.region import Region
from functions.notify.outbox.inbox import follows, inbox_item
from functions.notify.outbox.payload import Message, message_of
from functions.notify.outbox.sending import Push
from functions.records.outbox import Published
from functions.records.people.devices import DeviceItem
from functions.records.people.inbox import InboxItem, add_to_inbox, event_of, viewer_of
from functions.records.people.person import Person, person_of
from functions.records.people.pushes import claim_pushes, hold_push, mark_held, release_pushes, was_overtaken

FAILURES_MOST: Final = 5
"""So many tries of one person's push may fail before it is left to the inbox."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Plan:
    """Whether the push goes out, is held `until` then, or is dropped."""

    verdict: Verdict
    until: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Released:
    """What became of a push that was held: `push` is to be sent now, or it is held on, `until` then; or neither."""

    push: Push | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Teller:
    """Tells one person of one event: a line in the inbox, and a push to each of their phones."""

    region: Region
    now: Callable[[], datetime]

    def tell(self, published: Published, subject: str) -> Push | None:
        """Write the line; returns the push that is the caller's to send. Run again, it does what is still to be done."""
        now = self.now()
        person = person_of(subject, now=now)
        if person.was_erased_after(published.event.at):
            return None
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
            _give_back(item, devices)
            raise
        if before is None:
            if held_until is not None:
                hold_push(item, until=held_until)
            return self._push(item, devices, person)
        if before.waits_until is not None:
            hold_push(before, until=before.waits_until)
            return None
        return self._carried_on(before, person, plan).push

    def release(self, item: InboxItem) -> Released:
        """Claim what was held. What a later step of the complaint has overtaken on the phone is not sent any more, nor is
        anything to whoever has left it.
        """
        if item.followed is not None and follows(item.followed, item.person) is None:
            return Released()
        now = self.now()
        person = person_of(item.person, now=now)
        plan = self._plan(item, person, now=now)
        if plan.verdict == "hold":
            return Released(until=plan.until)
        if was_overtaken(item):
            return Released()
        return self._carried_on(item, person, plan)

    def _plan(
        self, item: InboxItem, person: Person, *, now: datetime, acted_at: datetime | None = None
    ) -> _Plan:
        kind = push_kind(event_of(item), viewer=viewer_of(item))
        if kind is None:
            return _Plan(verdict="drop", until=None)
        verdict, until = person.preferences(self.region).verdict(kind, now, acted_at=acted_at)
        return _Plan(verdict=verdict, until=until)

    def _carried_on(self, item: InboxItem, person: Person, plan: _Plan) -> Released:
        """What an earlier run did not come to."""
        left = [device for device in person.devices if device.device_id not in (item.pushed or ())]
        if not left or plan.verdict == "drop" or int(item.failures or 0) >= FAILURES_MOST:
            return Released()
        if plan.until is not None:
            mark_held(item, until=plan.until)
            hold_push(item, until=plan.until)
            return Released(until=plan.until)
        try:
            claimed = claim_pushes(item, (device.device_id for device in left))
        except Exception:
            _give_back(item, left)
            raise
        return Released(push=self._push(item, left, person) if claimed else None)

    def _push(self, item: InboxItem, devices: Sequence[DeviceItem], person: Person) -> Push | None:
        """What is sent now: to each phone in the language that it has now."""
        if not devices:
            return None
        spoken = {device.device_id: self._language(item, person, device) for device in devices}
        messages = {language: self._message(item, language) for language in set(spoken.values())}
        return Push(
            item=item,
            messages=tuple((device, messages[spoken[device.device_id]]) for device in devices),
        )

    def _language(self, item: InboxItem, person: Person, device: DeviceItem) -> str:
        return person.language_on(device) or item.language or self.region.languages[0]

    def _message(self, item: InboxItem, language: str) -> Message:
        """Of a step that is worth a push."""
        event = event_of(item)
        text = push(
            event,
            number=item.number,
            category=item.category,
            region=self.region,
            language=language,
            viewer=viewer_of(item),
        )
        assert text is not None
        return message_of(event, text)


def _give_back(item: InboxItem, devices: Iterable[DeviceItem]) -> None:
    """As far as it can be done: the step fails in any case, and is run again."""
    if ids := [device.device_id for device in devices]:
        with suppress(Exception):
            release_pushes(item, ids)


def _acted_at(published: Published, subject: str) -> datetime | None:
    """When the person sent what this step answers: the complaint, or the photo. Its id says so, without a read.

    A part's id says when a body divided the complaint, and is nothing that the person did.
    """
    event = published.event
    if subject != published.reporter or published.parent_id is not None:
        return None
    return made_at(event.data.get("photo") or event.complaint_id)
