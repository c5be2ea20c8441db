"""Feeds of a district, a body or a category, rendered out of the lines of `open/complaints.geojson`. Pure.

Atom (RFC 4287) with what was hidden as deleted entries (RFC 6721), and JSON Feed 1.1 (https://jsonfeed.org/version/1.1)
with the same as an extension. The file holds a hundred thousand complaints, and a feed fifty of them: a line is looked at
as it is, and parsed once it is one of the fifty.
"""

import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from heapq import nlargest
from html import escape
from typing import Any, Final
from urllib.parse import quote, urlsplit

from feedgenerator import Atom1Feed

from functions.complaints.clock import parse_iso
from functions.complaints.public_record import PublicRecord, record_in_feature
from functions.complaints.public_state import state_text
from functions.complaints.region import Names, Region
from functions.complaints.texts import datetime_text, in_language, text

NEWEST: Final = 50
ATOM: Final = "application/atom+xml; charset=utf-8"
JSON_FEED: Final = "application/feed+json"
TOMBSTONES: Final = "http://purl.org/atompub/tombstones/1.0"
_FEATURE: Final = b'{"type":"Feature",'
_TOMBSTONE: Final = b'{"number":"'
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed was changed in which there never was anything."""


class Subject(StrEnum):
    """What a feed is of."""

    DISTRICT = "district"
    AGENCY = "agency"
    CATEGORY = "category"


_PAGES: Final[Mapping[Subject, str]] = {
    Subject.DISTRICT: "districts",
    Subject.AGENCY: "agencies",
    Subject.CATEGORY: "categories",
}
"""Of the site, by what they are of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A feed of one district, body or category, by its id; a body's has what was escalated to it too. `base_url` without a
    slash at its end.
    """

    subject: Subject
    id: str
    language: str
    region: Region
    base_url: str

    @property
    def is_known(self) -> bool:
        return self._names is not None

    @property
    def name(self) -> str:
        return in_language(self._names or {}, self.language)

    @property
    def title(self) -> str:
        region = in_language(self.region.name, self.language)
        return text("public.feed.about", self.language, region=region, subject=self.name)

    @property
    def _names(self) -> Names | None:
        match self.subject:
            case Subject.DISTRICT:
                return next((each.name for each in self.region.districts if each.id == self.id), None)
            case Subject.AGENCY:
                return self.region.agencies[self.id].name if self.id in self.region.agencies else None
            case Subject.CATEGORY:
                return self.region.categories[self.id].name if self.id in self.region.categories else None

    def address(self, ending: str) -> str:
        path = f"feeds/{self.subject}/{quote(self.id)}.{ending}"
        return f"{self.base_url}/{path}?lang={self.language}"

    @property
    def home(self) -> str:
        """What the site has of it."""
        return f"{self.base_url}/#/{_PAGES[self.subject]}/{quote(self.id)}"

    def tag(self, number: str) -> str:
        """The id of a complaint's entry, for good (RFC 4151): its number says the year in which it was filed."""
        year = number.rsplit("-", 2)[1]
        return f"tag:{urlsplit(self.base_url).hostname},20{year}:c/{number}"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Entry:
    """A complaint as it stands in a feed."""

    record: PublicRecord
    id: str
    address: str
    title: str
    summary: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Gone:
    """What was hidden."""

    id: str
    at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Chosen:
    """What is in the feed, newest first."""

    entries: Sequence[_Entry]
    gone: Sequence[_Gone]

    @property
    def updated(self) -> datetime:
        return max(
            (*(each.record.updated_at for each in self.entries), *(each.at for each in self.gone)),
            default=_NEVER,
        )


def atom(lines: Iterable[bytes], *, wanted: Wanted) -> bytes:
    """The Atom feed, in UTF-8. `lines`: of the file, without their ends."""
    chosen = _chosen(lines, wanted=wanted)
    feed = _Atom(chosen=chosen, wanted=wanted)
    out = io.BytesIO()
    feed.write(out, "utf-8")
    return out.getvalue()


def json_feed(lines: Iterable[bytes], *, wanted: Wanted) -> bytes:
    """The JSON Feed. `lines`: of the file, without their ends."""
    chosen = _chosen(lines, wanted=wanted)
    gone = [{"id": each.id, "deleted": _utc(each.at), "reason": each.reason} for each in chosen.gone]
    told: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": wanted.title,
        "home_page_url": wanted.home,
        "feed_url": wanted.address("json"),
        "language": wanted.language,
        "authors": [{"name": _author(wanted), "url": f"{wanted.base_url}/"}],
        "items": [_item(each, wanted=wanted) for each in chosen.entries],
        "_tombstones": {"about": "https://www.rfc-editor.org/rfc/rfc6721", "items": gone},
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _item(entry: _Entry, *, wanted: Wanted) -> Mapping[str, Any]:
    record = entry.record
    told: dict[str, Any] = {
        "id": entry.id,
        "url": entry.address,
        "title": entry.title,
        "content_text": entry.summary,
        "date_published": _utc(record.submitted_at),
        "date_modified": _utc(record.updated_at),
        "tags": [each for each in (record.category, record.district, record.agency) if each is not None],
    }
    return told | ({"image": f"{wanted.base_url}/{record.photo}"} if record.photo else {})


