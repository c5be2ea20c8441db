"""How many requests an agency may make in a window of time, and telling it so.

The count is in the agency's item, beside what was agreed with it. From there each container claims CLAIM requests at a
time and lets them in from memory: a tenth of a write unit for each request of a busy agency, one for a quiet one's first
in a window (two, where another container was there before), and nobody gets in beyond the limit. What a container
claimed and did not use is lost until the next window; what is agreed anew counts from the next claim on.

Header fields: draft-ietf-httpapi-ratelimit-headers-10 (`RateLimit-Policy`, `RateLimit`); Retry-After: RFC 9110.
"""

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from functions.edge.authorized import caller_of
from functions.edge.problems import Problem
from functions.edge.resolver import Gate
from functions.records.agencies.agreements import AgencyItem
from functions.records.agencies.table import agency_pk
from functions.records.conditional import updated

PER_MINUTE: Final = 600
WINDOW_S: Final = 60
CLAIM: Final = 10
POLICY: Final = "agency"


@dataclass(frozen=True, kw_only=True, slots=True)
class RateLimit:
    """`limit` requests in a window of WINDOW_S seconds; `remaining` of them; `reset_s` until the next window."""

    limit: int
    remaining: int
    reset_s: int

    @property
    def headers(self) -> Mapping[str, str]:
        return {
            "ratelimit-policy": f'"{POLICY}";q={self.limit};w={WINDOW_S}',
            "ratelimit": f'"{POLICY}";r={self.remaining};t={self.reset_s}',
        }


@dataclass
class _Window:
    """One body's minute: what this container may still let through, and of the limit how many all have claimed."""

    number: int
    limit: int = PER_MINUTE
    free: int = 0
    claimed: int = 0

    @property
    def is_full(self) -> bool:
        return self.claimed >= self.limit


class Throttle:
    """The limits of all agencies as one container knows them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: dict[str, _Window] = {}

    def check(self, agency_id: str, now: datetime) -> RateLimit:
        """Count one request. Raises Problem `too-many-requests`, which carries Retry-After and both header fields."""
        with self._lock:
            number = int(now.timestamp()) // WINDOW_S
            window = self._windows.get(agency_id)
            if window is None or window.number != number:
                window = self._windows[agency_id] = _Window(number=number)
            if window.free == 0 and not window.is_full:
                _claim(window, agency_id)
            reset_s = max(1, math.ceil((number + 1) * WINDOW_S - now.timestamp()))
            if window.free == 0:
                refusal = Problem("too-many-requests", retry_after=reset_s, limit=window.limit)
                refusal.headers |= RateLimit(limit=window.limit, remaining=0, reset_s=reset_s).headers
                raise refusal
            window.free -= 1
            remaining = max(0, window.limit - window.claimed) + window.free
            return RateLimit(limit=window.limit, remaining=remaining, reset_s=reset_s)


_throttle = Throttle()


def check(agency_id: str, now: datetime) -> RateLimit:
    """Count one request of the agency. Raises Problem `too-many-requests`."""
    return _throttle.check(agency_id, now)


def agency_limit(*, now: Callable[[], datetime], but_for: str | None = None) -> Gate:
    """The gate of an API that lets each agency in as often as it may; every answer to an agency tells what is left.

    `but_for` is the beginning of addresses that are open to everybody: what they may be asked, the gateway limits.
    """

    def counted(event: Mapping[str, Any]) -> Mapping[str, str]:
        if but_for is not None and str(event["rawPath"]).startswith(but_for):
            return {}
        return check(caller_of(event).agency_id, now()).headers

    return counted


def _claim(window: _Window, agency_id: str) -> None:
    """Whoever comes first in a window begins the count anew. A container whose clock is behind counts in the next one."""
    item = AgencyItem(agency_pk(agency_id))
    if window.claimed or not _begun(item, window.number):
        item.update([AgencyItem.claimed.add(CLAIM)])
    window.limit = PER_MINUTE if item.requests_per_minute is None else int(item.requests_per_minute)
    window.claimed = int(item.claimed)
    window.free = max(0, min(CLAIM, window.limit - window.claimed + CLAIM))


def _begun(item: AgencyItem, number: int) -> bool:
    is_over = AgencyItem.window.does_not_exist() | (AgencyItem.window < number)
    return updated(item, [AgencyItem.window.set(number), AgencyItem.claimed.set(CLAIM)], condition=is_over)
