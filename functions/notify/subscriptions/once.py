"""Requests that make a secret, under an Idempotency-Key: sent again, they make nothing and are answered with the same.

Of a key its hash alone is kept, so the answer cannot be; nor is it to be, for whoever reads the table would have it. A
secret that is made under an Idempotency-Key is therefore no random one but follows from the caller's own token and a
random salt (`records.agencies.made`). Another caller's key, even one of the same agency, makes another request of it.

An officer's token is another one every quarter of an hour: what they had made is made once too, and its secret shown then
alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from functions.complaints.faults import Conflict
from functions.complaints.keys import Caller, derived
from functions.edge.idempotency import request_of
from functions.edge.problems import Problem
from functions.records.agencies.made import MadeItem, made_under, new_made
from functions.records.requests import REQUEST_KEPT, Request


@dataclass(frozen=True, kw_only=True, slots=True)
class Making:
    """What is made now: its secret is of `material`, where that is not None, and `note` is written with it."""

    material: bytes | None
    note: MadeItem | None

    def noting(self, algorithm: str) -> MadeItem | None:
        """The note, with the algorithm of the secret."""
        if self.note is not None:
            self.note.algorithm = algorithm
        return self.note


def made_once[Made](
    event: Mapping[str, Any],
    *,
    caller: Caller,
    key: str | None,
    make: Callable[[Making], Made],
    again: Callable[[MadeItem, bytes], Made],
    now: datetime,
) -> Made:
    """What `make` makes, or what it made the first time, as `again` finds it with its secret's material.

    Raises Problem where the first request under the key was another one, Conflict where an officer's was this one, and what
    the two raise.
    """
    if key is None:
        return make(Making(material=None, note=None))
    # The gateway let the caller in by this very header.
    token = event["headers"]["authorization"].partition(" ")[2].strip()
    if not token:
        raise ValueError("a secret cannot be made of a token that is not there")
    request = request_of(event, caller=f"key#{caller.key_id}", key=key)

    def found() -> Made | None:
        seen = _seen(caller.agency_id, request)
        if seen is None:
            return None
        if caller.officer_id is not None:
            raise Conflict("shown_once")
        return again(seen, derived(token, salt=seen.salt))

    if (before := found()) is not None:
        return before
    note = new_made(caller.agency_id, request, until=now + REQUEST_KEPT)
    material = None if caller.officer_id is not None else derived(token, salt=note.salt)
    try:
        return make(Making(material=material, note=note))
    except Conflict:
        # The same request may have come twice at once.
        if (meanwhile := found()) is None:
            raise
        return meanwhile


def _seen(agency_id: str, request: Request) -> MadeItem | None:
    seen = made_under(agency_id, request)
    if seen is not None and seen.digest != request.digest:
        raise Problem("idempotency-key-reused")
    return seen
