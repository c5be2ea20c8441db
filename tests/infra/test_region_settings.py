"""Every setting of a region file changes the product: each is changed, and something that somebody sees is another."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from types import SimpleNamespace
from typing import Any, Literal, get_args, get_origin
from unittest import mock

import pytest
from pydantic import BaseModel

from functions.complaints.change import Change
from functions.complaints.complaint import Actor, ActorKind, Complaint, Status
from functions.complaints.duration import Duration
from functions.complaints.faults import Conflict, Invalid
from functions.complaints.history import line, push
from functions.complaints.limits import Limits
from functions.complaints.moves import agency
from functions.complaints.moves.again import again_refusal
from functions.complaints.moves.assignment import assign
from functions.complaints.moves.escalation import next_rung, tick
from functions.complaints.moves.filing import DeclaredPhoto, Draft, file
from functions.complaints.moves.joiners import goes_on
from functions.complaints.moves.terms import forward_by
from functions.complaints.reach import missing_year
from functions.complaints.region import Region, region_from_dict
from functions.complaints.retirement import category_in_use
from functions.complaints.routing import district_at
from functions.edge.declared_photos import more_photos
from functions.edge.resolver import Api
from functions.intake.api.about_region import about_region
from functions.intake.api.desk import POOL, desk_of
from functions.intake.api.directory import directory
from functions.intake.api.sign_in import USER_POOL, sign_in_of
from functions.intake.submission import submission
from functions.notify.webhooks.policy import address_policy
from functions.records.people.profiles import preferences
from functions.route.retention import expiry
from infra.region import schema
from infra.region.compile import compile_region
from infra.region.where import explanation
from tests.infra import small_region
from tests.infra.synthesis import without_code
from tests.infra.template import Assembly, Template

WEST, EAST = (52.3, 76.85), (52.3, 76.95)
MONDAY = datetime(2026, 6, 1, 5, tzinfo=UTC)
"""10:00 in the region."""
WHY = "It belongs to another body, as its charter says."
PHOTO = DeclaredPhoto(content_type="image/jpeg", size=1, sha256="0" * 64)

type Edit = tuple[str, str]


@dataclass(frozen=True)
class Made:
    """A region as functions have it."""

    region: Region

    def filed(self, category: str = "rubbish", *, photos: int = 0, at: datetime = MONDAY) -> Complaint:
        lat, lon = EAST
        draft = Draft(category=category, comment="x", lat=lat, lon=lon, photos=(PHOTO,) * photos)
        return file(draft, region=self.region, reporter="person", now=at).after

    def assignment(
        self, category: str = "rubbish", *, place: tuple[float, float] = EAST, at: datetime = MONDAY
    ) -> Change:
        lat, lon = place
        draft = Draft(category=category, comment="x", lat=lat, lon=lon)
        return assign(
            file(draft, region=self.region, reporter="person", now=at).after, region=self.region, now=at
        )

    def given(self, category: str = "rubbish", **said: Any) -> Complaint:
        return self.assignment(category, **said).after

    def answered(self, *, by: str = "east_akim") -> Complaint | str:
        try:
            change = agency.answer(
                self.given(),
                by=body(by),
                outcome="resolved",
                text="Done.",
                region=self.region,
                now=MONDAY,
            )
        except Invalid as refused:
            return refused.faults[0].key
        assert change is not None
        return change.after

    def passed_on(self, to: str = "city") -> Complaint:
        change = agency.transfer(
            self.given(), by=body("east_akim"), to=to, reason=WHY, region=self.region, now=MONDAY
        )
        assert change is not None
        return change.after

    def extended(self, by: str = "P20BD") -> str:
        try:
            agency.extend_deadline(
                self.given(),
                by=body("east_akim"),
                extension=Duration.parse(by),
                reason=WHY,
                region=self.region,
                now=MONDAY,
            )
        except Invalid as refused:
            return refused.faults[0].key
        except Conflict as refused:
            return refused.key
        return "extended"

    def escalated(self) -> datetime | None:
        complaint = self.given()
        assert complaint.due_at is not None
        change = tick(complaint, region=self.region, now=complaint.due_at)
        assert change is not None
        return change.after.due_at

    def told(self, language: str) -> str:
        said = line(self.assignment().event, language=language, region=self.region)
        assert said is not None
        return str(said["body"])

    def pushed(self) -> str:
        event = self.assignment().event
        shows = push(event, number="SML-26-7K3M9T", category="rubbish", region=self.region, language="en")
        assert shows is not None
        return shows.body

    def again(self, *, days: int) -> str | None:
        """What is wrong with reporting once more what was closed so long ago."""
        lat, lon = EAST
        ended = MONDAY - timedelta(days=days)
        closed = replace(self.given(at=ended), status=Status.CLOSED, ended_at=ended)
        draft = Draft(category="rubbish", comment="x", lat=lat, lon=lon)
        refusal = again_refusal(closed, draft, person="person", region=self.region, now=MONDAY)
        return None if refusal is None else refusal.faults[0].key

    def where(self, language: str) -> str:
        lat, lon = EAST
        return explanation(self.region, category_id="rubbish", lat=lat, lon=lon, language=language, at=MONDAY)

    def get(self, path: str, language: str = "en") -> dict[str, Any]:
        api = Api()
        api.include_router(directory(region=self.region, webhook_addresses=(), now=lambda: MONDAY))
        signing_in = sign_in_of(self.region, dict.fromkeys(USER_POOL, ""))
        desk = desk_of(self.region, dict.fromkeys(POOL, ""))
        api.include_router(about_region(region=self.region, sign_in=signing_in, desk=desk))
        event = {
            "version": "2.0",
            "rawPath": path,
            "rawQueryString": "",
            "headers": {"accept-language": language},
            "requestContext": {
                "requestId": "request",
                "domainName": "api.example.org",
                "stage": "$default",
                "http": {"method": "GET", "path": path, "sourceIp": "127.0.0.1"},
            },
            "isBase64Encoded": False,
        }
        answer = api.serve(event, SimpleNamespace(aws_request_id="request"))
        assert answer["statusCode"] == 200
        found: dict[str, Any] = json.loads(answer["body"])
        return found

    def category(self, id: str = "rubbish", *, language: str = "en") -> dict[str, Any]:
        return next(each for each in self.get("/v1/categories", language)["items"] if each["id"] == id)

    @cached_property
    def request(self) -> dict[str, Any]:
        return submission(self.region, now=lambda: MONDAY).model_json_schema()

    def erased_before(self) -> dict[str, datetime]:
        """By status, before which end complaints lose their words."""
        asked: dict[str, datetime] = {}

        def ended_before(at: datetime, *, status: str) -> tuple[str, ...]:
            asked[str(status)] = at
            return ()

        with (
            mock.patch.object(expiry, "ended_before", ended_before),
            mock.patch.object(expiry, "expired", return_value=()),
        ):
            expiry.expire(self.region, now=MONDAY)
        return asked


def body(agency_id: str) -> Actor:
    return Actor(kind=ActorKind.AGENCY, id=agency_id)


@dataclass(frozen=True)
class Seen:
    """A setting that is changed by `edits`, and what is seen of it in the region that functions have. `both` are edits of
    the file before too.
    """

    see: Callable[[Made], Any]
    edits: tuple[Edit, ...]
    both: tuple[Edit, ...] = ()


@dataclass(frozen=True)
class Deployed:
    """A setting that is changed by `edits`, and what is seen of it in the templates: `expected`, and before another."""

    see: Callable[["Stacks"], Any]
    expected: Any
    edits: tuple[Edit, ...] = field(default=())


def seen(see: Callable[[Made], Any], *edits: Edit, both: tuple[Edit, ...] = ()) -> Seen:
    return Seen(see=see, edits=edits, both=both)


def deployed(see: Callable[["Stacks"], Any], expected: Any, *edits: Edit) -> Deployed:
    return Deployed(see=see, expected=expected, edits=edits)


def limit(name: str, value: int) -> Edit:
    return ("terms: {", f"limits: {{{name}: {value}}}\nterms: {{")


def a_day(name: str) -> Seen:
    return seen(
        lambda made: getattr(Limits.of(made.region.limits), f"{name}_per_day"),
        limit(f"{name}_per_person_per_day", 7),
    )


def before(at: str) -> datetime:
    return datetime.fromisoformat(f"{at}T05:00+00:00")


def due(made: Made, at: str = "2026-06-01") -> Any:
    return made.given(at=before(at)).due_at


HOURS = ('hours: {opens: "09:00", closes: "18:30", breaks: [{from: "13:00", to: "14:30"}]}',)
OWN = ('hours: {opens: "08:00", closes: "17:00"}',)
WITH_BREAK = (OWN[0], 'hours: {opens: "08:00", closes: "17:00", breaks: [{from: "12:00", to: "13:00"}]}')
OF_RUBBISH = "    max_photos: 3\n"
EAST_AKIM = "{id: east_akim,"
ANOTHER = (
    "  - {id: oblast,",
    "  - {id: another, kind: akimat, parent: oblast, name: {kk: а, ru: б, en: c}}\n  - {id: oblast,",
)
RETIRED = "retired: {since: 2026-03-02"
COGNITO = "provider: cognito, email: no-reply@example.org"
LOCAL = ("region: small\n", "region: small\nstage: local\n")
UNKNOWN_YEAR = datetime(2027, 12, 20, 5, tzinfo=UTC)
CHOICE = "          - {id: big, text: {kk: Үлкен, ru: Большой, en: Big}}"

WITH_OFFICERS: tuple[Edit, ...] = (
    (
        "terms: {forward",
        "officers: {issuer: https://id.example.org/one, audience: qamqor, jwks_uri: https://id.example.org/keys, "
        "client_id: desk, authorization_endpoint: https://id.example.org/auth, "
        "token_endpoint: https://id.example.org/token, end_session_endpoint: https://id.example.org/out, "
        "agency_claim: body, role_claim: role}\ndomain: api.example.org\nterms: {forward",
    ),
)

SETTINGS: dict[str, Seen | Deployed] = {
    "region": deployed(lambda stacks: stacks.deployed("other"), True),
    "extends": seen(
        lambda made: made.region.quiet_hours,
        ("region: small\n", "region: small\nextends: parent\n"),
        both=(('quiet_hours: {from: "22:00", to: "08:00"}\n', ""),),
    ),
    **{
        f"name.{language}": seen(
            lambda made, language=language: made.where(language),
            ("name: {kk: Шағын, ru: Малый, en: Small}", "name: {kk: Жаңа, ru: Новый, en: New}"),
        )
        for language in schema.LANGUAGES
    },
    "number_prefix": seen(lambda made: made.filed().number[:3], ("SML", "NEW")),
    "stage": deployed(lambda stacks: stacks.deployed("third"), False),
    "aws.account": deployed(
        lambda stacks: stacks.environment.split("/")[2], "444455556666", ("111122223333", "444455556666")
    ),
    "aws.region": deployed(
        lambda stacks: stacks.environment.split("/")[3], "eu-west-1", ("eu-central-1", "eu-west-1")
    ),
    "aws.owner": deployed(
        lambda stacks: stacks.tags.get("owner"), "akimat", ("aws: {", 'aws: {owner: akimat, cost_centre: "4711", ')
    ),
    "aws.cost_centre": deployed(lambda stacks: stacks.tags.get("cost-centre"), "4711"),
    "size": deployed(
        lambda stacks: len(stacks.service.of("AWS::CloudWatch::Dashboard")),
        2,
        ("SML\n", "SML\nsize: oblast\n"),
    ),
    "snapstart": deployed(
        lambda stacks: any("SnapStart" in each for each in stacks.service.functions().values()),
        False,
        ("region: small\n", "region: small\nsnapstart: false\n"),
    ),
    "time_zone": seen(due, ("Asia/Almaty", "Europe/Berlin")),
    "calendar.years": seen(
        lambda made: missing_year(made.region, now=UNKNOWN_YEAR), ("[2026, 2027]", "[2026, 2027, 2028]")
    ),
    "calendar.count_from": seen(due, ("next_day", "same_day")),
    "calendar.hours.opens": seen(
        lambda made: made.given(at=MONDAY - timedelta(hours=6)).acknowledge_by,
        (HOURS[0], HOURS[0].replace("09:00", "10:00")),
    ),
    "calendar.hours.closes": seen(due, (HOURS[0], HOURS[0].replace("18:30", "18:00"))),
    "calendar.hours.breaks.from": seen(
        lambda made: made.given().acknowledge_by, (HOURS[0], HOURS[0].replace("13:00", "12:30"))
    ),
    "calendar.hours.breaks.to": seen(
        lambda made: made.given().acknowledge_by, (HOURS[0], HOURS[0].replace("14:30", "14:00"))
    ),
    "calendar.weekend": seen(due, ("[saturday, sunday]", "[sunday]")),
    "calendar.moved_working": seen(lambda made: due(made, "2026-01-02"), ("[2026-01-04]", "[]")),
    "calendar.moved_off": seen(lambda made: due(made, "2026-01-02"), ("[2026-01-05]", "[]")),
    "calendar.kurban_ait": seen(lambda made: made.given(at=before("2026-05-25")).promise, ("[2026-05-27]", "[2026-05-26]")),
    "calendar.short_days": seen(lambda made: due(made, "2026-12-24"), ('2026-12-31: "17:00"', '2026-12-31: "16:00"')),
    "geography": seen(lambda made: district_at(made.region, lat=52.45, lon=76.85), ("small.geojson", "other.geojson")),
    "agencies.id": seen(
        lambda made: made.given().agency_id, ("id: east_akim", "id: eastern"), ("east: east_akim", "east: eastern"),
        ("{default: east_akim}", "{default: eastern}"),
    ),
    **{
        f"agencies.name.{language}": seen(
            lambda made, language=language: made.told(language),
            ("{kk: Шығыс, ru: Восток, en: East}", "{kk: Жаңа, ru: Новый, en: New}"),
        )
        for language in schema.LANGUAGES
    },
    "agencies.kind": seen(lambda made: made.get("/v1/agencies"), ("district_akimat", "department")),
    "agencies.parent": seen(
        lambda made: next_rung(made.given(), region=made.region, now=MONDAY), ("parent: city,", "parent: oblast,")
    ),
    "agencies.hours.opens": seen(
        lambda made: made.given(place=WEST, at=MONDAY - timedelta(hours=6)).acknowledge_by,
        (OWN[0], OWN[0].replace("08:00", "10:00")),
    ),
    "agencies.hours.closes": seen(
        lambda made: made.given(place=WEST).due_at, (OWN[0], OWN[0].replace("17:00", "16:00"))
    ),
    "agencies.hours.breaks.from": seen(
        lambda made: made.given(place=WEST).acknowledge_by,
        (WITH_BREAK[1], WITH_BREAK[1].replace("12:00", "12:30")),
        both=(WITH_BREAK,),
    ),
    "agencies.hours.breaks.to": seen(
        lambda made: made.given(place=WEST).acknowledge_by,
        (WITH_BREAK[1], WITH_BREAK[1].replace("13:00", "12:30")),
        both=(WITH_BREAK,),
    ),
    "agencies.contact_email": deployed(
        lambda stacks: "new@example.org" in stacks.mailed, True, ("city@example.org", "new@example.org")
    ),
    "agencies.language": seen(
        lambda made: made.region.agencies["city"].language,
        ("    contact_email: city@example.org\n", "    contact_email: city@example.org\n    language: ru\n"),
    ),
    "agencies.retired.since": seen(lambda made: made.given().agency_id, (EAST_AKIM, f"{EAST_AKIM} {RETIRED}}},")),
    "agencies.retired.moved_to": seen(
        lambda made: made.given().agency_id,
        (f"{RETIRED}}},", f"{RETIRED}, moved_to: another}},"),
        both=((EAST_AKIM, f"{EAST_AKIM} {RETIRED}}},"), ANOTHER),
    ),
    "categories.retired.since": seen(
        lambda made: [each["id"] for each in made.get("/v1/categories")["items"]],
        (OF_RUBBISH, f"{OF_RUBBISH}    {RETIRED}}}\n"),
    ),
    "categories.retired.moved_to": seen(
        lambda made: category_in_use(made.region, "rubbish", at=MONDAY),
        (f"{RETIRED}}}\n", f"{RETIRED}, moved_to: other}}\n"),
        both=((OF_RUBBISH, f"{OF_RUBBISH}    {RETIRED}}}\n"),),
    ),
    "categories.discreet": seen(lambda made: made.pushed(), (OF_RUBBISH, f"{OF_RUBBISH}    discreet: true\n")),
    "categories.id": seen(
        lambda made: [each["id"] for each in made.get("/v1/categories")["items"]], ("id: rubbish", "id: litter")
    ),
    **{
        f"categories.name.{language}": seen(
            lambda made, language=language: made.category(language=language)["name"],
            ("{kk: Қоқыс, ru: Мусор, en: Rubbish}", "{kk: Жаңа, ru: Новый, en: New}"),
        )
        for language in schema.LANGUAGES
    },
    **{
        f"categories.hint.{language}": seen(
            lambda made, language=language: made.category("open_manhole", language=language)["hint"],
            ("{kk: Көрсет, ru: Покажи, en: Show}", "{kk: Жаңа, ru: Новый, en: New}"),
        )
        for language in schema.LANGUAGES
    },
    "category_groups.id": seen(
        lambda made: made.get("/v1/categories")["groups"],
        ("{id: danger,", "{id: harm,"),
        ("group: danger", "group: harm"),
    ),
    **{
        f"category_groups.name.{language}": seen(
            lambda made, language=language: made.get("/v1/categories", language)["groups"],
            ("{kk: Қауіп, ru: Опасно, en: Danger}", "{kk: Жаңа, ru: Новый, en: New}"),
        )
        for language in schema.LANGUAGES
    },
    "categories.group": seen(lambda made: made.category("open_manhole")["group"], ("group: danger", "group: town")),
    "categories.icon": seen(lambda made: made.category()["icon"], ("icon: delete", "icon: recycling")),
    "categories.for_whom": seen(
        lambda made: made.category()["for_whom"], (OF_RUBBISH, f"{OF_RUBBISH}    for_whom: [entrepreneur]\n")
    ),
    "emergency_numbers.number": seen(lambda made: made.get("/v1/region")["emergency_numbers"], ('"112"', '"113"')),
    **{
        f"emergency_numbers.name.{language}": seen(
            lambda made, language=language: made.get("/v1/region", language)["emergency_numbers"],
            ("{kk: Құтқару, ru: Спасение, en: Rescue}", "{kk: Жаңа, ru: Новый, en: New}"),
        )
        for language in schema.LANGUAGES
    },
    "categories.danger": seen(
        # Five clock days from a Saturday, of which a quarter is left on a Thursday night.
        lambda made: made.given(at=before("2026-06-05")).near_at,
        (
            "    danger: false\n    acknowledge_within: PT4BH\n    answer_within: P5BD",
            "    danger: true\n    acknowledge_within: PT4BH\n    answer_within: P5BD",
        ),
        both=(LOCAL, (OF_RUBBISH, f"{OF_RUBBISH}    reminder: PT20H\n")),
    ),
    "categories.acknowledge_within": seen(lambda made: made.given().acknowledge_by, ("PT4BH", "PT3BH")),
    "categories.answer_within": seen(due, ("answer_within: P5BD", "answer_within: P4BD")),
    "categories.escalation_terms": seen(lambda made: made.escalated(), ("[P3BD, P2BD]", "[P2BD, P2BD]")),
    "categories.reminder": seen(
        lambda made: made.given().near_at, (OF_RUBBISH, f"{OF_RUBBISH}    reminder: PT4BH\n")
    ),
    "categories.photos_wait": seen(
        lambda made: made.filed(photos=1).photos_due_at, (OF_RUBBISH, f"{OF_RUBBISH}    photos_wait: PT2H\n")
    ),
    "categories.proof_photo_required": seen(
        lambda made: made.answered() == "proof_photo_required",
        (OF_RUBBISH, f"{OF_RUBBISH}    proof_photo_required: false\n"),
    ),
    "categories.duplicate_radius_m": seen(
        lambda made: made.category()["duplicate_radius_m"],
        (OF_RUBBISH, f"{OF_RUBBISH}    duplicate_radius_m: 70\n"),
    ),
    "categories.public.place": seen(
        lambda made: made.category()["public_place"], (OF_RUBBISH, f"{OF_RUBBISH}    public: {{place: exact}}\n")
    ),
    "categories.max_photos": seen(lambda made: made.category()["max_photos"], ("max_photos: 3", "max_photos: 2")),
    "categories.questions.id": seen(lambda made: made.category()["questions"], ("id: size", "id: extent")),
    **{
        f"categories.questions.text.{language}": seen(
            lambda made, language=language: made.category(language=language)["questions"][0]["text"],
            ("{kk: Көлемі, ru: Размер, en: Size}", "{kk: Жаңа, ru: Новый, en: New}"),
        )
        for language in schema.LANGUAGES
    },
    "categories.questions.kind": seen(
        lambda made: made.category()["questions"][-1]["kind"],
        ("kind: number", "kind: text"),
        both=(
            ("    responsible:\n", "      - {id: more, text: {kk: а, ru: б, en: c}, kind: number}\n    responsible:\n"),
        ),
    ),
    "categories.questions.required": seen(
        lambda made: made.category()["questions"][0]["required"], ("required: true", "required: false")
    ),
    "categories.questions.choices.id": seen(
        lambda made: made.category()["questions"][0]["choices"], (CHOICE, CHOICE.replace("id: big", "id: huge"))
    ),
    **{
        f"categories.questions.choices.text.{language}": seen(
            lambda made, language=language: made.category(language=language)["questions"][0]["choices"],
            (CHOICE, "          - {id: big, text: {kk: Жаңа, ru: Новый, en: New}}"),
        )
        for language in schema.LANGUAGES
    },
    "categories.responsible.default": seen(
        lambda made: made.given("open_manhole").agency_id, ("{default: city}", "{default: east_akim}")
    ),
    "categories.responsible.districts": seen(lambda made: made.given().agency_id, ("east: east_akim", "east: city")),
    "categories.extension.limit": seen(
        lambda made: made.extended(), (OF_RUBBISH, f"{OF_RUBBISH}    extension: {{limit: P10BD, times: 1}}\n")
    ),
    "categories.extension.times": seen(
        lambda made: made.extended(), (OF_RUBBISH, f"{OF_RUBBISH}    extension: {{limit: P2M, times: 0}}\n")
    ),
    "identity.issuer": deployed(
        lambda stacks: stacks.signed_in["Issuer"],
        "https://id.example.org",
        (f"{{{COGNITO}}}", "{issuer: https://id.example.org, audience: phone}"),
    ),
    # In the templates: test_stacks.py.
    "identity.email": seen(
        lambda made: made.region.raw["identity"].get("email"), ("no-reply@example.org", "codes@example.org")
    ),
    "identity.audience": deployed(lambda stacks: stacks.signed_in["Audience"], ["phone"]),
    **{
        f"officers.{key}": seen(
            lambda made, told=told: made.get("/v1/region")["desk"][told],
            ("https://id.example.org/" + path, "https://id.example.net/" + path),
            both=WITH_OFFICERS,
        )
        for key, told, path in (
            ("authorization_endpoint", "authorization_endpoint", "auth"),
            ("token_endpoint", "token_endpoint", "token"),
            ("end_session_endpoint", "end_session_endpoint", "out"),
        )
    },
    "officers.client_id": seen(
        lambda made: made.get("/v1/region")["desk"]["client_id"], ("client_id: desk", "client_id: page"), both=WITH_OFFICERS
    ),
    # What the authorizer makes of them: tests/functions/test_officer_tokens.py.
    **{
        f"officers.{key}": seen(
            lambda made, key=key: made.region.raw["officers"][key],
            (f"{key}: {value}", f"{key}: {value}x"),
            both=WITH_OFFICERS,
        )
        for key, value in (
            *(("issuer", "https://id.example.org/one"), ("jwks_uri", "https://id.example.org/keys")),
            *(("audience", "qamqor"), ("agency_claim", "body"), ("role_claim", "role")),
        )
    },
    "push.fcm.secret": deployed(
        lambda stacks: stacks.platforms["GCM"]["SecretName"],
        "new/fcm",
        (
            "{fcm: {secret: small/fcm}}",
            "{fcm: {secret: new/fcm, revision: 4}, apns: {secret: new/apns, revision: 5, sandbox: true}}",
        ),
    ),
    "push.fcm.revision": deployed(lambda stacks: stacks.platforms["GCM"]["Revision"], "4"),
    "push.apns.secret": deployed(lambda stacks: stacks.apns.get("SecretName"), "new/apns"),
    "push.apns.revision": deployed(lambda stacks: stacks.apns.get("Revision"), "5"),
    "push.apns.sandbox": deployed(lambda stacks: stacks.apns.get("Platform"), "APNS_SANDBOX"),
    "terms.photos_wait": seen(
        lambda made: made.filed(photos=1).photos_due_at, ("terms: {", "terms: {photos_wait: PT2H, ")
    ),
    "terms.close_after_answer": seen(
        lambda made: getattr(made.answered(), "close_at", None),
        ("close_after_answer: P10D", "close_after_answer: P9D"),
        both=((OF_RUBBISH, f"{OF_RUBBISH}    proof_photo_required: false\n"),),
    ),
    "terms.least_after_transfer": seen(
        lambda made: made.passed_on().passed_on, ("least_after_transfer: P1BD", "least_after_transfer: P2BD")
    ),
    "terms.forward_within": seen(
        lambda made: forward_by(made.given(), region=made.region), ("forward_within: P3BD", "forward_within: P2BD")
    ),
    "terms.again_within": seen(lambda made: made.again(days=60), ("terms: {", "terms: {again_within: P30D, ")),
    "withdrawal.with_joiners": seen(
        lambda made: goes_on(replace(made.given(), joined=1), region=made.region),
        ("terms: {", "withdrawal: {with_joiners: ends}\nterms: {"),
    ),
    "proof.strict": seen(lambda made: made.region.strict_proof, ("terms: {", "proof: {strict: true}\nterms: {")),
    # What pages may do then: tests/functions/test_pages.py, test_site.py.
    "base_map.style": seen(
        lambda made: made.get("/v1/region")["base_map"],
        ("terms: {", "base_map: {style: https://maps.example.org/style.json}\nterms: {"),
    ),
    "base_map.pmtiles": seen(
        lambda made: made.get("/v1/region")["base_map"],
        ("terms: {", "base_map: {pmtiles: https://maps.example.org/city.pmtiles}\nterms: {"),
    ),
    "open_data.licence": seen(
        lambda made: made.region.licence,
        ("terms: {", "open_data: {licence: https://creativecommons.org/publicdomain/zero/1.0/}\nterms: {"),
    ),
    "terms.quarantine": deployed(
        lambda stacks: stacks.lifecycle("quarantine/"), 2, ("terms: {", "terms: {quarantine: P2D, ")
    ),
    "terms.inbox": seen(lambda made: made.region.inbox_kept, ("terms: {", "terms: {inbox: P30D, ")),
    **{
        f"limits.{name}_per_person_per_day": a_day(name)
        for name in ("complaints", "comments", "declarations", "joins", "devices")
    },
    "limits.complaints_per_partner_per_day": seen(
        lambda made: Limits.of(made.region.limits).partner_complaints_per_day,
        limit("complaints_per_partner_per_day", 7),
    ),
    "limits.flags_per_day": seen(
        lambda made: Limits.of(made.region.limits).flags_per_day, limit("flags_per_day", 7)
    ),
    "limits.comment_length": seen(
        lambda made: made.request["properties"]["comment"]["maxLength"], limit("comment_length", 500)
    ),
    "limits.photo_bytes": seen(
        lambda made: more_photos(Limits.of(made.region.limits)).model_json_schema(), limit("photo_bytes", 200_000)
    ),
    "limits.photos": seen(
        lambda made: (made.category("open_manhole")["max_photos"], made.request["properties"]["photos"]["maxItems"]),
        limit("photos", 4),
    ),
    "quiet_hours.from": seen(lambda made: preferences(None, region=made.region).quiet, ('from: "22:00"', 'from: "21:00"')),
    "quiet_hours.to": seen(lambda made: preferences(None, region=made.region).quiet, ('to: "08:00"', 'to: "07:00"')),
    "retention.photos": deployed(
        lambda stacks: stacks.lifecycle("photos/"), 400, ("{logs: P90D}", "{logs: P180D, photos: P400D, audit: P2000D}")
    ),
    "retention.texts": seen(lambda made: made.erased_before()["closed"], ("{logs: P90D}", "{texts: P400D}")),
    "retention.withdrawn": seen(lambda made: made.erased_before()["withdrawn"], ("{logs: P90D}", "{withdrawn: P30D}")),
    "retention.logs": deployed(lambda stacks: 180 in stacks.logs_kept, True),
    "retention.audit": deployed(lambda stacks: stacks.locked, 2000),
    "webhooks.allow_http": seen(
        lambda made: address_policy(made.region.webhooks).allow_http,
        ("allow_http: false", "allow_http: true"),
        both=(LOCAL,),
    ),
    "webhooks.allow_private": seen(
        lambda made: address_policy(made.region.webhooks).allow_private,
        ("allow_http: false", "allow_http: false, allow_private: true"),
        both=(LOCAL,),
    ),
    "webhooks.fixed_addresses": deployed(
        lambda stacks: bool(stacks.service.of("AWS::EC2::NatGateway")), True, ("allow_http: false", "fixed_addresses: true")
    ),
    "canary.category": seen(
        lambda made: [each.id for each in made.region.offered(at=MONDAY)],
        ("canary: null", "canary: {category: trial}"),
        both=small_region.WITH_TRIALS,
    ),
    "alarms.email": deployed(
        lambda stacks: "night@example.org" in stacks.mailed, True, ("duty@example.org", "night@example.org")
    ),
    "budget": deployed(
        lambda stacks: stacks.budgets,
        [{"Amount": 300, "Unit": "USD"}],
        ("region: small\n", "region: small\nbudget: 300\n"),
    ),
    "backup.account": deployed(
        lambda stacks: stacks.copied[0],
        "777788889999",
        ("region: small\n", 'region: small\nbackup: {account: "777788889999", vault: elsewhere, days: 60}\n'),
    ),
    "backup.vault": deployed(lambda stacks: stacks.copied[1], "elsewhere"),
    "backup.days": deployed(lambda stacks: stacks.copied[2], 60),
    "edge_revision": deployed(
        lambda stacks: stacks.edge_revision, "3", ("region: small\n", "region: small\nedge_revision: 3\n")
    ),
    "domain": deployed(
        lambda stacks: stacks.has("edge"), True, ("region: small\n", "region: small\ndomain: api.example.org\n")
    ),
    "malware_scan": deployed(
        lambda stacks: bool(stacks.service.of("AWS::GuardDuty::MalwareProtectionPlan")),
        True,
        ("region: small\n", "region: small\nmalware_scan: true\n"),
    ),
}  # fmt: skip
"""By the path of the setting in the file; what has one possible value (`country: KZ`) is none."""


def leaves(form: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[str]:
    for name, key in form.model_fields.items():
        here = (*path, key.alias or name)
        models = list(_models(key.annotation))
        if models:
            for model in models:
                yield from leaves(model, here)
        elif not (get_origin(key.annotation) is Literal and len(get_args(key.annotation)) == 1):
            yield ".".join(here)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Those that a value of this type may hold, in a list, a union or an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) is not Literal:
        for part in get_args(annotation):
            if not isinstance(part, (str, int)):
                yield from _models(part)


def test_every_setting_of_the_schema_is_changed_here() -> None:
    assert set(leaves(schema.Region)) == set(SETTINGS)


def edited(text: str, edits: tuple[Edit, ...]) -> str:
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} must stand once in the file"
        text = text.replace(old, new)
    return text


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Made]:
    """The region of a file's text. Most settings have the same file before."""

    @cache
    def made(text: str) -> Made:
        folder = tmp_path_factory.mktemp("region")
        small_region.write(folder, yaml=text)
        moved = (folder / "small.geojson").read_text().replace("52.4", "52.5")
        (folder / "other.geojson").write_text(moved)
        parent = edited(
            small_region.YAML,
            (
                ("region: small", "region: parent"),
                ("SML", "PAR"),
                ("{kk: Шағын, ru: Малый, en: Small}", "{kk: Бас, ru: Старший, en: Parent}"),
            ),
        )
        (folder / "parent.yaml").write_text(parent)
        return Made(region=region_from_dict(json.loads(compile_region("small", folder=folder))))

    return made


