"""Sending pushes that are claimed. What cannot go now is held for a minute, and keeps nobody waiting."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from functions.edge.telemetry import follow, logger
from functions.notify.outbox.payload import Message
from functions.notify.outbox.push import Outcome
from functions.records.people.devices import DeviceItem, retire
from functions.records.people.inbox import InboxItem
from functions.records.people.pushes import hold_again
from functions.records.side_by_side import side_by_side

HELD_FOR: Final = timedelta(minutes=1)
AT_ONCE: Final = 10
"""Pushes that are sent at the same time; a client keeps ten connections."""

type Pusher = Callable[[DeviceItem, Message], Outcome]
"""Sends one message to one device; raises nothing that SNS can answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Push:
    """What one step says to a person's phones, claimed for these in the item of the inbox: to each in its language."""

    item: InboxItem
    messages: tuple[tuple[DeviceItem, Message], ...]


class Sender:
    """Sends pushes. Once SNS is throttled it is left alone for HELD_FOR: pushes until then are held unasked."""

    def __init__(self, *, pusher: Pusher, now: Callable[[], datetime]) -> None:
        self._pusher, self._now = pusher, now
        self._throttled_until: datetime | None = None

    @property
    def is_throttled(self) -> bool:
        return self._throttled_until is not None and self._now() < self._throttled_until

    def send(self, push: Push, *, going_on: Callable[[], bool] = lambda: True) -> bool:
        """To each device once; whether all of it is done with. What cannot go, or has no time left to, is held."""
        follow(complaint_id=push.item.complaint_id, correlation_id=None)
        left: list[DeviceItem] = []
        failed = False
        for device, message in push.messages:
            if self.is_throttled or not going_on():
                left.append(device)
                continue
            match self._pushed(device, message):
                case Outcome.THROTTLED:
                    self._throttled_until = self._now() + HELD_FOR
                    left.append(device)
                case Outcome.FAILED:
                    failed = True
                    left.append(device)
                case Outcome.GONE:
                    # The device is retired by the next push, where it cannot be by this one.
                    with suppress(Exception):
                        retire(device)
                        logger.info("device retired", extra={"token": device.token_digest[:12]})
        if left:
            ids = [device.device_id for device in left]
            hold_again(push.item, ids, failed=failed, until=self._now() + HELD_FOR)
        return not left

    def send_all(self, pushes: Sequence[Push], *, going_on: Callable[[], bool]) -> None:
        """Each of them, AT_ONCE at the same time. Raises nothing: who is not pushed has the line in the inbox."""

        def one(push: Push) -> None:
            try:
                self.send(push, going_on=going_on)
            except Exception:
                logger.exception("push neither sent nor held")

        side_by_side(one, pushes, most=AT_ONCE)

    def _pushed(self, device: DeviceItem, message: Message) -> Outcome:
        try:
            return self._pusher(device, message)
        except Exception:
            # What became of it is not known, and it is not repeated.
            logger.exception("push of unknown outcome")
            return Outcome.REFUSED
