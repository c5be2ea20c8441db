"""The public record: what it says of a life, and that both of its forms give it back as it was."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.complaint import Actor, ActorKind, Photo, PhotoStatus
from functions.complaints.moves import agency, citizen, publicity
from functions.complaints.personal import without_words
from functions.complaints.proof import Distance, Proof, Reused
from functions.complaints.public_record import (
    COLUMNS,
    HIDDEN,
    PublicRecord,
    cells_of,
    feature_of,
    month_of,
    record_in_cells,
    record_in_feature,
    record_of,
)
from functions.complaints.redaction import Redaction
from functions.records.photo_keys import public_key
from tests.core.story import HOUSING, NEIGHBOUR, REPORTER, START, Story, assigned
from tests.region_fixture import region

REGION = region()
ANSWER = "Collected this morning."
HOUR = timedelta(hours=1)

ids = st.text("abcdefghijklmnopqrstuvwxyz_0123456789", min_size=1, max_size=12)
counts = st.integers(0, 999)
instants = st.integers(0, 400_000_000).map(lambda seconds: START + timedelta(seconds=seconds))
degrees = st.integers(-90_000_000, 90_000_000).map(lambda millionths: millionths / 1_000_000)
hours = st.integers(0, 1_000_000).map(lambda hundredths: hundredths / 100)
# One line; a cell that is empty says nothing.
reasons = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1)
FIELDS = (
    {"number": ids, "status": ids, "submitted_at": instants, "updated_at": instants}
    | dict.fromkeys(("escalated_to", "parts"), st.lists(ids, max_size=3).map(tuple))
    | {
        name: st.none() | values
        for names, values in (
            (("category", "district", "place", "agency", "outcome", "proof", "photo", "part_of"), ids),
            (("level", "joined", "missed_terms", "refuted", "extended", "passed_on"), counts),
            (("assigned_at", "acknowledge_by", "acknowledged_at"), instants),
            (("due_at", "answered_at", "ended_at"), instants),
            (("overdue", "answered_in_time", "confirmed", "proof_reused"), st.booleans()),
            (("hours_to_acknowledge", "hours_to_answer"), hours),
            (("hidden_reason",), reasons),
        )
        for name in names
    }
)
places = st.none() | st.tuples(degrees, degrees)
records = st.builds(
    lambda point, **told: PublicRecord(**told, lat=point and point[0], lon=point and point[1]),
    point=places,
    **FIELDS,
)


@given(records)
def test_a_row_gives_the_record_back(record: PublicRecord) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells_of(record))
    (row,) = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert record_in_cells(row) == record


@given(records)
def test_a_feature_gives_the_record_back(record: PublicRecord) -> None:
    assert record_in_feature(json.loads(json.dumps(feature_of(record)))) == record


@given(records)
def test_no_cell_begins_as_a_formula_does(record: PublicRecord) -> None:
    cell = cells_of(record)[COLUMNS.index("hidden_reason")]
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_the_columns_are_those_that_were_agreed_on() -> None:
    assert " ".join(COLUMNS) == (
        "number status category district lat lon place agency escalated_to level joined submitted_at assigned_at "
        "acknowledge_by acknowledged_at due_at answered_at outcome ended_at overdue missed_terms answered_in_time "
        "confirmed refuted extended passed_on hours_to_acknowledge hours_to_answer proof proof_reused photo updated_at "
        "hidden_reason part_of parts"
    )


def answered(story: Story, *, after: timedelta = HOUR, by: Actor = HOUSING) -> None:
    story.then(
        lambda complaint: agency.answer(
            complaint, by=by, outcome="resolved", text=ANSWER, region=REGION, now=story.now
        ),
        after=after,
    )


def refuted(story: Story) -> None:
    story.then(
        lambda complaint: citizen.refute(complaint, by=REPORTER, reason="It is still there", now=story.now)
    )


def record(story: Story) -> PublicRecord:
    return record_of(story.complaint, story.events, region=REGION)


def test_a_life_that_goes_well() -> None:
    story = assigned(REGION)
    story.then(
        lambda complaint: agency.acknowledge(complaint, by=HOUSING, now=story.now), after=timedelta(hours=2)
    )
    answered(story, after=timedelta(days=1))
    story.then(lambda complaint: citizen.confirm(complaint, by=REPORTER, now=story.now))
    said = record(story)
    assert said.status == "closed"
    assert (said.agency, said.outcome, said.district, said.category) == (
        "housing",
        "resolved",
        "west",
        "rubbish",
    )
    assert (said.confirmed, said.answered_in_time, said.overdue, said.missed_terms) == (True, True, False, 0)
    assert (said.hours_to_acknowledge, said.hours_to_answer) == (2.0, 10.0)
    assert said.ended_at == said.updated_at == story.now.replace(microsecond=0)
    assert (said.lat, said.lon, said.place) == (52.5, 76.5, "rounded")
    assert (said.proof, said.proof_reused, said.photo, said.hidden_reason) == (None, None, None, None)


def test_silence_is_overdue_until_an_answer_stands_and_never_in_time() -> None:
    story = assigned(REGION)
    while not story.complaint.lapse:
        story.wait()
    said = record(story)
    assert (said.overdue, said.missed_terms, said.answered_in_time, said.level) == (True, 1, None, 1)
    assert said.escalated_to == ("akimat",)
    answered(story)
    assert (record(story).overdue, record(story).answered_in_time) == (False, False)
    refuted(story)
    said = record(story)
    assert (said.overdue, said.answered_in_time, said.answered_at, said.outcome) == (True, None, None, None)
    assert (said.refuted, said.hours_to_answer) == (1, None)


def test_an_extension_does_not_make_an_answer_one_in_time() -> None:
    story = assigned(REGION)
    promised = story.complaint.due_at
    assert promised is not None
    story.then(
        lambda complaint: agency.extend_deadline(
            complaint,
            by=HOUSING,
            extension=REGION.category("rubbish").escalation_terms[0],
            reason="The lorry is being repaired.",
            region=REGION,
            now=story.now,
        )
    )
    answered(story, after=promised - story.now + HOUR)
    assert story.events[-1].data["in_time"] is True
    assert (record(story).answered_in_time, record(story).extended, record(story).missed_terms) == (
        False,
        1,
        0,
    )


def test_who_passes_it_on_does_not_take_the_clock_along() -> None:
    story = assigned(REGION)
    story.then(
        lambda complaint: agency.transfer(
            complaint, by=HOUSING, to="roads", reason="It lies on the road.", region=REGION, now=story.now
        ),
        after=timedelta(hours=3),
    )
    roads = Actor(kind=ActorKind.AGENCY, id="roads")
    story.then(lambda complaint: agency.acknowledge(complaint, by=roads, now=story.now), after=HOUR / 2)
    answered(story, by=roads, after=HOUR)
    said = record(story)
    assert (said.agency, said.passed_on) == ("roads", 1)
    assert said.hours_to_acknowledge == 0.0, "they break for lunch"
    assert said.hours_to_answer == 3.0


def test_what_is_not_for_the_public_does_not_show_in_the_time_of_the_last_step() -> None:
    story = assigned(REGION)
    before = record(story)
    for internal in (True, False):
        story.then(
            lambda complaint, internal=internal: agency.comment(  # type: ignore[misc]
                complaint, by=HOUSING, text="Who goes there?", internal=internal, now=story.now
            ),
            after=HOUR,
        )
    assert record(story) == before
    story.then(lambda complaint: citizen.join(complaint, by=NEIGHBOUR, now=story.now), after=HOUR)
    assert (record(story).joined, record(story).updated_at) == (1, story.now)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ((Distance.FAR, Distance.WITHIN_200), "within_200"),
        ((Distance.UNKNOWN, Distance.FAR), "far"),
        ((Distance.UNKNOWN,), "unknown"),
        ((), None),
    ],
)
def test_the_nearest_of_the_proofs_counts(found: tuple[Distance, ...], said: str | None) -> None:
    story = assigned(REGION)
    photos = tuple(
        Photo(
            id=f"p{index}",
            by=ActorKind.AGENCY,
            content_type="image/jpeg",
            size=1,
            sha256="0" * 64,
            status=PhotoStatus.READY,
            proof=Proof(distance=distance, reused=Reused.OTHER_COMPLAINT),
        )
        for index, distance in enumerate(found)
    )
    unsaid = replace(photos[0], id="other", proof=Proof(distance=Distance.WITHIN_50)) if photos else None
    story.complaint = replace(story.complaint, photos=photos + ((unsaid,) if unsaid else ()))
    story.then(
        lambda complaint: agency.answer(
            complaint,
            by=HOUSING,
            outcome="resolved",
            text=ANSWER,
            photos=[each.id for each in photos],
            region=REGION,
            now=story.now,
        )
    )
    assert record(story).proof == said
    assert record(story).proof_reused == (True if found else None)


def test_the_month_is_the_regions() -> None:
    late = datetime(2026, 6, 30, 20, tzinfo=UTC)
    assert month_of(late, zone="Asia/Almaty") == "2026-07"
    assert month_of(START, zone="Asia/Almaty") == "2026-06"


def test_of_a_hidden_one_little_is_said() -> None:
    hidden = PublicRecord(number="TST-26-7K3M9T", status=HIDDEN, submitted_at=START, updated_at=START)
    assert feature_of(hidden)["geometry"] is None
    assert sum(cell != "" for cell in cells_of(hidden)) == 4


def hiding(story: Story, *, reason: str) -> None:
    story.then(lambda complaint: publicity.hide(complaint, by=HOUSING, reason=reason, now=story.now))


def test_a_hidden_life_leaves_its_number_and_why() -> None:
    story = assigned(REGION)
    hiding(story, reason="A person's name\nis on the photo; it will come back without.")
    said = record(story)
    assert said == PublicRecord(
        number=story.complaint.number,
        status=HIDDEN,
        submitted_at=START,
        updated_at=story.now,
        hidden_reason="A person's name is on the photo; it will come back without.",
    )


def test_the_place_is_exact_where_the_category_says_so_until_it_is_erased() -> None:
    story = assigned(REGION, category="open_manhole")
    story.complaint = replace(story.complaint, lat=52.512345, lon=76.543211)
    said = record(story)
    assert (said.lat, said.lon, said.place) == (52.512345, 76.543211, "exact")
    story.complaint = without_words(story.complaint)
    said = record(story)
    assert (said.lat, said.lon, said.place) == (52.51, 76.54, "rounded")
    story = assigned(REGION)
    story.complaint = replace(story.complaint, lat=52.512345, lon=76.543211)
    assert (record(story).lat, record(story).lon, record(story).place) == (52.512, 76.543, "rounded")


@pytest.mark.parametrize("private", [False, True])
def test_the_photo_is_a_copy_in_which_somebody_has_looked_for_faces(private: bool) -> None:
    story = assigned(REGION)
    seen = Photo(
        id="seen",
        by=ActorKind.CITIZEN,
        content_type="image/jpeg",
        size=1,
        sha256="0" * 64,
        status=PhotoStatus.READY,
        redaction=Redaction(boxes=(), revision=2, by=ActorKind.SYSTEM),
    )
    photos = (
        replace(seen, id="unseen", redaction=None),
        seen,
        replace(seen, id="other", by=ActorKind.AGENCY),
    )
    story.complaint = replace(story.complaint, photos=photos, photos_private=private)
    path = f"public/{story.complaint.id}/seen.2.jpg"
    assert record(story).photo == (None if private else path)
    assert path == public_key(story.complaint.id, "seen", revision=2)
    story.complaint = without_words(story.complaint)
    assert record(story).photo is None
