"""A batch of the complaints table's stream: its events handed on in order, and what failed set aside.

One complaint's come in their order, as `records.outbox` says; of several complaints nothing is known. Whoever cannot be
told of an event waits with the complaint's later ones and is tried again by itself (`records.set_aside`); all others are
told at once. So one that fails stops nobody else, and the stream goes on.

Not by Powertools' batch processor, which takes the records one by one and has those that failed handed out again with
all that came after them: for as long as one fails, nobody else's later events would come.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final

from functions.complaints.behind import EVERYBODY, Behind
from functions.edge import metrics
from functions.edge.telemetry import follow, logger
from functions.records import set_aside
from functions.records.outbox import Published, first_seq, published_by
from functions.records.set_aside import SetAsideItem
from functions.records.side_by_side import side_by_side

AT_ONCE: Final = 10
"""Complaints of one batch that are worked on at the same time; a client keeps ten connections."""
OLD: Final = timedelta(days=2)
"""What happened so long ago is not news: the stream keeps a day, so it comes of a table that was put back."""


class OutOfTime(Exception):
    """There is more to do than this invocation has time for; it goes on where it stopped."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """The first event that a recipient was not told of, by its number, and what failed."""

    seq: int
    error: Exception


class Batch:
    """Events, one complaint's in order, and who is to be told of them. What fails for one recipient of a complaint
    ends it for them, and for nobody else.
    """

    def __init__(
        self, events: Sequence[Published], *, behind: Mapping[str, Behind] | None = None, again: bool = False
    ) -> None:
        """`behind`: who was with each complaint before. They alone are told where it is tried `again`, else all others."""
        self.events = events
        self._behind, self._again = behind or {}, again
        self._failed: dict[str, dict[str, Failure]] = {}
        self._failing = Lock()

    @property
    def failed(self) -> Mapping[str, Mapping[str, Failure]]:
        """Of each complaint where somebody fell behind: who, and at which event."""
        return self._failed

    @property
    def told(self) -> Sequence[Published]:
        """The events that nobody who is owed them is behind with."""
        return [
            event
            for event in self.events
            if all(event.event.seq < failure.seq for failure in self._failures(event).values())
        ]

    @property
    def fallen_behind(self) -> Mapping[str, Mapping[str, int]]:
        """Of each complaint, who has not been told of all its events in this batch: since which of them. Those who
        failed, and in a first hand-out also those who were behind before.
        """
        first: dict[str, int] = {}
        for event in self.events:
            first.setdefault(event.event.complaint_id, event.event.seq)
        kept_out = {} if self._again else self._behind
        fallen = {each: dict.fromkeys(of_it.waiting, first[each]) for each, of_it in kept_out.items()}
        for complaint_id, failures in self._failed.items():
            at = {recipient: failure.seq for recipient, failure in failures.items()}
            fallen[complaint_id] = {**fallen.get(complaint_id, {}), **at}
        return fallen

    def each(
        self,
        handle: Callable[[Published, str], None],
        *,
        to: Callable[[Published], Iterable[str]] = lambda event: (EVERYBODY,),
    ) -> None:
        """Hand out each event for each recipient: a complaint's in their order, AT_ONCE complaints at the same time."""

        def in_order(events: Sequence[Published]) -> None:
            for event in events:
                for recipient in to(event):
                    self.one(event, recipient, handle)

        complaints = _grouped((event.event.complaint_id, event) for event in self.events)
        side_by_side(in_order, list(complaints.values()), most=AT_ONCE)

    def together[Key](
        self,
        keys: Callable[[Published], Iterable[tuple[Key, str]]],
        handle: Callable[[Key, Sequence[Published]], None],
    ) -> None:
        """Hand out at once, in their order, the events that have a key in common; one by one where that fails.

        `keys` gives each key of an event with the recipient that it stands for.
        """

        def whole(group: tuple[Key, Sequence[tuple[Published, str]]]) -> None:
            key, members = group
            owed = [member for member in members if self._is_owed(*member)]
            if len(owed) > 1:
                try:
                    handle(key, [event for event, _ in owed])
                except Exception:
                    logger.warning("events not handled together", exc_info=True)
                else:
                    return
            for event, recipient in owed:
                self.one(event, recipient, lambda event, _: handle(key, [event]))

        pairs = ((key, (event, to)) for event in self.events for key, to in keys(event))
        side_by_side(whole, list(_grouped(pairs).items()), most=AT_ONCE)

    def one(
        self,
        event: Published,
        recipient: str,
        handle: Callable[[Published, str], None],
        *,
        within: str | None = None,
    ) -> None:
        """Hand out one event for one recipient, if it is owed to them or to those whom they are one of."""
        if not self._is_owed(event, recipient, within=within):
            return
        follow(complaint_id=event.event.complaint_id, correlation_id=event.correlation_id)
        try:
            handle(event, recipient)
        except Exception as error:
            kind = recipient.partition("#")[0]
            logger.exception("event not handled", extra={"seq": event.event.seq, "recipient": kind})
            self.fell_behind(event.event.complaint_id, recipient, Failure(seq=event.event.seq, error=error))

    def fell_behind(self, complaint_id: str, recipient: str, failure: Failure) -> None:
        with self._failing:
            failures = self._failed.setdefault(complaint_id, {})
            known = failures.get(recipient)
            if known is None or failure.seq < known.seq:
                failures[recipient] = failure

    def tried_again(self, event: Published) -> Iterable[str]:
        """Who is behind with the event's complaint and is tried again."""
        behind = self._behind.get(event.event.complaint_id)
        return tuple(behind.waiting) if self._again and behind is not None else ()

    def _is_owed(self, event: Published, recipient: str, *, within: str | None = None) -> bool:
        failures = self._failures(event)
        if any(each in failures and event.event.seq >= failures[each].seq for each in (recipient, EVERYBODY)):
            return False
        behind = self._behind.get(event.event.complaint_id)
        if self._again:
            return behind is not None and behind.is_owed(within or recipient, event.event.seq)
        return behind is None or not behind.waits(recipient)

    def _failures(self, event: Published) -> Mapping[str, Failure]:
        return self._failed.get(event.event.complaint_id, {})


