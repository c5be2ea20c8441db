"""The people: citizens who report, insist or take back, and officers who are prompt, slow, silent or evasive."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from functions.complaints.change import Change
from functions.complaints.complaint import (
    ENDED,
    SYSTEM,
    WITH_AGENCY,
    Actor,
    ActorKind,
    Complaint,
    PhotoStatus,
    Status,
)
from functions.complaints.duration import Duration
from functions.complaints.faults import Conflict, Invalid, NotFound
from functions.complaints.moves import agency, citizen
from functions.complaints.moves.again import again_refusal
from functions.complaints.moves.assignment import with_assignment
from functions.complaints.moves.correcting import Correction, Place, correct
from functions.complaints.moves.declaration import expect_photos
from functions.complaints.moves.filing import DeclaredPhoto, Draft, file
from functions.complaints.moves.merging import merge, put_apart
from functions.complaints.moves.officers import assign_officer
from functions.complaints.moves.photos import add_photo, refuse_photo, skip_photos
from functions.complaints.moves.publicity import flag, hide, redact, unhide
from functions.complaints.moves.receivers import instructed, receivers
from functions.complaints.perceptual_hash import Views
from functions.complaints.proof import Found
from functions.complaints.publicity import FLAG_REASONS
from functions.complaints.redaction import Box
from functions.complaints.transitions import MoveRefused
from functions.records.move import move
from functions.records.requests import Request, RequestSeen
from functions.records.transaction import AlreadyJoined, NotJoined, NumberTaken
from tests.simulation.faults import Crash

if TYPE_CHECKING:
    from tests.simulation.world import World

REFUSED = (MoveRefused, Conflict, Invalid, NotFound, AlreadyJoined, NotJoined)
REASON = "The matter needs more time than foreseen."
PHOTO = DeclaredPhoto(content_type="image/jpeg", size=1000, sha256="0" * 64)
EXTENSIONS = tuple(map(Duration.parse, ("PT1H", "PT4BH", "P5BD", "P10BD", "P20BD", "P1M", "P2M")))


@dataclass(frozen=True, kw_only=True)
class Temper:
    """How long between two of an officer's steps, as a share of the term, and what they tend to do."""

    share: float
    acknowledges: int = 6
    answers: int = 4
    extends: int = 1
    transfers: int = 1
    instructs: int = 1
    splits: int = 1
    talks: int = 2
    corrects: int = 1


TEMPERS = (
    Temper(share=0.1),
    Temper(share=0.25),
    Temper(share=0.5, acknowledges=3),
    Temper(share=0.3, extends=6, answers=2),
    Temper(share=0.2, transfers=6),
    Temper(share=0.3, splits=6),
    Temper(share=0.3, instructs=6, transfers=3),
    Temper(share=0.2, corrects=6),
    Temper(share=1.1, acknowledges=2),
    Temper(share=0.0),
)


