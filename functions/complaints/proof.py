"""What is kept of a body's proof photo instead of its place and time: three facts, and no coordinate."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from functions.complaints.perceptual_hash import Views
from functions.complaints.places import distance_m

CLOSE_M: Final = 50
NEAR_M: Final = 200
VAGUE_M: Final = 200
"""A place that may be so far from the true one says nothing."""
CLOCK_WRONG_BY: Final = timedelta(hours=2)
"""So far may a camera's clock be behind without its photo being called older than the complaint: an hour for a device that
does not know that Kazakhstan has had one zone since 1 March 2024, and what clocks lose.
"""


class Distance(StrEnum):
    """From the complaint's exact place, in steps."""

    WITHIN_50 = "within_50"
    WITHIN_200 = "within_200"
    FAR = "far"
    UNKNOWN = "unknown"


class Taken(StrEnum):
    """When, against when the complaint was submitted."""

    AFTER = "after"
    BEFORE = "before"
    UNKNOWN = "unknown"


class Reused(StrEnum):
    """Of which complaint there is another photo with the same picture."""

    THIS_COMPLAINT = "this_complaint"
    OTHER_COMPLAINT = "other_complaint"


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """`reused` None: no photo that is looked at has the same picture."""

    distance: Distance = Distance.UNKNOWN
    taken: Taken = Taken.UNKNOWN
    reused: Reused | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What a proof photo says of itself; it is judged and not kept. `place` (lat, lon) in degrees, `error_m` by how much
    that may be wrong, `taken_at` aware; None: it does not say. `copied_from` are the complaints that the body showed the
    same picture in before, and `views` are of its own picture.
    """

    place: tuple[float, float] | None = None
    error_m: float = 0.0
    taken_at: datetime | None = None
    views: Views | None = None
    copied_from: frozenset[str] = frozenset()


def distance_of(found: Found, place: tuple[float, float] | None) -> Distance:
    """`place` is the complaint's, None where it is not known exactly. What may be nearer is not called far."""
    if found.place is None or place is None or found.error_m > VAGUE_M:
        return Distance.UNKNOWN
    least = distance_m(found.place, place) - found.error_m
    if least <= CLOSE_M:
        return Distance.WITHIN_50
    return Distance.WITHIN_200 if least <= NEAR_M else Distance.FAR


def taken_of(found: Found, submitted_at: datetime) -> Taken:
    """In between, where it is the clock that may be wrong, nothing is said."""
    if found.taken_at is None:
        return Taken.UNKNOWN
    if found.taken_at >= submitted_at:
        return Taken.AFTER
    return Taken.BEFORE if found.taken_at < submitted_at - CLOCK_WRONG_BY else Taken.UNKNOWN


def refusal(proof: Proof) -> str | None:
    """Why a region that is strict does not take it: the name of a reason for which photos are refused. What is not known is
    no reason.
    """
    if proof.reused is not None:
        return "proof_reused"
    if proof.taken == Taken.BEFORE:
        return "proof_before"
    return "proof_far" if proof.distance == Distance.FAR else None
