"""How many requests an agency may make in a window of time, and telling it so.

The count is one item for each agency and window, from which each container claims CLAIM requests at a time and lets
them in from memory: a tenth of a write unit for each request of a busy agency, one for a quiet one's first in a
window, and nobody gets in beyond the limit. What a container claimed and did not use is lost until the next window.

Header fields: draft-ietf-httpapi-ratelimit-headers-10 (`RateLimit-Policy`, `RateLimit`); Retry-After: RFC 9110.
"""

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from functions.complaints.agencies import RateItem, agency, agency_pk
from functions.complaints.http import Api
from functions.complaints.keys import caller_of
from functions.complaints.problems import Problem

PER_MINUTE: Final = 600
WINDOW_S: Final = 60
CLAIM: Final = 10
AGREED_FOR: Final = timedelta(minutes=5)
"""How long what was agreed with an agency is believed before it is read again."""
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
    """One body's minute: what this container may still let through and what it has claimed; `full` once nothing is left."""

    number: int
    limit: int
    free: int = 0
    claimed: int = 0
    full: bool = False


class Throttle:
    """The limits of all agencies as one container knows them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: dict[str, _Window] = {}
        self._agreed: dict[str, tuple[datetime, int]] = {}

    def check(self, agency_id: str, now: datetime) -> RateLimit:
        """Count one request. Raises Problem `too-many-requests`, which carries Retry-After and both header fields."""
        with self._lock:
            number = int(now.timestamp()) // WINDOW_S
            window = self._windows.get(agency_id)
            if window is None or window.number != number:
                limit = self._limit(agency_id, now)
                window = self._windows[agency_id] = _Window(number=number, limit=limit)
            if window.free == 0 and not window.full:
                _claim(window, agency_id, now=now)
            reset_s = max(1, math.ceil((number + 1) * WINDOW_S - now.timestamp()))
            if window.free == 0:
                refusal = Problem("too-many-requests", retry_after=reset_s, limit=window.limit)
                refusal.headers |= RateLimit(limit=window.limit, remaining=0, reset_s=reset_s).headers
                raise refusal
            window.free -= 1
            remaining = window.limit - window.claimed + window.free
            return RateLimit(limit=window.limit, remaining=remaining, reset_s=reset_s)

    def _limit(self, agency_id: str, now: datetime) -> int:
        known = self._agreed.get(agency_id)
        if known is None or now - known[0] >= AGREED_FOR:
            item = agency(agency_id)
            agreed = None if item is None else item.requests_per_minute
            known = self._agreed[agency_id] = (now, PER_MINUTE if agreed is None else int(agreed))
        return known[1]


_throttle = Throttle()


def check(agency_id: str, now: datetime) -> RateLimit:
    """Count one request of the agency. Raises Problem `too-many-requests`."""
    return _throttle.check(agency_id, now)


class Throttled:
    """An API that lets each agency in as often as it may; every answer to an agency tells what is left."""

    def __init__(self, api: Api, *, now: Callable[[], datetime]) -> None:
        self._api, self._now = api, now
        self._limits: list[RateLimit] = []
        api.use(middlewares=[self._counted])

    def serve(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        self._limits.clear()
        answer = self._api.serve(event, context)
        for limit in self._limits:
            answer["headers"] = {**answer.get("headers", {}), **limit.headers}
        return answer

    def _counted(self, app: Any, following: Callable[[Any], Any]) -> Any:
        caller = caller_of(app.current_event.raw_event)
        self._limits.append(check(caller.agency_id, self._now()))
        return following(app)


def _claim(window: _Window, agency_id: str, *, now: datetime) -> None:
    share = min(CLAIM, window.limit)
    item = RateItem(agency_pk(agency_id), f"rate#{window.number}")
    room = RateItem.claimed.does_not_exist() | (RateItem.claimed <= window.limit - share)
    actions: list[Action] = [RateItem.claimed.add(share), RateItem.expires.set(now + timedelta(hours=1))]
    try:
        item.update(actions, condition=room)
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        window.full = True
    else:
        window.free, window.claimed = share, int(item.claimed)