@pytest.mark.parametrize("setting", [name for name, how in SETTINGS.items() if isinstance(how, Seen)])
def test_a_setting_that_is_changed_alone_changes_what_is_seen(
    setting: str, made: Callable[[str], Made]
) -> None:
    how = SETTINGS[setting]
    assert isinstance(how, Seen)
    common = edited(small_region.YAML, how.both)
    assert how.see(made(common)) != how.see(made(edited(common, how.edits)))


@dataclass(frozen=True)
class Stacks:
    """What a region of the assembly consists of."""

    assembly: Assembly
    name: str

    def deployed(self, name: str) -> bool:
        return f"qamqor-{name}-service" in self.assembly.stacks and name in (self.name, "third")

    def has(self, stack: str) -> bool:
        return f"qamqor-{self.name}-{stack}" in self.assembly.stacks

    @property
    def service(self) -> Template:
        return self.assembly[f"qamqor-{self.name}-service"]

    @property
    def storage(self) -> Template:
        return self.assembly[f"qamqor-{self.name}-storage"]

    @property
    def environment(self) -> str:
        for manifest in self.assembly.folder.glob("assembly-*/manifest.json"):
            for artifact in json.loads(manifest.read_text())["artifacts"].values():
                if artifact.get("properties", {}).get("stackName") == self.service.name:
                    return str(artifact["environment"])
        raise AssertionError(self.name)

    @property
    def mailed(self) -> set[str]:
        found = [*self.service.of("AWS::SNS::Subscription").values()]
        return {str(each["Properties"]["Endpoint"]) for each in found}

    @property
    def signed_in(self) -> Any:
        (authorizer,) = (
            each["Properties"]["JwtConfiguration"]
            for each in self.service.of("AWS::ApiGatewayV2::Authorizer").values()
            if "JwtConfiguration" in each["Properties"]
        )
        return authorizer

    @property
    def platforms(self) -> dict[str, Any]:
        found = self.storage.of("Custom::PlatformApplication").values()
        return {each["Properties"]["Platform"]: each["Properties"] for each in found}

    @property
    def apns(self) -> dict[str, Any]:
        return next((each for name, each in self.platforms.items() if name.startswith("APNS")), {})

    def lifecycle(self, prefix: str) -> int:
        (days,) = (
            rule["ExpirationInDays"]
            for bucket in self.storage.of("AWS::S3::Bucket").values()
            for rule in bucket["Properties"].get("LifecycleConfiguration", {}).get("Rules", ())
            if rule.get("Prefix") == prefix
        )
        return int(days)

    @property
    def copied(self) -> tuple[str, str, int] | tuple[None, None, None]:
        """Into which account and vault, and for how many days."""
        plans = self.storage.of("AWS::Backup::BackupPlan").values()
        if not plans:
            return None, None, None
        ((rule,),) = (each["Properties"]["BackupPlan"]["BackupPlanRule"] for each in plans)
        (copy,) = rule["CopyActions"]
        *_, account, _, vault = str(copy["DestinationBackupVaultArn"]["Fn::Join"][1][-1]).split(":")
        return account, vault, copy["Lifecycle"]["DeleteAfterDays"]

    @property
    def budgets(self) -> list[Any]:
        found = self.service.of("AWS::Budgets::Budget").values()
        return [each["Properties"]["Budget"]["BudgetLimit"] for each in found]

    @property
    def edge_revision(self) -> str | None:
        variables = self.service.functions()["intakeapi"]["Environment"]["Variables"]
        return variables.get("EDGE_REVISION")  # type: ignore[no-any-return]

    @property
    def tags(self) -> dict[str, str]:
        function = next(iter(self.service.functions().values()))
        return {tag["Key"]: tag["Value"] for tag in function["Tags"]}

    @property
    def logs_kept(self) -> set[int]:
        groups = self.service.of("AWS::Logs::LogGroup").values()
        return {int(group["Properties"]["RetentionInDays"]) for group in groups}

    @property
    def locked(self) -> int:
        (days,) = (
            bucket["Properties"]["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]["Days"]
            for bucket in self.storage.of("AWS::S3::Bucket").values()
            if "ObjectLockConfiguration" in bucket["Properties"]
        )
        return int(days)


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """The small region, another with every setting changed that templates show, and a third of the other stage."""
    regions = tmp_path_factory.mktemp("settings")
    edits = tuple(edit for how in SETTINGS.values() if isinstance(how, Deployed) for edit in how.edits)
    own_name = "{kk: Шағын, ru: Малый, en: Small}"
    named = (
        ("region: small", "region: other"),
        ("SML", "OTH"),
        (own_name, "{kk: Екі, ru: Второй, en: Other}"),
    )
    third = (
        ("region: small\n", "region: third\nstage: local\n"),
        ("SML", "THI"),
        (own_name, "{kk: Үш, ru: Третий, en: Third}"),
    )
    small_region.write(regions)
    (regions / "other.yaml").write_text(edited(edited(small_region.YAML, edits), named))
    (regions / "third.yaml").write_text(edited(small_region.YAML, third))
    return without_code(regions, tmp_path_factory.mktemp("settings-made"))


@pytest.mark.parametrize("setting", [name for name, how in SETTINGS.items() if isinstance(how, Deployed)])
def test_a_setting_is_seen_in_what_is_deployed(setting: str, assembly: Assembly) -> None:
    how = SETTINGS[setting]
    assert isinstance(how, Deployed)
    assert how.see(Stacks(assembly, "other")) == how.expected
    if setting != "stage":
        assert how.see(Stacks(assembly, "small")) != how.expected
