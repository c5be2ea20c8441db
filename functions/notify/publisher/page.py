"""A complaint's public page: one HTML document in every language of the region. Pure: the same input gives the same bytes.

It says what the public record and the public steps say, and never a word of a person. Nothing runs or is styled in it
(`page.css` and `page.js` lie beside it), so that the strictest policy serves it; without the script it is whole. Its links
are relative, for it does not know by which address it is read; only what leaves it, the pictures and addresses that social
networks ask for, is absolute.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, cached_property
from typing import Any, Final
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from functions.complaints.clock import parse_iso
from functions.complaints.events import HANDED, Event, EventType
from functions.complaints.history import line
from functions.complaints.lapse import Missed
from functions.complaints.promise import reason_text
from functions.complaints.public_record import PublicRecord
from functions.complaints.public_state import state_text, tone_of
from functions.complaints.publicity import FLAG_REASONS, ROUNDED
from functions.complaints.region import Names, Region
from functions.complaints.texts import datetime_text, in_language, text
from functions.complaints.visibility import Viewer, as_seen
from functions.notify.publisher.outline import MARGIN, WIDTH, Outline, outline_of

LANGUAGE_NAMES: Final[Mapping[str, str]] = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
_LOCALES: Final[Mapping[str, str]] = {"kk": "kk_KZ", "ru": "ru_RU", "en": "en_GB"}
_HAS_IT: Final = HANDED | {EventType.ASSIGNED}
"""Steps by which a body has it; one above, to which it was escalated, has it beside that."""


def page_of(record: PublicRecord, history: Sequence[Event], *, region: Region, base_url: str) -> bytes:
    """The document in UTF-8. `history`: the complaint's events in order, of which it shows what the public may see;
    `base_url` without a slash at its end.
    """
    steps = [seen for event in history if (seen := as_seen(event, Viewer.PUBLIC)) is not None]
    languages = region.languages
    pages = [
        _Said(record=record, steps=steps, region=region, language=language)
        # The region's first language stands last: what is shown unless another one is asked for has to follow all that
        # can be (see page.css).
        for language in (*languages[1:], languages[0])
    ]
    return (
        _template()
        .render(
            record=record,
            pages=pages,
            first=pages[-1],
            tone=tone_of(record),
            languages=[(each, LANGUAGE_NAMES[each]) for each in languages],
            locales=[_LOCALES[each] for each in languages],
            outline=None if record.lat is None or record.lon is None else _outline(record, region),
            address=f"{base_url}/c/{quote(record.number)}",
            picture=_picture(record, base_url),
            feeds=[*_feeds(record)],
            flag_reasons=FLAG_REASONS,
            linked=_linked(record, base_url=base_url, region=region),
            width=WIDTH,
            margin=MARGIN,
        )
        .encode()
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("functions.notify.publisher", package_path="."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html")


def _outline(record: PublicRecord, region: Region) -> Outline:
    assert record.lat is not None
    assert record.lon is not None
    return outline_of(region, lat=record.lat, lon=record.lon)


def _picture(record: PublicRecord, base_url: str) -> str:
    """For social networks, which take no drawing: the photo, else a picture of the state."""
    return f"{base_url}/{record.photo or f'open/state-{tone_of(record)}.png'}"


def _feeds(record: PublicRecord) -> Iterator[str]:
    for kind, name in (
        ("district", record.district),
        ("agency", record.agency),
        ("category", record.category),
    ):
        if name is not None:
            yield f"../feeds/{kind}/{quote(name)}"


def _linked(record: PublicRecord, *, base_url: str, region: Region) -> Mapping[str, Any]:
    """The page in schema.org's terms."""
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "url": f"{base_url}/c/{quote(record.number)}",
        "identifier": record.number,
        "inLanguage": [*region.languages],
        "dateCreated": _utc(record.submitted_at),
        "dateModified": _utc(record.updated_at),
        "isPartOf": {"@type": "Dataset", "url": f"{base_url}/open/dcat.jsonld"},
    }
    if record.lat is not None and record.lon is not None:
        geo = {"@type": "GeoCoordinates", "latitude": record.lat, "longitude": record.lon}
        told["contentLocation"] = {"@type": "Place", "geo": geo}
    return told


