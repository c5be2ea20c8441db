"""In which coding an answer is sent, of those that it is kept in: RFC 9110, section 12.5.3 (Accept-Encoding)."""

import re
from collections.abc import Sequence
from typing import Final

_WEIGHT: Final = re.compile(r"\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*")


def coding(accepted: str, *, kept: Sequence[str]) -> str | None:
    """What the caller would rather have of `kept`, which is in our own order; None for none of them: it is sent as it is.

    `accepted` is the request's field, in whatever form it came: what cannot be read asks for nothing.
    """
    weights = dict(map(_weighed, accepted.lower().split(",")))
    others = weights.get("*", 0.0)
    best = max(kept, key=lambda each: weights.get(each, others), default=None)
    return best if best is not None and weights.get(best, others) > 0 else None


def _weighed(each: str) -> tuple[str, float]:
    name, parameter, weight = each.partition(";")
    found = _WEIGHT.fullmatch(weight)
    return name.strip(), float(found[1]) if found else float(not parameter)
