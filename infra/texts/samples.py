"""Worked values for what a text names: bodies, dates and terms as a reader of the language sees them.

They are of the city of Pavlodar, and are written by what writes them for a person (`functions.complaints.texts`).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, Final

from babel import Locale

from functions.complaints.clock import iso
from functions.complaints.duration import Duration
from functions.complaints.history import BODIES_APART
from functions.complaints.promise import duration_text
from functions.complaints.region import Region
from functions.complaints.texts import (
    UNKNOWN,
    date_text,
    dates_text,
    datetime_text,
    distance_text,
    in_language,
    text,
)

AT: Final = datetime(2026, 6, 1, 5, tzinfo=UTC)
_DUE: Final = datetime(2026, 6, 22, 13, 30, tzinfo=UTC)
_BEFORE: Final = datetime(2026, 6, 15, 13, 30, tzinfo=UTC)
_BLANK: Final = "________"
_TIMES: Final = (
    *("due", "closes", "missed", "disputed", "passed", "forward", "acknowledge", "when"),
    *("answered", "before", "since"),
)
_COUNTED: Final = ("count", "limit", "max", "min", "days", "times")
"""What a plural is chosen by, one of them in each text that has one."""
WRITTEN: Final = {
    "kk": "Жұмыстар келесі аптаға жоспарланған.",
    "ru": "Работы запланированы на следующую неделю.",
    "en": "The work is planned for next week.",
}
COMMENT: Final = {
    "kk": "Аулада екі күннен бері жарық жоқ.",
    "ru": "Во дворе второй день нет света.",
    "en": "There has been no light in the yard for two days.",
}
WHY: Final = {
    "kk": "Қосымша тексеру қажет.",
    "ru": "Нужна ещё одна проверка.",
    "en": "It has to be looked at again.",
}
PLACE: Final = {
    "kk": "Павлодар, Лермонтов көшесі, 44",
    "ru": "Павлодар, ул. Лермонтова, 44",
    "en": "Lermontov street 44, Pavlodar",
}


class NoSample(KeyError):
    """A text names something that has no worked value yet: it wants one here."""


@dataclass(frozen=True, kw_only=True)
class Samples:
    """The values of one language in one region, by the names that texts have for them."""

    region: Region
    language: str

    def example(self, key: str, *, names: frozenset[str], form: str | None) -> str:
        """The text filled in; a plural `form` (`one`, `few` …) by a number that calls for it. Raises NoSample."""
        values = {name: self._value(key, name) for name in names}
        if form is not None:
            values |= self._counted(names, form, plural_of_bodies="silent" in names)
        return text(key, self.language, **values)

    def _counted(self, names: frozenset[str], form: str, *, plural_of_bodies: bool) -> dict[str, Any]:
        count = number_of(form, self.language)
        counted: dict[str, Any] = {"count": count, **{name: count for name in _COUNTED if name in names}}
        if plural_of_bodies:
            counted["silent"] = self._bodies("city_housing", *(() if form == "one" else ("city_akimat",)))
        return counted

    def _value(self, key: str, name: str) -> Any:
        for where in (f"{key} {name}", name):
            if where in self._values:
                return self._values[where]
        raise NoSample(f"{key} names {name}: infra/texts/samples.py has no value for it")

    @cached_property
    def _values(self) -> Mapping[str, Any]:
        day = date(2026, 6, 1)
        return {
            **{name: self._time(_DUE) for name in _TIMES},
            **{name: self._time(AT) for name in ("answered", "since")},
            "before": self._time(_BEFORE),
            "until": iso(_DUE),
            "agency": self._bodies("city_housing"),
            "above": self._bodies("city_akimat"),
            "giver": self._bodies("city_akimat"),
            "receiver": self._bodies("city_roads"),
            "next": self._bodies("oblast_akimat"),
            "silent": self._bodies("city_housing"),
            "agencies": self._bodies("city_housing", "city_akimat", "oblast_akimat"),
            "category": self._category("open_manhole"),
            "given_up": self._category("other"),
            "number": "PVL-26-7K3M9T",
            "into": "PVL-26-4F8R2W",
            "text": WRITTEN[self.language],
            "reason": WHY[self.language],
            "month": "2026-06",
            "region": in_language(self.region.name, self.language),
            "kind": "GeoJSON",
            "subject": self._category("open_manhole"),
            "event.complaint.photo_refused.body reason": self._said("photo.corrupt"),
            "event.complaint.flagged.body reason": self._said("flag.person"),
            "fault.url_refused reason": self._said("address.scheme"),
            "link": "https://qamqor.example.kz/desk/",
            "place": PLACE[self.language],
            "choices": "; ".join(self._choices()),
            "expected": self._said("expected.number"),
            "move": self._said("move.answer"),
            "role.refuses_move move": self._said("move.transfer"),
            "role": self._said("role.officer"),
            "state": self._said("status.closed"),
            "said": self._said("push.photo_refused.body"),
            "deadline.estimated said": self._time(_DUE),
            "why": self._said("deadline.working_days", term=self._duration("P15BD"), start=self._day(day)),
            "term": self._duration("P15BD"),
            "start": self._day(day),
            "dates": dates_text([date(2026, 3, 9), date(2026, 3, 23)], self.language, near=day),
            "deadline.registered dates": self._day(day),
            "deadline.short_day dates": self._day(day),
            "year": "2028",
            "wait": self._duration("PT4H"),
            "distance": distance_text(240, self.language),
            "date": datetime_text(AT, self.language, self.region.time_zone),
            "appeal.signature date": _BLANK,
            "size": self._said("unit.megabytes", count=15),
            "fault.extension_too_long limit": self._duration("P2M"),
            "count": 3,
            "limit": 20,
            "max": 90,
            "min": 3,
            "left": 2,
            "days": 90,
            "times": 1,
            **dict.fromkeys(("name", "iin", "address", "signature", "court"), _BLANK),
        }

    def _said(self, key: str, **params: object) -> str:
        return text(key, self.language, **params)

    def _time(self, when: datetime) -> str:
        return datetime_text(when, self.language, self.region.time_zone, near=AT)

    def _day(self, day: date) -> str:
        return date_text(day, self.language, self.region.time_zone, near=AT)

    def _duration(self, raw: str) -> str:
        return duration_text(Duration.parse(raw), self.language)

    def _bodies(self, *agency_ids: str) -> str:
        return BODIES_APART.join(
            in_language(self.region.agencies[each].name, self.language) for each in agency_ids
        )

    def _category(self, category_id: str) -> str:
        return in_language(self.region.categories[category_id].name, self.language)

    def _choices(self) -> Iterator[str]:
        questions = (question for each in self.region.categories.values() for question in each.questions)
        asked = next(question for question in questions if question.choices)
        return (in_language(choice["text"], self.language) for choice in asked.choices)


def number_of(form: str, language: str) -> int | str:
    """The smallest number that calls for this form; a fraction where no whole one does."""
    rule: Callable[[int], str] = Locale(language).plural_form
    return next((count for count in range(1, 200) if rule(count) == form), "1,5")


def is_whole(example: str) -> bool:
    """Whether nothing in it was left unfilled."""
    return not {"{", "}", UNKNOWN} & set(example)
