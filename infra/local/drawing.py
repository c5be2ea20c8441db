"""Dashboards as a picture: SVG of our own, on CloudWatch's grid of 24 columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final

COLUMN: Final = 45
ROW: Final = 36
WIDTH: Final = 24 * COLUMN + 40
COLOURS: Final = (
    *("#2f6db3", "#c7662b", "#3d8b52", "#a5465b", "#7a5fb0", "#8a7a2e", "#2b8f93", "#b0528f"),
    *("#5b6b7b", "#4f9ad1", "#d99a3d", "#6db37f", "#cf7f8d", "#a796cf", "#b8a85c", "#69babd"),
)
HEADS: Final = {"business": "What becomes of complaints", "technical": "How the machinery does"}
UNMEASURED: Final = "measured by AWS, not by an emulator"


@dataclass(frozen=True, kw_only=True)
class Series:
    label: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, kw_only=True)
class Table:
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Place:
    """In CloudWatch's units, of which a dashboard is 24 wide."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Widget:
    """`number`: one figure, else lines or a table."""

    title: str
    place: Place
    number: bool = False
    series: Sequence[Series] = ()
    table: Table | None = None
    span: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, kw_only=True)
class Drawing:
    name: str
    widgets: Sequence[Widget] = field(default_factory=tuple)

    @property
    def rows(self) -> int:
        return max((each.place.y + each.place.height for each in self.widgets), default=0)


def svg(drawings: Sequence[Drawing]) -> str:
    parts: list[str] = []
    top = 20
    for drawing in drawings:
        head = HEADS.get(drawing.name.rpartition("-")[2], "")
        parts.append(_words(20, top + 22, drawing.name, size=20, weight=600))
        parts.append(_words(WIDTH - 20, top + 22, head, size=14, colour="#57606a", anchor="end"))
        top += 40
        for widget in drawing.widgets:
            parts += _widget(widget, left=20 + widget.place.x * COLUMN, top=top + widget.place.y * ROW)
        top += drawing.rows * ROW + 30
    label = "The business and the technical dashboard of a region, with what one run of the demo measured"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" role="img" aria-label="{label}" '
        "font-family=\"system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif\">\n"
        f'<rect width="{WIDTH}" height="{top}" fill="#f4f6f8"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _widget(widget: Widget, *, left: float, top: float) -> Iterator[str]:
    width, height = widget.place.width * COLUMN - 8, widget.place.height * ROW - 8
    yield (
        f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" rx="6" fill="#ffffff" '
        'stroke="#d5dbe1"/>'
    )
    yield _words(left + 12, top + 21, widget.title, size=13, weight=600)
    if widget.table is not None:
        yield from _table(widget.table, left=left + 12, top=top + 46, width=width - 24)
    elif not any(each.points for each in widget.series):
        yield _words(
            left + width / 2, top + height / 2 + 8, UNMEASURED, size=12, colour="#8b949e", anchor="middle"
        )
    elif widget.number:
        ((_, value),) = widget.series[0].points
        yield _words(
            left + width / 2, top + height / 2 + 26, _figure(value), size=34, weight=600, anchor="middle"
        )
    else:
        yield from _lines(widget, left=left + 46, top=top + 36, width=width - 62, height=height - 98)


def _lines(widget: Widget, *, left: float, top: float, width: float, height: float) -> Iterator[str]:
    drawn = [each for each in widget.series if each.points]
    highest = max(value for each in drawn for _, value in each.points) or 1.0
    first, last = widget.span
    for share in (0.0, 0.5, 1.0):
        y = top + height * (1 - share)
        yield f'<path d="M{left:g} {y:.1f}h{width:g}" stroke="#e6eaee"/>'
        yield _words(left - 6, y + 4, _figure(highest * share), size=10.5, colour="#57606a", anchor="end")
    yield _words(left, top + height + 15, "0 s", size=10.5, colour="#57606a")
    yield _words(
        left + width, top + height + 15, f"{last - first:.0f} s", size=10.5, colour="#57606a", anchor="end"
    )
    for number, each in enumerate(drawn):
        colour = COLOURS[number % len(COLOURS)]
        places = [
            (left + width * (at - first) / ((last - first) or 1), top + height * (1 - value / highest))
            for at, value in each.points
        ]
        if len(places) > 1:
            path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
            yield f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="1.8"/>'
        for x, y in places:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{colour}"/>'
    yield from _legend(drawn, left=left - 34, top=top + height + 34, width=width + 46)


def _legend(drawn: Sequence[Series], *, left: float, top: float, width: float) -> Iterator[str]:
    """Two lines at the most; what has no room is counted."""
    x, y = left, top
    for number, each in enumerate(drawn):
        room = 17 + 6.1 * len(each.label)
        if x + room > left + width:
            x, y = left, y + 15
        if y > top + 15 or (y > top and x + room > left + width - 60 and number < len(drawn) - 1):
            yield _words(
                x, y if y <= top + 15 else top + 15, f"+ {len(drawn) - number}", size=10.5, colour="#57606a"
            )
            return
        yield f'<circle cx="{x + 4:.1f}" cy="{y - 4:.1f}" r="4" fill="{COLOURS[number % len(COLOURS)]}"/>'
        yield _words(x + 12, y, each.label, size=10.5, colour="#3d4651")
        x += room + 8


def _table(table: Table, *, left: float, top: float, width: float) -> Iterator[str]:
    first = width * 0.22
    step = (width - first) / max(1, len(table.head) - 1)
    for row, cells in enumerate([table.head, *table.rows]):
        y = top + row * 24
        if row:
            yield f'<path d="M{left:g} {y - 16:.1f}h{width:g}" stroke="#e6eaee"/>'
        for column, cell in enumerate(cells):
            x = left if column == 0 else left + first + step * column
            yield _words(
                x,
                y,
                cell,
                size=12 if row else 11,
                weight=400 if row else 600,
                colour="#1b1f24" if row else "#57606a",
                anchor="start" if column == 0 else "end",
            )


def _figure(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value == int(value) else f"{value:.3g}"


def _words(
    x: float,
    y: float,
    text: str,
    *,
    size: float,
    weight: int = 400,
    colour: str = "#1b1f24",
    anchor: str = "start",
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" font-weight="{weight}" fill="{colour}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )
