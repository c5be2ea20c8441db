"""Which requests, and which of their steps, are found in the public files."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from functions.complaints.ids import read_number
from functions.complaints.region import Region
from functions.edge.problems import Problem
from functions.intake.open311.answers import Update
from functions.intake.open311.asked import Asked, Span
from functions.intake.open311.published import Line, Published
from functions.intake.open311.selected import months, newest_first, selected
from functions.intake.open311.shown import hidden, hidden_when, updates

_EVER: Final = Span(start=None, end=None)
_BACKWARDS: Final = range(12, 0, -1)
_CENTURY: Final = 2000


class Queried:
    """Of one region."""

    def __init__(self, *, region: Region, published: Published, now: Callable[[], datetime]) -> None:
        self._region, self._published, self._now = region, published, now

    def lines(self, asked: Asked) -> list[Line]:
        """A page of what is asked for, newest first. Raises Invalid."""
        return asked.paged(self._all(asked))

    def line(self, name: str, *, language: str) -> Line:
        """Raises Problem, which says why where it was hidden."""
        found = self._named([name])
        if found:
            return found[0]
        number = read_number(name)
        for stone in self._published.current().tombstones:
            if stone.number == number:
                when = hidden_when(stone, region=self._region, language=language)
                raise Problem("not-found", detail="open311.hidden", when=when, reason=stone.reason)
        raise Problem("not-found", detail="open311.no_request")

    def steps(self, asked: Asked, *, language: str) -> list[Update]:
        """A page of the steps, in the order in which they were taken. Raises Invalid."""
        span, current = asked.told_between(now=self._now()), self._published.current()
        numbers = {*map(read_number, asked.service_request_id)}
        records = (line.record() for line in current.lines if not line.is_hidden)
        steps = [
            *(step for record in records for step in updates(record, region=self._region, language=language)),
            *(hidden(stone, region=self._region, language=language) for stone in current.tombstones),
        ]
        meant = (
            step
            for step in steps
            if span.holds(step.updated_datetime) and (not numbers or step.service_request_id in numbers)
        )
        return asked.paged(sorted(meant, key=lambda step: (step.updated_datetime, step.update_id)))

    def was_public(self, number: str) -> bool:
        return self._published.has_page(number)

    def _all(self, asked: Asked) -> list[Line]:
        """Ids go before all else that is asked for, as the specification has it."""
        if asked.service_request_id:
            return newest_first(self._named(asked.service_request_id))
        if asked.by_change:
            changed = asked.changed_between(now=self._now())
            return selected(self._published.current().lines, asked, filed=_EVER, changed=changed)
        span = asked.filed_between(now=self._now())
        files = map(self._published.month, months(span, zone=self._region.time_zone))
        lines = (line for file in files for line in file)
        return selected(lines, asked, filed=span, changed=asked.changed)

    def _named(self, names: Iterable[str]) -> list[Line]:
        """Those of these numbers that are shown."""
        numbers = dict.fromkeys(number for each in names if (number := read_number(each)) is not None)
        current = {line.number: line for line in self._published.current().lines}
        lines = [current.get(number) or self._older(number) for number in numbers]
        return [line for line in lines if line is not None and not line.is_hidden]

    def _older(self, number: str) -> Line | None:
        """What has not changed for long is in the file of its month alone, of which its number says the year; a part's may
        be of the year after.
        """
        if not self._published.has_page(number):
            return None
        year, this_month = _CENTURY + int(number.split("-")[1]), f"{self._now():%Y-%m}"
        for month in (f"{each}-{month:02d}" for each in (year, year + 1) for month in _BACKWARDS):
            if month <= this_month:
                lines = self._published.month(month)
                found = next((line for line in lines if line.number == number), None)
                if found is not None:
                    return found
        return None