def consume(
    records: Sequence[Mapping[str, Any]],
    work: Callable[[Batch], None],
    *,
    consumer: str,
    now: Callable[[], datetime],
    in_order: bool = True,
    news_only: bool = True,
) -> dict[str, list[dict[str, str]]]:
    """Have a stream's batch worked on, and set aside what failed; returns the partial batch response.

    With `in_order` whoever is behind with a complaint's earlier events is not told of its later ones before them, which
    costs one read of each complaint. With `news_only` what is OLD is left alone.
    """
    brought, unread = _read(records, since=now() - OLD if news_only else None)
    events = [event for each in brought for event in each]
    # One complaint's come in order, so the last of them is the newest.
    seen = dict(map(_place, records))
    # Nobody can be behind with what came before the first.
    begun = [each[0].event.complaint_id for each in brought if each[0].event.seq > 1]
    behind = set_aside.behind_of(consumer, begun) if in_order else {}
    batch = Batch(events, behind=behind)
    for complaint_id, failure in unread.items():
        batch.fell_behind(complaint_id, EVERYBODY, failure)
    work(batch)
    return _response(records, _not_set_aside(batch, consumer=consumer, seen=seen, now=now()))


def retry(item: SetAsideItem, work: Callable[[Batch], None], *, now: Callable[[], datetime]) -> bool:
    """Try what is set aside once more; whether nobody is behind with that complaint any more."""
    if not set_aside.taken(item, now=now()):
        return False
    behind = item.behind
    follow(complaint_id=item.id, correlation_id=None)
    failed: Mapping[str, Failure] = {}
    try:
        batch = Batch(list(set_aside.events_of(item)), behind={item.id: behind}, again=True)
    except Exception as error:
        logger.exception("event not read")
        failed = dict.fromkeys(behind.waiting, Failure(seq=min(behind.waiting.values()), error=error))
    else:
        work(batch)
        failed = batch.failed.get(item.id, {})
    return set_aside.tried(
        item,
        {recipient: failure.seq for recipient, failure in failed.items()},
        reason=_reason(failed.values()),
        now=now(),
        soon=any(isinstance(failure.error, OutOfTime) for failure in failed.values()),
    )


