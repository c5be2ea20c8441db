"""A year of a region, all of it, for so many complaints: what is fixed, and what they, people and subscriptions add."""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from infra.bill import metrics
from infra.bill.fixed import DOORS, Fixed
from infra.bill.public import VERDICT, public_requests

MONTHS: Final = 12
YEAR_S: Final = 365.25 * 86_400
HOURS: Final = 8_766
_GB: Final = 2**30

# Assumed, for no run can count it.
ESCALATED_OF: Final = 10
"""Of so many complaints, one escalates twice and the others are answered in time."""
PHOTOS: Final = 2
PHOTO_BYTES: Final = 2**20
"""Of both."""
ITEM_BYTES: Final = 20 * 1024
VIEWS: Final = 2
"""How often each photo leaves AWS: to the body, and to the reporter."""
KEPT_YEARS: Final = 3
"""As the region file's retention has it where it says nothing: a year like any other has three years' in store."""
RUN_LOG_BYTES: Final = 2_048
REQUEST_LOG_BYTES: Final = 512
LOGS_MONTHS: Final = 3
LOGS_SHRINK: Final = 4
"""Logs are stored compressed."""
IDLE_S: Final = 360
"""For how long Lambda keeps what nobody calls: seen, never promised."""
FREE_USERS: Final = 10_000
USER_TIERS: Final = ((100_000, "cognito_user_month"), (1_000_000, "cognito_user_month_over_100k"))
DEAREST_TIER: Final = "cognito_user_month_over_1m"
PUBLIC: Final = "the public face"
COLD_S: Final = 2.0
DOOR_GB: Final = 0.5
"""What a door's start without a snapshot is charged for."""

type Units = Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Load:
    """Of a year. `people`: who sign in within a month."""

    complaints: int
    people: float


def mixed(lives: Mapping[str, Units]) -> Units:
    """Units of the mean complaint. Raises KeyError for other lives than the two."""
    late, rest = lives["escalated twice"], lives["answered in time"]
    share = 1 / ESCALATED_OF
    return {
        unit: late.get(unit, 0) * share + rest.get(unit, 0) * (1 - share) for unit in sorted({*late, *rest})
    }


def year(of: Fixed, complaint: Units, load: Load, *, hiding: float) -> dict[str, dict[str, float]]:
    """Units by part of the bill, in the order of the page. `hiding`: GB-seconds for what is hidden in one photo."""
    clock_logs = of.units.get("lambda_request", 0) * MONTHS * RUN_LOG_BYTES / _GB
    requests = complaint["http_api_request"] * load.complaints
    logs_gb = (
        load.complaints
        * (complaint["lambda_request"] * RUN_LOG_BYTES + complaint["http_api_request"] * REQUEST_LOG_BYTES)
        / _GB
    )
    doors_apart = requests / len(DOORS)
    cold = requests * math.exp(-doors_apart / YEAR_S * IDLE_S)
    has_edge = "firewall" in of.units
    photos_gb = load.complaints * PHOTO_BYTES / _GB
    written_hours = 1 - math.exp(-load.complaints / HOURS)
    verdicts = {unit: amount * load.complaints * PHOTOS for unit, amount in VERDICT.items()}
    parts: dict[str, dict[str, float]] = {
        "fixed": {
            **{unit: amount * MONTHS for unit, amount in of.units.items()},
            "own_metric": len(metrics.BY_THE_CLOCK) * MONTHS,
            "logs_gb": clock_logs,
        },
        "requests": {
            unit: amount * load.complaints - verdicts.get(unit, 0) for unit, amount in complaint.items()
        }
        | ({"firewall_request": requests, "cloudfront_request": requests} if has_edge else {}),
        "starts": {
            "snapshot_restored_gb": cold * of.snapshot_doors / len(DOORS) * of.snapshot_gb,
            "lambda_gb_second": cold * (1 - of.snapshot_doors / len(DOORS)) * COLD_S * DOOR_GB,
        },
        "traces": {"trace": _traces(of, complaint, load)},
        "own metrics, logs": {
            "own_metric": len(metrics.BY_COMPLAINTS) * MONTHS * written_hours,
            "logs_gb": logs_gb,
            "logs_gb_month": logs_gb / MONTHS * LOGS_MONTHS / LOGS_SHRINK * MONTHS,
        },
        "storage": {
            **_kept(of, photos_gb, objects=load.complaints * PHOTOS),
            "dynamodb_gb_month": load.complaints * ITEM_BYTES / _GB * KEPT_YEARS * MONTHS,
            "dynamodb_backup_gb_month": load.complaints * ITEM_BYTES / _GB * KEPT_YEARS * MONTHS,
        },
        "photos shown": {"internet_gb": photos_gb * VIEWS},
        PUBLIC: {
            **_sum(verdicts, public_requests(load.complaints, photos=PHOTOS, hiding=hiding)),
            **_kept(of, photos_gb * (1 + 1 / PHOTOS), objects=load.complaints * (PHOTOS + 1)),
        },
        "people": {**people(load.people), "email": float(load.complaints)},
    }
    return parts


def _sum(some: Units, more: Units) -> Units:
    return {unit: some.get(unit, 0) + more.get(unit, 0) for unit in {**some, **more}}


def _kept(of: Fixed, a_year_gb: float, *, objects: int) -> dict[str, float]:
    kept = a_year_gb * KEPT_YEARS * MONTHS
    if of.cold_after_days is None:
        return {"s3_gb_month": kept}
    warm = a_year_gb * of.cold_after_days / 365.25 * MONTHS
    return {
        "s3_gb_month": warm,
        "s3_cold_gb_month": kept - warm,
        "s3_cold_transition": objects,
    }


def people(monthly: float) -> dict[str, float]:
    """Cognito's users a year, by price."""
    found: defaultdict[str, float] = defaultdict(float)
    below = FREE_USERS
    for upto, unit in USER_TIERS:
        found[unit] += max(0.0, min(monthly, upto) - below) * MONTHS
        below = upto
    found[DEAREST_TIER] += max(0.0, monthly - below) * MONTHS
    return {unit: amount for unit, amount in found.items() if amount}


def recorded_traces(runs: float, *, functions: int) -> float:
    """How many of a year's runs X-Ray records, where they come evenly to so many functions, each sampled for itself: the
    first in a second, and a twentieth of the others. What comes together is sampled more.
    Source: https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
    """
    rate = runs / functions / YEAR_S
    first = -math.expm1(-rate)
    return (first + 0.05 * (rate - first)) * functions * YEAR_S


def _traces(of: Fixed, complaint: Units, load: Load) -> float:
    doors = complaint["http_api_request"]
    others = complaint["lambda_request"] - doors
    traces = 0.0
    if of.traced.doors:
        traces += recorded_traces(doors * load.complaints, functions=len(DOORS))
    if of.traced.others:
        traces += recorded_traces(others * load.complaints, functions=max(1, of.called - len(DOORS)))
    if of.traced.watch:
        traces += recorded_traces(load.complaints, functions=1)
    return traces