def _utc(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%S}Z"


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """`stamp` is for machines, in UTC."""

    stamp: str
    shown: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A step of the history; `is_missed` where a term passed."""

    at: Moment
    is_missed: bool
    title: str
    body: str


@dataclass(frozen=True, kw_only=True)
class _Said:
    """The page in one language, as the template puts it in. What it asks for more than once is kept."""

    record: PublicRecord
    steps: Sequence[Event]
    region: Region
    language: str

    def text(self, key: str, **params: object) -> str:
        return text(key, self.language, **params)

    @property
    def region_name(self) -> str:
        return self._name(self.region.name)

    @property
    def number(self) -> str:
        return self.text("public.number", number=self.record.number)

    @cached_property
    def state(self) -> str:
        return state_text(self.record, self.language)

    @cached_property
    def category(self) -> str | None:
        named = self.record.category
        return None if named is None else self._name(self.region.category(named).name)

    @property
    def district(self) -> str | None:
        found = (each for each in self.region.districts if each.id == self.record.district)
        return next((self._name(each.name) for each in found), None)

    @cached_property
    def agency(self) -> str | None:
        return None if self.record.agency is None else self._agency(self.record.agency)

    @property
    def above(self) -> Sequence[str]:
        return [self._agency(each) for each in self.record.escalated_to]

    @property
    def family(self) -> Sequence[tuple[str, Sequence[str]]]:
        """The numbers of what it is a part of, and of its parts, each under a name."""
        wholes = () if self.record.part_of is None else (self.record.part_of,)
        named = (("public.part_of", wholes), ("public.parts", self.record.parts))
        return [(self.text(key), numbers) for key, numbers in named if numbers]

    @cached_property
    def title(self) -> str:
        return " · ".join(filter(None, (self.category, self.state, self.record.number)))

    @property
    def description(self) -> str:
        """For whoever sees no more than a picture and two lines of it."""
        if self.record.is_hidden:
            return self.hidden_because
        said = [f"{self.text('public.agency')}: {self.agency}"] if self.agency else []
        if self.is_waited_for and self.due is not None:
            said.append(f"{self.due_label}: {self.due.shown}")
        return ". ".join((*said, *self.marks))

    @cached_property
    def hidden_because(self) -> str:
        """Who hid it, and why."""
        hidden = next((step for step in reversed(self.steps) if step.type == EventType.HIDDEN), None)
        told = None if hidden is None else self._line(hidden)
        return self.record.hidden_reason or "" if told is None else told.body

    @cached_property
    def had_since(self) -> Moment | None:
        """Since when the body in charge has it."""
        for step in reversed(self.steps):
            if (
                step.type in _HAS_IT
                and (step.data.get("to") or step.data.get("agency")) == self.record.agency
            ):
                return self._moment(step.at)
        return None

    @property
    def is_waited_for(self) -> bool:
        """Whether a body still has to answer."""
        return self.record.is_open and self.record.outcome is None

    @cached_property
    def is_exhausted(self) -> bool:
        """Whether no term runs any more, and nobody above is left to give one."""
        terms = (
            step for step in reversed(self.steps) if step.data.get("due_at") or step.data.get("exhausted")
        )
        last = next(terms, None)
        return last is not None and bool(last.data.get("exhausted"))

    @cached_property
    def due(self) -> Moment | None:
        if self.record.due_at is None:
            return None
        due = self._moment(self.record.due_at)
        if self._promise is None or not self._promise["params"].get("estimated"):
            return due
        return replace(due, shown=self.text("deadline.estimated", said=due.shown))

    @property
    def due_label(self) -> str:
        is_new = self.record.overdue and not self.is_exhausted
        return self.text("public.due.new" if is_new else "public.due")

    @cached_property
    def due_reason(self) -> str | None:
        """How the deadline was counted, where a public step says it."""
        return None if self._promise is None else reason_text(self._promise, self.language)

    @property
    def due_was(self) -> Moment | None:
        """By when an answer was due that has not come yet."""
        missed = (
            step.data["missed_at"]
            for step in self.steps
            if step.type == EventType.ESCALATED and step.data.get("missed") != Missed.LATE_ACKNOWLEDGEMENT
        )
        first = next(missed, None) if self.record.overdue else None
        return None if first is None else self._moment(parse_iso(first))

    @cached_property
    def marks(self) -> Sequence[str]:
        """What did not go as it should have first, then who else has seen it and how the answer was proven."""
        record = self.record
        counted = (
            ("public.missed", record.missed_terms),
            ("public.disputed", record.refuted),
            ("public.extended", record.extended),
            ("public.passed_on", record.passed_on),
        )
        said = [self.text("public.due_was", due=self.due_was.shown)] if self.due_was else []
        said += [self.text(key, count=count) for key, count in counted if count]
        if record.answered_in_time is not None:
            said.append(self.text("public.in_time" if record.answered_in_time else "public.late"))
        if record.joined:
            said.append(self.text("event.complaint.joined.body", count=record.joined))
        if record.proof is not None:
            said.append(self.text(f"proof.distance.{record.proof}"))
        if record.proof_reused:
            said.append(self.text("public.proof_reused"))
        return said

    @property
    def is_rounded(self) -> bool:
        return self.record.place == ROUNDED

    @property
    def history(self) -> Sequence[Line]:
        """Newest first."""
        told = (self._line(step) for step in reversed(self.steps))
        return [each for each in told if each is not None]

    @property
    def updated(self) -> str:
        return self.text("public.updated", when=self._moment(self.record.updated_at).shown)

    def _line(self, step: Event) -> Line | None:
        told = line(step, language=self.language, region=self.region, viewer=Viewer.PUBLIC)
        if told is None:
            return None
        return Line(
            at=self._moment(step.at),
            is_missed=step.type == EventType.ESCALATED,
            title=told["title"],
            body=told["body"],
        )

    @cached_property
    def _promise(self) -> Mapping[str, Any] | None:
        """What explains the deadline that the record names."""
        promises = (step.data["promise"] for step in reversed(self.steps) if step.data.get("promise"))
        return next((each for each in promises if self._is_due(each["params"]["due_at"])), None)

    def _is_due(self, due_at: str) -> bool:
        return parse_iso(due_at).replace(microsecond=0) == self.record.due_at

    def _agency(self, agency_id: str) -> str:
        return self._name(self.region.agency(agency_id).name)

    def _name(self, names: Names) -> str:
        return in_language(names, self.language)

    def _moment(self, at: datetime) -> Moment:
        return Moment(stamp=_utc(at), shown=datetime_text(at, self.language, self.region.time_zone))