@dataclass(kw_only=True, slots=True)
class Again:
    """How many complaints were tried again, and with how many of them nobody is behind any more."""

    tried_again: int = 0
    caught_up: int = 0


def retry_due(
    consumer: str,
    work: Callable[[Batch], None],
    *,
    now: Callable[[], datetime],
    going_on: Callable[[], bool],
) -> Again:
    """Try what a consumer set aside and what is due by now, and count what is set aside at all."""
    again = Again()
    for item in set_aside.due(consumer, now()):
        if not going_on():
            break
        again.tried_again += 1
        try:
            again.caught_up += retry(item, work, now=now)
        except Exception:
            # It is tried again when its pause is over.
            logger.exception("not tried again", extra={"complaint_id": item.id})
    left = set_aside.all_of(consumer)
    oldest_s = (now() - left[0].since).total_seconds() if left else 0.0
    metrics.emit({metrics.SET_ASIDE: len(left), metrics.OLDEST_SET_ASIDE: oldest_s})
    return again


def _read(
    records: Sequence[Mapping[str, Any]], *, since: datetime | None
) -> tuple[Sequence[Sequence[Published]], Mapping[str, Failure]]:
    """The events that each record brings, and of each complaint the first that could not be read."""
    brought: list[Sequence[Published]] = []
    unread: dict[str, Failure] = {}
    for record in records:
        try:
            events = published_by(record["dynamodb"]["NewImage"])
        except Exception as error:
            complaint_id, _ = _place(record)
            seq = first_seq(record["dynamodb"]["NewImage"])
            logger.exception("event not read", extra={"complaint_id": complaint_id, "seq": seq})
            unread.setdefault(complaint_id, Failure(seq=seq, error=error))
            continue
        if since is not None and events[-1].event.at < since:
            logger.warning("event too old to be told", extra={"event_id": events[-1].event.id})
            continue
        brought.append(events)
    return brought, unread


def _place(record: Mapping[str, Any]) -> tuple[str, int]:
    """The complaint and the number of the last event that a record brings, which the filter has seen to."""
    image = record["dynamodb"]["NewImage"]
    return image["id"]["S"], int(image["last_event"]["M"]["seq"]["N"])


def _not_set_aside(batch: Batch, *, consumer: str, seen: Mapping[str, int], now: datetime) -> Collection[str]:
    """Set aside what failed, and note what came for those who are behind; the complaints where that failed too."""
    trouble = []
    for complaint_id, fallen in batch.fallen_behind.items():
        try:
            set_aside.set_aside(
                consumer,
                complaint_id,
                fallen,
                seen=seen[complaint_id],
                reason=_reason(batch.failed.get(complaint_id, {}).values()),
                now=now,
            )
        except Exception:
            logger.exception("not set aside", extra={"complaint_id": complaint_id})
            trouble.append(complaint_id)
    return trouble


def _response(
    records: Sequence[Mapping[str, Any]], trouble: Collection[str]
) -> dict[str, list[dict[str, str]]]:
    """From the first record of a complaint in trouble on, the stream is read again."""
    numbers = (record["dynamodb"]["SequenceNumber"] for record in records if _place(record)[0] in trouble)
    first = next(numbers, None)
    return {"batchItemFailures": [] if first is None else [{"itemIdentifier": first}]}


def _reason(failures: Iterable[Failure]) -> str | None:
    return next((type(failure.error).__name__ for failure in failures), None)


def _grouped[Key, Member](pairs: Iterable[tuple[Key, Member]]) -> Mapping[Key, Sequence[Member]]:
    groups: dict[Key, list[Member]] = {}
    for key, member in pairs:
        groups.setdefault(key, []).append(member)
    return groups