class Cast:
    def __init__(self, world: "World") -> None:
        self._world = world
        self._keys = count()
        self._random = world.random
        self._looked_after: set[str] = set()

    # A complaint arrives

    def arrives(self) -> None:
        world, random = self._world, self._random
        draft = Draft(
            category=random.choice(self._offered()),
            comment="Something is wrong here.",
            lat=52.5,
            lon=random.choice((76.5, 77.5)),
            photos=(PHOTO,) * random.choice((0, 0, 1, 1, 2)),
            language=random.choice(("kk", "ru", "en")),
        )
        person = f"person-{next(self._keys)}"
        request = Request(caller=person, key="first", digest="1")
        change = self._filed(draft, person=person, request=request)
        if change is None:
            return
        if world.chance(world.rates.repeated_request):
            again = self._filed(draft, person=person, request=request)
            assert again is None or again.after.id == change.after.id
        complaint = change.after
        for photo in complaint.photos:
            if not world.chance(0.15):
                # Some come after the wait for them is over.
                delay = (
                    random.expovariate(1 / 60) if world.chance(0.95) else random.uniform(23.9, 24.2) * 3600
                )
                world.after(delay, partial(self._photo_arrives, complaint.id, photo.id))
        for _ in range(random.choice((0, 0, 0, 0, 1, 4))):
            # Readers come while it is open, and after its end.
            world.after(random.uniform(0, 20) * 86_400, partial(self._reader_flags, complaint.id))
        temper = random.choice(TEMPERS)
        self._officer_comes(complaint.id, temper)
        self._citizen_comes(complaint.id)

    def _offered(self) -> tuple[str, ...]:
        """As the API refuses what is retired."""
        world = self._world
        return tuple(each.id for each in world.region.categories.values() if not each.is_retired(world.now))

    def _filed(self, draft: Draft, *, person: str, request: Request) -> Change | None:
        """As the citizen's API does; None where the person's request died and they gave up."""
        world = self._world
        for _ in range(5):
            try:
                opened = file(draft, region=world.region, reporter=person, now=world.now)
                change = with_assignment(opened, region=world.region, now=world.now)
                world.actor(lambda store, change=change: store.write(change, request=request))
            except NumberTaken:
                continue
            except RequestSeen as seen:
                return self._world.store.changes[seen.complaint_id][seen.seq - 1]
            except Crash:
                continue
            else:
                return self._noted(change)
        return None

    def _photo_arrives(self, complaint_id: str, photo_id: str) -> None:
        def settle(complaint: Complaint) -> Change | None:
            if self._world.chance(0.1):
                return refuse_photo(complaint, photo_id, reason="corrupt", now=self._world.now)
            now = self._world.now
            added = add_photo(
                complaint,
                photo_id,
                width=10,
                height=10,
                clean_sha256="0" * 64,
                photo_hash=self._looks(),
                found=self._found(complaint),
                strict=self._world.chance(0.2),
                now=now,
            )
            return None if added is None else with_assignment(added, region=self._world.region, now=now)

        for _ in range(1 + self._world.chance(0.05)):
            if not self._acts(complaint_id, settle):
                self._world.after(5, partial(self._photo_arrives, complaint_id, photo_id))

        if self._world.chance(0.7):
            self._world.after(30, partial(self._faces_looked_for, complaint_id, photo_id))

    def _faces_looked_for(self, complaint_id: str, photo_id: str) -> None:
        """As what makes public copies does, which may try twice."""
        boxes = self._boxes()
        for _ in range(1 + self._world.chance(0.1)):
            self._acts(
                complaint_id,
                lambda each: redact(each, photo_id, boxes=boxes, by=SYSTEM, now=self._world.now),
            )

    def _boxes(self) -> tuple[Box, ...]:
        return tuple(
            Box(x=0.2 * place, y=0.5, w=0.1, h=0.1) for place in range(self._random.choice((0, 1, 3)))
        )

    def _reader_flags(self, complaint_id: str) -> None:
        reason = self._random.choice(FLAG_REASONS)
        self._acts(complaint_id, lambda each: flag(each, reason=reason, now=self._world.now))

    # Officers

    def _looks(self) -> str | None:
        """Of a few pictures, so that some come again."""
        return self._random.choice((None, "00" * 64, "55" * 64, "aa" * 64))

    def _found(self, complaint: Complaint) -> Found:
        """Of a proof photo: it knows nothing, or what is right, or what is not."""
        random = self._random
        place = complaint.lat + random.choice((0.0, 0.0, 0.001, 0.01)), complaint.lon
        hours = random.choice((-30, -1, 0, 1))
        looks = self._looks()
        views = None if looks is None else Views(wholes=(int(looks[:64], 16),), cores=())
        return Found(
            place=random.choice((None, place)),
            taken_at=random.choice((None, complaint.submitted_at + timedelta(hours=hours))),
            views=views,
            copied_from=frozenset({"another"} if random.random() < 0.1 else ()),
        )

    def _officer_comes(self, complaint_id: str, temper: Temper) -> None:
        if temper.share == 0.0:
            return
        world, random = self._world, self._random
        complaint = world.store.get(complaint_id)
        if complaint.status in ENDED or (complaint.overdue and world.chance(0.3)):
            return
        begin = complaint.assigned_at or complaint.submitted_at
        term = 86_400.0 if complaint.due_at is None else (complaint.due_at - begin).total_seconds()
        delay = random.expovariate(1 / (max(term, 3600.0) * temper.share))
        when = world.now + timedelta(seconds=delay)
        timer = complaint.due_at if complaint.status != Status.ASSIGNED else complaint.acknowledge_by
        if timer is not None and timer > world.now and world.chance(0.15):
            # At the very moment when the term ends.
            when = timer + timedelta(seconds=random.uniform(-1.5, 1.5))
        world.at(max(when, world.now), partial(self._officer_acts, complaint_id, temper))

    def _officer_acts(self, complaint_id: str, temper: Temper) -> None:
        complaint = self._world.store.get(complaint_id)
        if complaint.status in WITH_AGENCY:
            self._acts(complaint_id, self._officers_choice(complaint, temper))
        for part in complaint.children:
            self._watch_over(part)
        self._officer_comes(complaint_id, temper)

    def _watch_over(self, part_id: str) -> None:
        """A part gets an officer of its own, once."""
        if part_id not in self._looked_after and part_id in self._world.store:
            self._looked_after.add(part_id)
            self._officer_comes(part_id, self._random.choice(TEMPERS))
            self._citizen_comes(part_id)

    def _officers_choice(self, complaint: Complaint, temper: Temper) -> Callable[[Complaint], Change | None]:
        world, random = self._world, self._random
        by = Actor(kind=ActorKind.AGENCY, id=random.choice(complaint.in_charge or ("nobody",)))
        weights = (
            temper.acknowledges,
            temper.answers,
            temper.extends,
            temper.transfers,
            temper.splits,
            temper.instructs,
            temper.corrects,
            temper.talks,
        )
        (choice,) = random.choices(range(len(weights)), weights)
        # Some try what they may not.
        others = receivers(complaint, by=by, region=world.region, now=world.now) if world.chance(0.8) else ()
        others = others or tuple(world.region.agencies)
        match choice:
            case 0:
                return lambda each: agency.acknowledge(each, by=by, now=world.now)
            case 1:
                return self._answers(complaint, by)
            case 2:
                extension = random.choice(EXTENSIONS)
                return lambda each: agency.extend_deadline(
                    each, by=by, extension=extension, reason=REASON, region=world.region, now=world.now
                )
            case 3:
                to = random.choice(others)
                return lambda each: agency.transfer(
                    each, by=by, to=to, reason=REASON, region=world.region, now=world.now
                )
            case 4:
                bodies = random.sample(others, min(2, len(others)))
                parts = [agency.Part(agency_id=to, text=REASON) for to in bodies]
                return lambda each: agency.split(each, by=by, parts=parts, region=world.region, now=world.now)
            case 5:
                below = random.choice(
                    instructed(complaint, by=by, region=world.region, now=world.now) or others
                )
                return lambda each: agency.instruct(
                    each, by=by, to=below, reason=REASON, region=world.region, now=world.now
                )
            case 6:
                return self._corrects(by)
        if world.chance(0.4) and (other := self._another(complaint)) is not None:
            # The one that it is joined with is read anew on each try, as the agency's API does.
            return lambda each: merge(
                each, world.store.get(other), by=by, reason=None, region=world.region, now=world.now
            )
        if world.chance(0.3):
            return self._publishes(complaint, by)
        if world.chance(0.2):
            to = random.choice((None, "officer-1", "officer-2"))
            return lambda each: assign_officer(each, by=by, to=to, now=world.now)
        if world.chance(0.5):
            return lambda each: agency.ask(each, by=by, text="Where exactly?", now=world.now)
        internal = world.chance(0.5)
        return lambda each: agency.comment(each, by=by, text="Noted.", internal=internal, now=world.now)

    def _publishes(self, complaint: Complaint, by: Actor) -> Callable[[Complaint], Change | None]:
        """A body, or whoever runs the region: hides it, shows it, says what is hidden in a photo."""
        world, random = self._world, self._random
        who = SYSTEM if world.chance(0.1) else by
        if complaint.photos and world.chance(0.3):
            photo, boxes = random.choice(complaint.photos).id, self._boxes()
            return lambda each: redact(each, photo, boxes=boxes, by=by, now=world.now)
        turn = unhide if complaint.hidden is not None else hide
        return lambda each: turn(each, by=who, reason=REASON, now=world.now)

    def _corrects(self, by: Actor) -> Callable[[Complaint], Change | None]:
        world, random = self._world, self._random
        place = Place(lat=52.5, lon=random.choice((76.5, 77.5)), address="Beside the school")
        correction = random.choice(
            (
                Correction(category=random.choice(tuple(world.region.categories)), reason=REASON),
                Correction(place=place, reason=REASON),
                Correction(
                    category=random.choice(tuple(world.region.categories)), place=place, reason=REASON
                ),
            )
        )

        def corrected(complaint: Complaint) -> Change:
            made = correct(complaint, correction, by=by, region=world.region, now=world.now)
            return with_assignment(made, region=world.region, now=world.now)

        return corrected

    def _another(self, complaint: Complaint) -> str | None:
        """An open one of the same category that the same body has."""
        ids = self._world.store.ids()
        some = (self._world.store.get(each) for each in self._random.sample(ids, min(len(ids), 40)))
        return next(
            (
                each.id
                for each in some
                if each.id != complaint.id
                and (each.category, each.agency_id) == (complaint.category, complaint.agency_id)
                and each.status in WITH_AGENCY
                and each.parent_id is None
            ),
            None,
        )

    def _answers(self, complaint: Complaint, by: Actor) -> Callable[[Complaint], Change | None]:
        world, random = self._world, self._random
        proof = [p.id for p in complaint.photos if p.by == "agency" and p.status == PhotoStatus.READY]
        terms = world.region.categories[complaint.category]
        outcome = random.choices(("resolved", "declined", "not_ours"), (6, 3, 1))[0]
        if outcome == "resolved" and terms.proof_photo_required and not proof:
            return lambda each: self._proof(each, by)
        return lambda each: agency.answer(
            each,
            by=by,
            outcome=outcome,
            text="It has been looked at and put right.",
            photos=proof[:1],
            parts=world.store.parts(each),
            region=world.region,
            now=world.now,
        )

    def _proof(self, complaint: Complaint, by: Actor) -> Change:
        change = expect_photos(complaint, (PHOTO,), by=by, region=self._world.region, now=self._world.now)
        photo = change.after.photos[-1]
        self._world.after(20, partial(self._photo_arrives_if_known, complaint.id, photo.id))
        return change

    def _photo_arrives_if_known(self, complaint_id: str, photo_id: str) -> None:
        if self._world.store.get(complaint_id).photo(photo_id) is not None:
            self._photo_arrives(complaint_id, photo_id)

    # Citizens

    def _citizen_comes(self, complaint_id: str) -> None:
        complaint = self._world.store.get(complaint_id)
        if complaint.status == Status.CLOSED and self._world.chance(0.2):
            self._world.after(self._random.uniform(0, 100) * 86_400, partial(self._comes_again, complaint_id))
        if complaint.status in ENDED or self._world.chance(0.2):
            return
        days = 2.0 if complaint.category != "open_manhole" else 0.2
        delay = self._random.expovariate(1 / (days * 86_400))
        when = self._world.now + timedelta(seconds=delay)
        if (
            complaint.close_at is not None
            and complaint.close_at > self._world.now
            and self._world.chance(0.3)
        ):
            when = complaint.close_at + timedelta(seconds=self._random.uniform(-60, 400))
        self._world.at(when, partial(self._citizen_acts, complaint_id))

    def _comes_again(self, complaint_id: str) -> None:
        """Whoever closed it finds that it was not done, as the citizen's API has it."""
        world, earlier = self._world, self._world.store.get(complaint_id)
        draft = Draft(
            category=earlier.category,
            comment="Still so.",
            lat=earlier.lat,
            lon=earlier.lon,
            again_of=earlier.id,
        )
        person = earlier.reporter or "nobody"
        if again_refusal(earlier, draft, person=person, region=world.region, now=world.now) is None:
            request = Request(caller=person, key=f"again of {earlier.id}", digest="1")
            change = self._filed(draft, person=person, request=request)
            if change is not None:
                world.faults["reported again"] += 1
                self._officer_comes(change.after.id, self._random.choice(TEMPERS))
                self._citizen_comes(change.after.id)

    def _citizen_acts(self, complaint_id: str) -> None:
        complaint = self._world.store.get(complaint_id)
        self._acts(complaint_id, self._citizens_choice(complaint))
        self._citizen_comes(complaint_id)

    def _citizens_choice(self, complaint: Complaint) -> Callable[[Complaint], Change | None]:
        world, random = self._world, self._random
        joined = sorted(world.store.followers[complaint.id])
        own = random.choice(joined) if complaint.left_to_joiners and joined else complaint.reporter
        by = Actor(kind=ActorKind.CITIZEN, id=own)
        if complaint.status == Status.ANSWERED and world.chance(0.8):
            if world.chance(0.5):
                return lambda each: citizen.confirm(each, by=by, now=world.now)
            if complaint.merged_into is not None:
                return lambda each: put_apart(
                    each, by=by, reason="It is another.", region=world.region, now=world.now
                )
            return lambda each: citizen.refute(each, by=by, reason="It is not done.", now=world.now)
        match random.choices(range(5), (4, 4, 1, 2, 1))[0]:
            case 0:
                return lambda each: citizen.comment(each, by=by, text="Still so.", now=world.now)
            case 1:
                other = Actor(kind=ActorKind.CITIZEN, id=f"neighbour-{random.randint(1, 6)}")
                if world.chance(0.6 if complaint.left_to_joiners else 0.3):
                    return lambda each: citizen.leave(each, by=other, now=world.now)
                return lambda each: citizen.join(each, by=other, now=world.now)
            case 2 if complaint.status == Status.AWAITING_PHOTOS and world.chance(0.5):
                return lambda each: self._skipped(each, by=by)
            case 2:
                return lambda each: expect_photos(each, (PHOTO,), by=by, region=world.region, now=world.now)
            case 3:
                return self._corrects(by)
        return lambda each: citizen.withdraw(each, by=by, reason=None, region=world.region, now=world.now)

    def _skipped(self, complaint: Complaint, *, by: Actor) -> Change | None:
        skipped = skip_photos(complaint, by=by, now=self._world.now)
        if skipped is None:
            return None
        return with_assignment(skipped, region=self._world.region, now=self._world.now)

    # Doing it

    def somebody_acts(self, complaint_id: str) -> None:
        """A rival: whoever may come between somebody else's reading and writing."""
        complaint = self._world.store.get(complaint_id)
        if complaint.status in WITH_AGENCY and self._world.chance(0.7):
            self._acts(complaint_id, self._officers_choice(complaint, TEMPERS[0]))
        else:
            self._acts(complaint_id, self._citizens_choice(complaint))

    def _acts(self, complaint_id: str, decide: Callable[[Complaint], Change | None]) -> bool:
        """Through the API: under a key, sent again when no answer comes; False where it died for good."""
        world = self._world
        request = Request(caller="somebody", key=str(next(self._keys)), digest="1")
        tries = 1 + world.chance(world.rates.repeated_request)
        for _ in range(tries + 1):
            try:
                _, change = world.actor(
                    lambda store: move(store, complaint_id, decide, request=request), racing=complaint_id
                )
            except Crash:
                continue
            except RequestSeen as seen:
                # What was said to be done must be there.
                world.confirmed.append((seen.complaint_id, seen.seq, ""))
                return True
            except REFUSED:
                return True
            if change is not None:
                self._noted(change)
            tries -= 1
            if tries == 0:
                return True
        return False

    def _noted(self, change: Change) -> Change:
        self._world.confirmed.append((change.after.id, change.event.seq, change.event.hash))
        return change