class _Atom(Atom1Feed):  # type: ignore[misc]
    """With what was hidden, and with a moment of its last change that is not the present one."""

    def __init__(self, *, chosen: _Chosen, wanted: Wanted) -> None:
        super().__init__(
            title=wanted.title,
            link=wanted.home,
            description=None,
            language=wanted.language,
            author_name=_author(wanted),
            author_link=f"{wanted.base_url}/",
            feed_url=wanted.address("atom"),
            feed_guid=wanted.address("atom"),
        )
        self._chosen = chosen
        for each in chosen.entries:
            self.add_item(
                title=each.title,
                link=each.address,
                # What it writes is said to be HTML.
                description=escape(each.summary),
                unique_id=each.id,
                pubdate=each.record.submitted_at,
                updateddate=each.record.updated_at,
                categories=[each.record.category] if each.record.category else [],
            )

    def latest_post_date(self) -> datetime:
        return self._chosen.updated

    def root_attributes(self) -> dict[str, str]:
        return {**super().root_attributes(), "xmlns:at": TOMBSTONES}

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        for each in self._chosen.gone:
            handler.startElement("at:deleted-entry", {"ref": each.id, "when": _utc(each.at)})
            handler.addQuickElement("at:comment", each.reason)
            handler.endElement("at:deleted-entry")


def _chosen(lines: Iterable[bytes], *, wanted: Wanted) -> _Chosen:
    is_of_it = _matching(wanted)
    features: list[bytes] = []
    tombstones: list[bytes] = []
    for line in lines:
        if line.startswith(_FEATURE):
            if is_of_it(line):
                features.append(line)
        elif line.startswith(_TOMBSTONE):
            # Of what it was is nothing known any more: each feed has every one of them.
            tombstones.append(line)
    newest = nlargest(NEWEST, features, key=lambda line: (_said(line, "updated_at"), line))
    latest = nlargest(NEWEST, tombstones, key=lambda line: (_said(line, "hidden_at"), line))
    return _Chosen(
        entries=[_entry(record_in_feature(_read(line)), wanted=wanted) for line in newest],
        gone=[_gone(_read(line), wanted=wanted) for line in latest],
    )


def _matching(wanted: Wanted) -> Callable[[bytes], bool]:
    """Whether a line is of what is wanted. A quotation mark within a text is never written alone, so nothing that stands in
    one passes for a member.
    """
    name = json.dumps(wanted.id, ensure_ascii=False).encode()
    member = b'"%s":%s' % (str(wanted.subject).encode(), name)
    above = re.compile(rb'"escalated_to":\[[^\]]*%s' % re.escape(name))
    if wanted.subject == Subject.AGENCY:
        return lambda line: member in line or above.search(line) is not None
    return lambda line: member in line


def _said(line: bytes, name: str) -> bytes:
    """The text of a member that has no quotation mark in it."""
    return line.partition(b'"%s":"' % name.encode())[2].partition(b'"')[0]


def _read(line: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(line.removesuffix(b","))
    return found


def _entry(record: PublicRecord, *, wanted: Wanted) -> _Entry:
    language, region = wanted.language, wanted.region
    category = in_language(region.category(record.category or "").name, language)
    return _Entry(
        record=record,
        id=wanted.tag(record.number),
        address=f"{wanted.base_url}/c/{quote(record.number)}#{language}",
        title=f"{category} · {state_text(record, language)} · {record.number}",
        summary=_summary(record, region=region, language=language),
    )


def _summary(record: PublicRecord, *, region: Region, language: str) -> str:
    """Who has it, by when an answer is due where one is waited for, and what was missed."""
    said: list[str] = []
    if record.agency is not None:
        name = in_language(region.agency(record.agency).name, language)
        said.append(f"{text('public.agency', language)}: {name}.")
    if record.is_open and record.outcome is None and record.due_at is not None:
        due = datetime_text(record.due_at, language, region.time_zone)
        said.append(f"{text('public.due.new' if record.overdue else 'public.due', language)}: {due}.")
    if record.missed_terms:
        said.append(f"{text('public.missed', language, count=record.missed_terms)}.")
    if record.refuted:
        said.append(f"{text('public.disputed', language, count=record.refuted)}.")
    if record.joined:
        said.append(text("event.complaint.joined.body", language, count=record.joined))
    return " ".join(said)


def _gone(tombstone: Mapping[str, Any], *, wanted: Wanted) -> _Gone:
    return _Gone(
        id=wanted.tag(tombstone["number"]),
        at=parse_iso(tombstone["hidden_at"]),
        reason=tombstone["reason"],
    )


def _author(wanted: Wanted) -> str:
    return f"Qamqor · {in_language(wanted.region.name, wanted.language)}"


def _utc(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%S}Z"
