"""What a query of Open311 asks for. A parameter that is empty counts as one that is not there (the specification, Optional
Arguments), one that nobody knows is passed over.

`page`, `page_size`, `updated_after`, `updated_before`, `extensions` and the place are extensions that are in use:
https://wiki.open311.org/GeoReport_v2/Extensions/
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from functions.complaints.clock import whole_second
from functions.complaints.faults import invalid
from functions.edge.fields import GivenInstant, fault
from functions.edge.validation import refusal

SPAN: Final = timedelta(days=90)
"""The specification's limit of a span of time, and what is shown where no span is asked for."""
PAGE_MOST: Final = 1000
"""And its limit of requests in one answer."""
IDS_MOST: Final = 100
RADIUS_M: Final = 500
_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(2200, 1, 1, tzinfo=UTC)
_SLACK: Final = timedelta(days=1)
"""A client that asks for ninety days back counts them by its own clock."""

type Box = tuple[float, float, float, float]
"""West, south, east, north, in degrees, as in RFC 7946, section 5."""


def _listed(value: object) -> list[str]:
    return [each.strip() for each in str(value).split(",") if each.strip()]


def _with_its_plus(value: object) -> str:
    """The sign before an offset, which a query that was not encoded has as a space."""
    return str(value).replace(" ", "+")


def _thinkable(instant: datetime) -> datetime:
    """Nearer than where a calendar ends: a span has a beginning and an end."""
    return min(max(instant, _FIRST), _LAST)


def _box(value: object) -> Box:
    try:
        west, south, east, north = map(float, _listed(value))
    except ValueError:
        raise fault("bounding_box") from None
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise fault("bounding_box")
    return west, south, east, north


Listed = Annotated[list[str], BeforeValidator(_listed)]
When = Annotated[GivenInstant, BeforeValidator(_with_its_plus), AfterValidator(_thinkable)]


class Asked(BaseModel):
    """Times include their bounds."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    service_request_id: Annotated[Listed, Field(max_length=IDS_MOST)] = []
    service_code: Listed = []
    status: Annotated[list[Literal["open", "closed"]], BeforeValidator(_listed)] = []
    start_date: When | None = None
    end_date: When | None = None
    updated_after: When | None = None
    updated_before: When | None = None
    bbox: Annotated[Box | None, BeforeValidator(_box)] = None
    lat: Annotated[float | None, Field(ge=-90, le=90, allow_inf_nan=False)] = None
    long: Annotated[float | None, Field(ge=-180, le=180, allow_inf_nan=False)] = None
    radius: Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)] = RADIUS_M
    page: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    page_size: Annotated[int, Field(ge=1, le=PAGE_MOST)] = PAGE_MOST
    extensions: bool = False

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """Raises Invalid with every fault, each by its parameter."""
        try:
            asked = cls.model_validate({name: value for name, value in query.items() if value.strip()})
        except ValidationError as error:
            raise refusal([{**each, "loc": ("query", *each["loc"])} for each in error.errors()]) from error
        if (asked.lat is None) != (asked.long is None):
            raise invalid("lat" if asked.lat is None else "long", "lat_and_long")
        return asked

    @property
    def centre(self) -> tuple[float, float] | None:
        return None if self.lat is None or self.long is None else (self.lat, self.long)

    @property
    def by_change(self) -> bool:
        """Whether it asks for what changed, whenever that was filed."""
        updated = self.updated_after or self.updated_before
        return updated is not None and self.start_date is None and self.end_date is None

    def filed_between(self, *, now: datetime) -> "Span":
        """Raises Invalid."""
        return _span(self.start_date, self.end_date, name="start_date", now=now)

    def changed_between(self, *, now: datetime) -> "Span":
        """Raises Invalid where it begins before what the files still know of changes."""
        span = _span(self.updated_after, self.updated_before, name="updated_after", now=now)
        return _recent(span, name="updated_after", now=now)

    def told_between(self, *, now: datetime) -> "Span":
        """Of updates, whose time is asked for by the parameters that elsewhere are of the filing. Raises Invalid."""
        return _recent(self.filed_between(now=now), name="start_date", now=now)

    @property
    def changed(self) -> "Span":
        """The bounds of the change, where they stand beside a span of the filing."""
        return Span(start=self.updated_after, end=self.updated_before)

    def paged[Item](self, items: list[Item]) -> list[Item]:
        first = (self.page - 1) * self.page_size
        return items[first : first + self.page_size]


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Between two instants, both included; None is open."""

    start: datetime | None
    end: datetime | None

    def holds(self, instant: str) -> bool:
        """`instant` as the files have it: of whole seconds, so that its text sorts as it does."""
        return (self.start is None or _text(whole_second(self.start)) <= instant) and (
            self.end is None or instant <= _text(self.end)
        )


def _span(start: datetime | None, end: datetime | None, *, name: str, now: datetime) -> Span:
    """SPAN of it where one end is open, the last one where both are. Raises Invalid for a longer one."""
    if start is None:
        start = (end or now) - SPAN
    if end is None:
        end = min(start + SPAN, max(start, now))
    if end - start > SPAN + _SLACK:
        raise invalid(name, "span_too_long", days=SPAN.days)
    return Span(start=start, end=end)


def _recent(span: Span, *, name: str, now: datetime) -> Span:
    if span.start is not None and span.start < now - SPAN - _SLACK:
        raise invalid(name, "too_long_ago", days=SPAN.days)
    return span


def _text(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%S}Z"


def query_of(parameters: Mapping[str, str] | None) -> Mapping[str, str]:
    """What the gateway has of the query: a parameter that comes several times is joined by commas there."""
    return parameters or {}
