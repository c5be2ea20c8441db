"""The page `docs/cost.md`, made of what a run counted, of templates and of prices."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from infra.bill import metrics, year
from infra.bill.fixed import Fixed
from infra.bill.prices import bill, total
from infra.bill.public import CHANGES, REGION_MOST, hiding
from infra.bill.recorded import Machine, Recorded
from infra.region.sizes import SIZES, SizeName

BEFORE: Final = Path(__file__).with_name("before.yaml")
LOADS: Final = (
    year.Load(complaints=1_000, people=125),
    year.Load(complaints=10_000, people=1_250),
    year.Load(complaints=100_000, people=12_500),
    year.Load(complaints=10_000_000, people=1_250_000),
)
"""Half as many again sign in within a month as complain in it: the answer often comes in the next."""

CANARY_RUNS: Final = 4 * 24 * 365 / 12
_CANARY_GB_SECONDS: Final = 0.25 * 20
CANARY: Final = {
    **dict.fromkeys(("secret", "alarm_metric"), 1.0),
    "lambda_request": CANARY_RUNS,
    "lambda_gb_second": CANARY_RUNS * _CANARY_GB_SECONDS,
}
"""In a month, beside its complaints; it mostly waits, for some twenty seconds a run."""

type Prices = Mapping[str, Any]


def page(
    recorded: Recorded,
    machine: Machine,
    sizes: Mapping[SizeName, Fixed],
    asked: Mapping[str, Fixed],
    prices: Prices,
) -> str:
    """`sizes`: a region of each size that asks for nothing besides. `asked`: one of a city's size, each with one thing
    that it may ask for.
    """
    lives = recorded.now(machine)
    complaint = year.mixed(lives)
    before = yaml.safe_load(BEFORE.read_text())
    lines = [
        *_head(recorded, prices),
        *_one_complaint(recorded, lives, machine, prices),
        *_month(sizes, asked, prices, before),
        *_year(sizes, complaint, prices, before),
        *_parts(sizes, complaint, prices),
        *_assumed(sizes),
        *_chosen(),
        *_each_more(lives["answered in time"], prices),
        *_requests(recorded),
        *_not_in_it(),
    ]
    return "\n".join(lines) + "\n"


def _head(recorded: Recorded, prices: Prices) -> Iterator[str]:
    read = sum(each["checked"] == "read" for each in prices["prices"].values())
    yield from (
        "# What it costs",
        "",
        f"Made by `make cost`. Prices: AWS list prices of {prices['region']}, in US dollars, no free tier, no tax "
        f"(`infra/bill/prices.yaml`, with the source of each). **{read} of the {len(prices['prices'])} prices were read in "
        "their source; the others are recalled**, and must be looked up there before a budget rests on them.",
        "",
        f"What a complaint asks for is counted from the recording of a real run on the emulator, on {recorded.on}; "
        "DynamoDB's units by its pricing rules from the sizes of the items. A run of a function counts with the "
        "milliseconds of a core that it needs, warm, as measured on "
        f"{prices['lambda_runs']['measured']} (`lambda_runs` beside the prices; `python -m infra.local.cost --measure` "
        f"measures them anew), and {prices['lambda_runs']['waiting_ms']} ms of waiting: a busy machine changes nothing of "
        "that. What is there whatever "
        "comes in is read from the synthesised templates. What no run can count is assumed, and named below.",
        "",
    )


def _one_complaint(
    recorded: Recorded, lives: Mapping[str, year.Units], machine: Machine, prices: Prices
) -> Iterator[str]:
    yield "## One complaint"
    yield ""
    yield from _table("charged", list(lives))
    for unit in sorted({unit for units in lives.values() for unit in units}):
        yield _row(unit, [f"{units.get(unit, 0):,.2f}" for units in lives.values()])
    yield _row("**US dollars**", [f"**{total(units, prices):.6f}**" for units in lives.values()])
    yield ""
    if machine != recorded.machine:
        were = ", ".join(f"{units['state_transition']:.0f}" for units in recorded.units.values())
        yield (
            f"State transitions are reckoned, until the next run: the machine of the run entered {recorded.machine.lap} "
            f"states for each timer that it woke for ({were} were counted), that of now enters {machine.lap} for the same."
        )
        yield ""
    yield "What dominates:"
    yield ""
    for name, units in lives.items():
        charged = bill(units, prices)
        most = [f"{unit} {cost / sum(charged.values()):.0%}" for unit, cost in list(charged.items())[:4]]
        yield f"- {name}: {', '.join(most)}"
    yield ""


def _month(
    sizes: Mapping[SizeName, Fixed],
    asked: Mapping[str, Fixed],
    prices: Prices,
    before: Mapping[str, Any],
) -> Iterator[str]:
    bills = {name: bill(_monthly(of), prices) for name, of in sizes.items()}
    units = dict.fromkeys(unit for charged in reversed(bills.values()) for unit in charged)
    yield "## A month, whatever comes in"
    yield ""
    yield from _table("US dollars, by the region file's `size`", list(sizes))
    for unit in units:
        yield _row(unit, [f"{charged.get(unit, 0):.2f}" for charged in bills.values()])
    yield _row("**all**", [f"**{sum(charged.values()):.2f}**" for charged in bills.values()])
    yield _row(f"before, on {before['day']}", [f"{before['a_month_whatever_comes_in']:.2f}"] * len(sizes))
    yield ""
    yield "What a region file may ask for besides:"
    yield ""
    yield from _table("asked for", ["US dollars a month"])
    for name, more in asked.items():
        yield _row(name, [f"{total(more.units, prices) - total(sizes['city'].units, prices):.2f}"])
    yield ""


def _monthly(of: Fixed) -> dict[str, float]:
    return {**of.units, "own_metric": float(len(metrics.BY_THE_CLOCK))}


def _year(
    sizes: Mapping[SizeName, Fixed], complaint: year.Units, prices: Prices, before: Mapping[str, Any]
) -> Iterator[str]:
    yield "## A year, all of it"
    yield ""
    yield from _table("US dollars, for complaints a year", _counts())
    for name, of in sizes.items():
        totals = [_all(of, complaint, load, prices) for load in LOADS]
        yield _row(f"`size: {name}`", [f"{each:,.2f}" for each in totals])
    yield _row(
        f"before, on {before['day']}, every size",
        [f"{before['a_year'][load.complaints]:,.2f}" for load in LOADS],
    )
    for name, of in sizes.items():
        alike = [_all(of, complaint, load, prices) - _public(of, complaint, load, prices) for load in LOADS]
        shares = [
            1 - each / before["a_year"][load.complaints] for each, load in zip(alike, LOADS, strict=True)
        ]
        yield _row(f"less than before, `{name}`", [f"{each:.0%}" for each in shares])
    yield ""
    yield (
        f"What is less is reckoned without {year.PUBLIC}, which was not there before. Then each subscription had metrics "
        "of its own, for 14.40 dollars a year; 1, 2, 5 and 50 of them are in what it cost. What made it less: no metric "
        "for a subscription nor for what nobody watches, photos kept where they cost less once their complaint has ended, "
        "and at `small` and `city` what the size chooses."
    )
    yield ""


def _parts(sizes: Mapping[SizeName, Fixed], complaint: year.Units, prices: Prices) -> Iterator[str]:
    for name, of in sizes.items():
        parts = [_of_a_year(of, complaint, load, prices) for load in LOADS]
        yield f"### What it is made of: `size: {name}`"
        yield ""
        yield from _table("US dollars, for complaints a year", _counts())
        for part in parts[0]:
            yield _row(part, [f"{total(each[part], prices):,.2f}" for each in parts])
        shares = [_all(of, complaint, load, prices) / load.complaints for load in LOADS]
        yield _row("all, for one complaint", [f"{each:,.4f}" for each in shares])
        yield ""


def _all(of: Fixed, complaint: year.Units, load: year.Load, prices: Prices) -> float:
    """US dollars a year."""
    return sum(total(units, prices) for units in _of_a_year(of, complaint, load, prices).values())


def _public(of: Fixed, complaint: year.Units, load: year.Load, prices: Prices) -> float:
    """US dollars a year."""
    return total(_of_a_year(of, complaint, load, prices)[year.PUBLIC], prices)


def _of_a_year(
    of: Fixed, complaint: year.Units, load: year.Load, prices: Prices
) -> Mapping[str, Mapping[str, float]]:
    return year.year(of, complaint, load, hiding=hiding(prices["lambda_runs"]))


def _counts() -> list[str]:
    return [f"{load.complaints:,}" for load in LOADS]


def _assumed(sizes: Mapping[SizeName, Fixed]) -> Iterator[str]:
    yield from (
        "## What is assumed",
        "",
        f"- One complaint of {year.ESCALATED_OF} escalates twice; the others are answered in time.",
        f"- People who sign in within a month: {', '.join(f'{load.people:,}' for load in LOADS)}. Cognito's first "
        f"{year.FREE_USERS:,} are free, always; a region that brings an issuer of its own pays for none.",
        f"- A complaint leaves {year.PHOTOS} photos of {year.PHOTO_BYTES / 2**20:.0f} MB together and "
        f"{year.ITEM_BYTES // 1024} KB of table, for {year.KEPT_YEARS} years, and the year is one after the first "
        f"{year.KEPT_YEARS}. Each photo is shown {year.VIEWS} times, before it is kept where it costs less (after "
        f"{sizes['city'].cold_after_days} days).",
        f"- A function's run writes {year.RUN_LOG_BYTES / 1024:.0f} KB of logs, a request to the API "
        f"{year.REQUEST_LOG_BYTES / 1024:.1f} KB more; they are kept for {year.LOGS_MONTHS} months.",
        f"- Everybody sees {CHANGES} changes of a complaint, which come evenly; a copy of a photo in which faces and "
        "plates are hidden is as large as the photo, and one of each complaint lies among the public files too. More than "
        f"{REGION_MOST:,} complaints a year are of several regions.",
        "- X-Ray records the first run in a second of each function and a twentieth of the others, and runs come evenly.",
        f"- A function that nobody calls for {year.IDLE_S // 60} minutes starts anew (`starts`).",
        "- A metric of our own is paid for in hours in which it is written: those of complaints in hours that have one.",
        "",
    )


def _chosen() -> Iterator[str]:
    yield "## What a size chooses"
    yield ""
    yield (
        "The two promises, dead letters, what stands unwatched or set aside, and silence are watched at every size "
        "(`infra/region/sizes.py`)."
    )
    yield ""
    yield from _table("of", [f"`{name}`" for name in SIZES], right=False)
    for what in SIZES["city"].reasons:
        yield _row(what, [size.reasons[what] for size in SIZES.values()])
    yield ""


def _each_more(answered: year.Units, prices: Prices) -> Iterator[str]:
    """`answered`: what is asked for by a complaint that is answered in time."""
    user = prices["prices"]["cognito_user_month"]["each"]
    stored = {
        "s3_cold_gb_month": year.PHOTO_BYTES / 2**30 * 1_000,
        "dynamodb_gb_month": year.ITEM_BYTES / 2**30 * 1_000,
        "dynamodb_backup_gb_month": year.ITEM_BYTES / 2**30 * 1_000,
    }
    yield "## Each more"
    yield ""
    yield from _table("more", ["US dollars"])
    yield _row("a subscription, a year, beside what it is sent", ["0.00"])
    yield _row(f"a person who signs in, a month, beyond {year.FREE_USERS:,}", [f"{user:.4f}"])
    yield _row("a thousand complaints in store, a month", [f"{total(stored, prices):.4f}"])
    canary = total(CANARY, prices) + CANARY_RUNS * total(answered, prices)
    yield _row(
        "a canary (`canary`), a month, with its complaints as if they were answered", [f"{canary:.2f}"]
    )
    yield ""


def _requests(recorded: Recorded) -> Iterator[str]:
    yield "## AWS requests behind it"
    yield ""
    yield from _table("request", list(recorded.requests))
    for request in sorted({request for made in recorded.requests.values() for request in made}):
        yield _row(request, [str(made.get(request, 0)) for made in recorded.requests.values()])
    yield ""


def _not_in_it() -> Iterator[str]:
    yield (
        "Not in it: taxes, AWS's support, a backup in a second account, what GuardDuty scans, an operator's own alarms, "
        "queries of logs, and KMS requests for AWS's own keys, which DynamoDB makes every five minutes for each role."
    )


def _table(first: str, others: Sequence[str], *, right: bool = True) -> Iterator[str]:
    yield _row(first, others)
    yield "|---|" + ("---:|" if right else "---|") * len(others)


def _row(first: str, others: Sequence[str]) -> str:
    return f"| {first} | " + " | ".join(others) + " |"
