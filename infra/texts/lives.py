"""Two complaints, played by the real moves, so that the texts are read as people meet them: one after the other."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from functions.complaints.appeal import appeal
from functions.complaints.change import Change
from functions.complaints.complaint import Actor, ActorKind, Complaint
from functions.complaints.events import Event
from functions.complaints.history import line, push
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.assignment import assign
from functions.complaints.moves.escalation import tick
from functions.complaints.moves.filing import Draft, file
from functions.complaints.region import Region
from functions.complaints.timers import next_timer
from functions.complaints.visibility import Viewer
from infra.texts.samples import AT, COMMENT, PLACE, WHY, WRITTEN

_CATEGORY = "street_light"
_PLACE = (52.2873, 76.9674)
_REPORTER = Actor(kind=ActorKind.CITIZEN, id="reporter")


@dataclass(kw_only=True)
class Life:
    """`complaint` as it stands at `now`, and every event that led there."""

    region: Region
    complaint: Complaint
    now: datetime
    events: list[Event] = field(default_factory=list)

    def then(self, move: Callable[[Complaint, datetime], Change | None]) -> None:
        self.now += timedelta(hours=1)
        self._keep(move(self.complaint, self.now))

    def wait(self) -> None:
        """Until the next of its timers."""
        timer = next_timer(self.complaint)
        if timer is None:
            raise RuntimeError(f"{self.complaint.status} waits for nothing")
        self.now = max(self.now, timer.at)
        self._keep(tick(self.complaint, region=self.region, now=self.now))

    def _keep(self, change: Change | None) -> None:
        if change is not None:
            self.complaint = change.after
            self.events.append(change.event)

    def timeline(self, language: str) -> Iterator[str]:
        """Each step as its reporter reads it, and below it what a phone shows of it."""
        for event in self.events:
            told = line(event, language=language, region=self.region)
            if told is not None:
                yield f"{told['title']}. {told['body']}"
            shown = push(
                event, number=self.complaint.number, category=_CATEGORY, region=self.region, language=language
            )
            if shown is not None:
                yield f"📱 {shown.title} | {shown.body}"

    def appealed(self, language: str) -> str:
        return appeal(
            self.complaint,
            self.events,
            region=self.region,
            language=language,
            viewer=Viewer.REPORTER,
            now=self.now,
        )


def _filed(region: Region, language: str) -> Life:
    lat, lon = _PLACE
    draft = Draft(category=_CATEGORY, comment=COMMENT[language], lat=lat, lon=lon, address=PLACE[language])
    filed = file(draft, region=region, reporter="reporter", now=AT)
    life = Life(region=region, complaint=filed.after, now=AT, events=[filed.event])
    life.then(lambda each, now: assign(each, region=region, now=now))
    return life


def answered(region: Region, language: str) -> Life:
    """Work begins; it is answered, disputed, answered again, and closed by whoever sent it."""
    life = _filed(region, language)
    body = Actor(kind=ActorKind.AGENCY, id=life.complaint.agency_id)

    def declined(each: Complaint, now: datetime) -> Change | None:
        text = WRITTEN[language]
        return agency.answer(each, by=body, outcome="declined", text=text, region=region, now=now)

    life.then(lambda each, now: agency.acknowledge(each, by=body, now=now))
    life.then(declined)
    life.then(lambda each, now: citizen.refute(each, by=_REPORTER, reason=WHY[language], now=now))
    life.then(declined)
    life.then(lambda each, now: citizen.confirm(each, by=_REPORTER, now=now))
    return life


def silent(region: Region, language: str, *, level: int | None = None) -> Life:
    """Nobody answers, until this level; without one, until no body is left above."""
    life = _filed(region, language)
    while not life.complaint.overdue and (level is None or life.complaint.escalation_level < level):
        life.wait()
    return life
