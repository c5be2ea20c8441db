"""A batch of the complaints table's stream: its events handed on in order, and how far they were handled.

One complaint's come in their order, as `records.outbox` says; of several complaints nothing is known.

Not by Powertools' batch processor, which takes the records one by one whatever became of those before: here a complaint's
events keep their order, complaints do not wait for each other, and past the first failure nothing is begun.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Lock
from typing import Any, Final, Self

from functions.edge.side_by_side import side_by_side
from functions.edge.telemetry import follow, logger
from functions.records.outbox import Published, published_by

AT_ONCE: Final = 10
"""Complaints of one batch that are worked on at the same time; a client keeps ten connections."""


class Batch:
    """The events of a stream batch, in order, and how far they were handled.

    A stream is checkpointed at the first record that fails and read again from there. So after a failure nothing is
    begun any more that comes later; what has begun already is done twice, which changes nothing.
    """

    def __init__(self, events: Sequence[Published], *, numbers: Sequence[str]) -> None:
        """`numbers` are the records' sequence numbers; where they are more than the events, the next is unreadable."""
        self._events, self._numbers = events, numbers
        self._failed = len(events)
        self._failing = Lock()

    @classmethod
    def read(cls, records: Sequence[Mapping[str, Any]]) -> Self:
        numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
        events: list[Published] = []
        for record, number in zip(records, numbers, strict=True):
            try:
                events.append(published_by(record["dynamodb"]["NewImage"]))
            except Exception:
                logger.exception("event not read", extra={"sequence_number": number})
                break
        return cls(events, numbers=numbers)

    @property
    def reached(self) -> Sequence[Published]:
        """The events up to and with the first that failed."""
        return self._events[: self._failed + 1]

    @property
    def done(self) -> Sequence[Published]:
        """The events before the first that failed."""
        return self._events[: self._failed]

    @property
    def response(self) -> dict[str, list[dict[str, str]]]:
        """The partial batch response of an event source mapping."""
        failed = self._numbers[self._failed : self._failed + 1]
        return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}

    def each(self, handle: Callable[[Published], None]) -> None:
        """Hand out each event that was reached: a complaint's in their order, AT_ONCE complaints at the same time."""

        def in_order(positions: Sequence[int]) -> None:
            for position in positions:
                if not self._handled(position, handle):
                    return

        complaints = _grouped((event.event.complaint_id, at) for at, event in enumerate(self.reached))
        side_by_side(in_order, list(complaints.values()), most=AT_ONCE)

    def together[Key](
        self,
        keys: Callable[[Published], Iterable[Key]],
        handle: Callable[[Key, Sequence[Published]], None],
    ) -> None:
        """Hand out at once, in their order, the events that were reached and have a key in common.

        Where it fails, the first of them has.
        """

        def whole(group: tuple[Key, Sequence[int]]) -> None:
            key, positions = group
            self._handled(positions[0], lambda _: handle(key, [self._events[at] for at in positions]))

        groups = _grouped((key, at) for at, event in enumerate(self.reached) for key in keys(event))
        side_by_side(whole, list(groups.items()), most=AT_ONCE)

    def _handled(self, position: int, handle: Callable[[Published], None]) -> bool:
        if position > self._failed:
            return False
        event = self._events[position]
        try:
            follow(complaint_id=event.event.complaint_id, correlation_id=event.correlation_id)
            handle(event)
        except Exception:
            logger.exception("event not handled", extra={"sequence_number": self._numbers[position]})
            with self._failing:
                self._failed = min(self._failed, position)
            return False
        return True


def consume(
    records: Sequence[Mapping[str, Any]], handle: Callable[[Published], None]
) -> dict[str, list[dict[str, str]]]:
    """Hand each event of a stream batch to `handle`; returns the partial batch response."""
    batch = Batch.read(records)
    batch.each(handle)
    return batch.response


def _grouped[Key](pairs: Iterable[tuple[Key, int]]) -> Mapping[Key, Sequence[int]]:
    groups: dict[Key, list[int]] = {}
    for key, position in pairs:
        groups.setdefault(key, []).append(position)
    return groups
