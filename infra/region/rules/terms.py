"""Deadlines: what the law allows, and what makes sense one after another.

The law: Administrative Procedural and Process-Related Code of Kazakhstan (29 June 2020, No. 350-VI),
arts. 65 and 76.
"""

from collections.abc import Iterator
from typing import Final

from functions.complaints.duration import Duration
from infra.region.document import Document
from infra.region.finding import Finding
from infra.region.source import Node

_DAY: Final = 86_400
_HOURS_A_DAY: Final = 8

_BY_LAW: Final = {
    "law-answer": (Duration(kind="working_days", amount=15), "An answer is due within 15 working days"),
    "law-extension": (Duration(kind="months", amount=2), "A term is extended by two months at most"),
    "law-forward": (Duration(kind="working_days", amount=3), "Forwarding takes 3 working days at most"),
}


def within_the_law(document: Document) -> Iterator[Finding]:
    for category in document.region.items("categories"):
        yield from _at_most(category.get("answer_within"), "law-answer")
        yield from _at_most(category.at("extension", "limit"), "law-extension")
    yield from _at_most(document.region.at("terms", "forward_within"), "law-forward")


def _at_most(place: Node | None, rule: str) -> Iterator[Finding]:
    longest, law = _BY_LAW[rule]
    term = duration_of(place)
    if place is not None and term is not None and nominal(term) > nominal(longest):
        yield place.fault(
            rule, f"{place.text()} is longer than {longest}. {law}.", f"Write {longest} or less."
        )


def danger_runs_by_the_clock(document: Document) -> Iterator[Finding]:
    """A manhole does not wait for Monday; the rest is promised in days on which somebody works."""
    if document.local:
        return
    for category in document.region.items("categories"):
        danger = category.get("danger")
        if danger is None or not isinstance(danger.value, bool):
            continue
        reminder = category.get("reminder")
        for place in [*_terms_of(category), *([] if reminder is None else [reminder])]:
            term = duration_of(place)
            if term is None or (term.kind == "clock") == danger.value:
                continue
            if danger.value:
                message, remedy = "is not by the clock in a category of danger", "Write hours such as PT4H."
            else:
                message, remedy = (
                    "is not in working days or hours, and the category is no danger",
                    "Write P5BD or PT8BH, or say danger: true.",
                )
            yield place.fault("category-term", f"{place.text()} {message}.", remedy)


def whole_minutes_in_the_cloud(document: Document) -> Iterator[Finding]:
    if document.local:
        return
    places = [
        place
        for category in document.region.items("categories")
        for place in (*_terms_of(category), category.get("reminder"))
        if place is not None
    ]
    places.extend(document.region.fields("terms").values())
    for place in places:
        term = duration_of(place)
        if term is not None and term.kind == "clock" and term.amount % 60:
            yield place.fault(
                "seconds",
                f"{place.text()} counts seconds.",
                "Write whole minutes; seconds are for stage: local.",
            )


def one_after_another(document: Document) -> Iterator[Finding]:
    for category in document.region.items("categories"):
        answer = duration_of(category.get("answer_within"))
        if answer is None:
            continue
        levels = [term for place in category.items("escalation_terms") if (term := duration_of(place))]
        for key, rule, terms in (
            ("acknowledge_within", "acknowledge-late", [answer]),
            # Of the last levels of escalation too somebody is reminded.
            ("reminder", "reminder-late", [answer, *levels]),
        ):
            place = category.get(key)
            term = duration_of(place)
            shortest = min(terms, key=nominal)
            if place is not None and term is not None and nominal(term) >= nominal(shortest):
                yield place.fault(
                    rule,
                    f"{key} is {place.text()}, and "
                    + (
                        f"the answer is due within {answer}."
                        if shortest is answer
                        else f"a level has {shortest}."
                    ),
                    f"Write less than {shortest}.",
                )
        # On a developer's machine the first deadline passes in seconds, and somebody wants to see the second.
        before = None if document.local else answer
        for place in category.items("escalation_terms"):
            term = duration_of(place)
            if term is None:
                continue
            if before is not None and nominal(term) > nominal(before):
                yield place.fault(
                    "escalation-grows",
                    f"{place.text()} is longer than {before}, the term before it.",
                    f"Write {before} or less: who missed one deadline gets no longer one.",
                )
            before = term


def the_least_is_less(document: Document) -> Iterator[Finding]:
    """Who is given a complaint on the first day has to be late some day. Of danger, the ladder's term is shorter."""
    place = document.region.at("terms", "least_after_transfer")
    least = duration_of(place)
    if place is None or least is None or document.local:
        return
    for category in document.region.items("categories"):
        answer = duration_of(category.get("answer_within"))
        danger = category.get("danger")
        if answer is None or danger is None or danger.value is not False:
            continue
        if nominal(least) >= nominal(answer):
            yield place.fault(
                "least-long",
                f"least_after_transfer is {place.text()}, and an answer is due within {answer}.",
                f"Write less than {answer}.",
            )
            return


def nominal(term: Duration) -> float:
    """Seconds by which terms of different units compare: a week holds five working days of eight hours."""
    match term.kind:
        case "clock":
            return float(term.amount)
        case "working_days":
            return term.amount * _DAY * 7 / 5
        case "working_hours":
            return term.amount / _HOURS_A_DAY * _DAY * 7 / 5
        case "months":
            return term.amount * _DAY * 365 / 12


def duration_of(place: Node | None) -> Duration | None:
    text = None if place is None else place.text()
    if text is None:
        return None
    try:
        return Duration.parse(text)
    except ValueError:
        return None


def _terms_of(category: Node) -> list[Node]:
    places = [
        category.get("acknowledge_within"),
        category.get("answer_within"),
        *category.items("escalation_terms"),
    ]
    return [place for place in places if place is not None]


RULES = (
    within_the_law,
    danger_runs_by_the_clock,
    whole_minutes_in_the_cloud,
    one_after_another,
    the_least_is_less,
)
