"""The form of a region file, key by key, and what holds where a file says nothing. `region.schema.json`, for editors,
is written from it.

Terms by law are those of the Administrative Procedural and Process-Related Code, arts. 65 and 76.
"""

import json
from typing import Annotated, Any, Final, Literal, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    GetPydanticSchema,
    Tag,
)
from pydantic.json_schema import DEFAULT_REF_TEMPLATE, GenerateJsonSchema
from pydantic_core import PydanticCustomError

from functions.complaints.duration import QUARTER, Duration

Language = Literal["kk", "ru", "en"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
AgencyKind = Literal[
    "department", "akimat", "district_akimat", "inspectorate", "police", "prosecutor", "ministry", "government"
]  # fmt: skip

ReporterKind = Literal["citizen", "entrepreneur"]

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
REPORTER_KINDS: Final[tuple[ReporterKind, ...]] = get_args(ReporterKind)
WEEKDAYS: Final[tuple[Weekday, ...]] = get_args(Weekday)
DATE_PATTERN: Final = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
ID_PATTERN: Final = "^[a-z][a-z0-9]*([_-][a-z0-9]+)*$"
# What `functions.intake.photos.limits` reads of a file: a larger one would be refused after its upload.
PHOTO_BYTES_MOST: Final = 25 * 2**20

_CLOCK_TIME = "(?=[0-9])([0-9]{1,6}H)?([0-9]{1,6}M)?([0-9]{1,6}S)?"
_TERM = rf"P[0-9]{{1,6}}(BD|M|D)|PT[0-9]{{1,6}}BH|P[0-9]{{1,6}}DT{_CLOCK_TIME}|PT{_CLOCK_TIME}"
_TERM_PATTERN = f"^({_TERM})$"


def _text(pattern: str, what: str, rule: str = "bad-value") -> Any:
    return Field(pattern=pattern, json_schema_extra=_hint(what, rule))


def _hint(what: str, rule: str) -> dict[str, Any]:
    """What to write instead, as editors (the key is VS Code's) and findings say it, and the rule that the finding is of."""
    return {"patternErrorMessage": f"Write {what}.", "x-rule": rule}


def _term(text: str) -> str:
    """Raises ValueError for what the calendar does not read."""
    Duration.parse(text)
    return text


def _lead(text: str) -> str:
    """Raises ValueError as `_term` does."""
    return text if text == QUARTER else _term(text)


def _said(value: object) -> object:
    if value is None:
        raise PydanticCustomError("null", "null where there is a value or no key")
    return value


T = TypeVar("T")
LeftOut = Annotated[
    T | None,
    BeforeValidator(_said),
    GetPydanticSchema(get_pydantic_json_schema=lambda schema, handler: handler(schema)["anyOf"][0]),
]
"""May be left out, and then is None; `null` is no way to say so."""

Id = Annotated[
    str, _text(ID_PATTERN, "an id of lower-case letters, digits, - and _, beginning with a letter", "id")
]
Sentence = Annotated[str, _text(r"\S", "a text")]
Email = Annotated[str, _text(r"^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$", "an e-mail address", "email")]
Date = Annotated[str, _text(DATE_PATTERN, "a date such as 2026-03-09")]
Time = Annotated[str, _text("^([01][0-9]|2[0-3]):[0-5][0-9]$", "a time such as 09:00")]
Days = Annotated[str, _text("^P[1-9][0-9]{0,4}D$", "a number of days such as P90D", "duration")]
Icon = Annotated[
    str, _text("^[a-z0-9]+(_[a-z0-9]+)*$", "the name of a Material Symbol such as water_drop", "icon")
]
PhoneNumber = Annotated[
    str, _text(r"^\+?[0-9]{3,15}$", 'digits in quotes, such as "112" or "+77182000000"', "emergency-number")
]
Secret = Annotated[str, _text("^[A-Za-z0-9/_+=.@-]{1,512}$", "the name of a secret in Secrets Manager")]
# Source: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
TagValue = Annotated[
    str,
    _text(r"^[A-Za-z0-9 _.:/=+@-]{1,256}$", "Latin letters, digits, spaces and . : / = + - @ _", "aws-tag"),
]
_TERMS = "PT4H, PT30M or P3D (by the clock), P15BD or PT8BH (working days, hours), or P2M"
Term = Annotated[
    str,
    AfterValidator(_term),
    Field(json_schema_extra={"pattern": _TERM_PATTERN} | _hint(_TERMS, "duration")),
]
Lead = Annotated[
    str,
    AfterValidator(_lead),
    Field(
        json_schema_extra={"pattern": f"^({QUARTER}|{_TERM})$"}
        | _hint(f"PT1H (by the clock), P1BD or PT4BH (working days, hours), or {QUARTER}", "duration")
    ),
]
_NO_OTHER_KEY: Final[dict[str, Any]] = {"additionalProperties": False}
"""Than those that fit: the JSON Schema of a `dict` leaves others open."""


class Form(BaseModel):
    """Keys of a region file. The title begins a sentence about them."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Names(Form, title="A text in three languages"):
    kk: Sentence = Field(description="in Kazakh")
    ru: Sentence = Field(description="in Russian")
    en: Sentence = Field(description="in English")


class Break(Form, title="A break"):
    start: Time = Field(alias="from", description="when it begins")
    end: Time = Field(alias="to", description="when it ends")


class Hours(Form, title="The hours"):
    opens: Time = Field(description="when the day begins, such as 09:00")
    closes: Time = Field(description="when the day ends, such as 18:30")
    breaks: list[Break] = Field(default=[], description="closed times in between, in order")


class Calendar(Form, title="The calendar"):
    country: Literal["KZ"] = Field(description="whose public holidays apply")
    years: list[Annotated[int, Field(ge=2021, le=2099)]] = Field(
        min_length=2,
        description="the years whose holidays and moved days are checked; deadlines cannot reach beyond",
    )
    count_from: Literal["next_day", "same_day"] = Field(
        description="whether a term in working days begins with the day of registration"
    )
    hours: Hours = Field(description="when bodies work, unless a body has hours of its own")
    weekend: list[Weekday] = Field(min_length=1, description="the weekly days of rest")
    moved_working: list[Date] = Field(default=[], description="weekend days that are worked by order")
    moved_off: list[Date] = Field(default=[], description="weekdays that are free by order")
    kurban_ait: list[Date] = Field(
        default=[], description="the first day of Kurban Ait of each year, once announced"
    )
    short_days: dict[Date, Time] = Field(
        default={},
        description="days that close earlier, with the time",
        json_schema_extra=_NO_OTHER_KEY,
    )


class Retired(Form, title="The retirement"):
    since: Date = Field(description="from which day on it is used no more, in the region's zone")
    moved_to: LeftOut[Id] = Field(
        default=None,
        description="which body, or category, has what is open then; where none is named, the body above has it, and "
        "complaints keep their category",
    )


class Agency(Form, title="An agency"):
    id: Id = Field(description="its id, for good: complaints refer to it")
    name: Names = Field(
        description="its name as an office, without persons; in English without an article: sentences have one"
    )
    kind: AgencyKind = Field(description="what sort of body it is")
    parent: Id | None = Field(description="the body above it, or null at the top")
    hours: LeftOut[Hours] = Field(default=None, description="its own hours")
    contact_email: LeftOut[Email] = Field(
        default=None,
        description="where it is reached: told when its webhooks fail, and of complaints that nobody there has looked at",
    )
    language: LeftOut[Literal["kk", "ru", "en"]] = Field(
        default=None, description="what it is written to in; left out: Kazakh"
    )
    retired: LeftOut[Retired] = Field(
        default=None, description="that the body is no more; it stays here, for histories name it"
    )


class Choice(Form, title="A choice"):
    id: Id = Field(description="its id")
    text: Names = Field(description="what the person reads")


class Question(Form, title="A question"):
    id: Id = Field(description="its id within the category")
    text: Names = Field(description="the question")
    kind: Literal["text", "choice", "number"] = Field(description="what the answer is")
    required: bool = Field(default=False, description="whether it must be answered")
    choices: list[Choice] = Field(
        default=[], min_length=2, description="the choices, where the kind is choice"
    )


class Responsible(Form, title="The responsibility"):
    default: Id | None = Field(
        default=None, description="the body that answers wherever no district's body does"
    )
    districts: dict[Id, Id] = Field(
        default={},
        description="the body that answers in each district",
        json_schema_extra=_NO_OTHER_KEY,
    )


class Extension(Form, title="The extension"):
    limit: Term = Field(description="by how much the term may grow in all; P2M by law")
    times: int = Field(ge=0, le=3, description="how often it may be extended")


class Public(Form, title="The public record"):
    place: Literal["exact", "rounded"] = Field(
        description="how everybody sees where it is: exact where that is what helps, as of a manhole; rounded, to some 80 m"
    )


class CategoryGroup(Form, title="A group of categories"):
    id: Id = Field(description="its id")
    name: Names = Field(description="what stands above its categories")


class Category(Form, title="A category"):
    id: Id = Field(description="its id, for good: complaints refer to it")
    name: Names = Field(description="what the person chooses")
    group: Id = Field(
        description="the group that it is shown in, after those of it that stand before it here"
    )
    icon: Icon = Field(description="the name of its Material Symbol (https://fonts.google.com/icons)")
    for_whom: list[ReporterKind] = Field(
        default=list(REPORTER_KINDS),
        min_length=1,
        description="who is offered it; nobody is refused who sends it all the same",
    )
    hint: LeftOut[Names] = Field(default=None, description="what to photograph or to write")
    danger: bool = Field(description="whether somebody may come to harm; then terms run by the clock")
    discreet: bool = Field(
        default=False, description="whether it is left out of pushes, which others may read on a locked phone"
    )
    acknowledge_within: Term | None = Field(
        description="until when the body says that it has it; null: never asked"
    )
    answer_within: Term = Field(description="until when the body answers")
    photos_wait: LeftOut[Term] = Field(
        default=None,
        description="how long a complaint of it waits for its photos, where that is not terms.photos_wait; not of danger, "
        "which waits for none",
    )
    escalation_terms: list[Term] = Field(
        min_length=1, description="the term at each level of escalation; the last one stays"
    )
    # Terms are of every length, from an hour of danger to fifteen working days, and each level of escalation has a
    # shorter one: a share fits them all, a fixed time does not.
    reminder: Lead | None = Field(
        default=QUARTER,
        description="how long before each deadline the body is reminded, in its open hours unless it is danger: P1BD is "
        "when it opens with one working day left; quarter: when a quarter of the term is left; null: never",
    )
    proof_photo_required: bool = Field(default=True, description='whether an answer "done" needs a photo')
    duplicate_radius_m: int = Field(
        default=50, ge=0, le=1000, description="within how many metres two reports may be the same"
    )
    max_photos: int = Field(
        default=5, ge=0, le=10, description="how many photos a person may add; limits.photos at most"
    )
    questions: list[Question] = Field(default=[], description="what else the body must know")
    responsible: Responsible = Field(description="who answers for it")
    extension: Extension = Field(
        default=Extension(limit="P2M", times=1), description="whether the body may take longer"
    )
    public: LeftOut[Public] = Field(
        default=None,
        description="that everybody may follow each complaint of it: its state, its bodies, its terms and photos in which "
        "faces and plates are hidden, never a person's words; left out: nothing of it is public",
    )
    retired: LeftOut[Retired] = Field(
        default=None, description="that it is not offered any more; it stays here, for complaints name it"
    )


class Cognito(Form, title="The identity provider"):
    provider: Literal["cognito"] = Field(description="a user pool of this deployment")
    email: LeftOut[Email] = Field(
        default=None,
        description="the sender of its codes, at a domain that SES has verified in the same AWS Region; demanded outside "
        "stage: local",
    )


class Issuer(Form, title="The identity provider"):
    issuer: Annotated[
        str, _text(r"^https?://[^\s/]+(/\S*)?$", "an address such as https://id.example.org")
    ] = Field(description="the OpenID Connect issuer, for identities that stay in the country")
    audience: Sentence = Field(description="the audience that its tokens name")


Claim = Annotated[str, _text(r"^\S+$", "the name of a claim, such as body")]
Endpoint = Annotated[
    str, _text(r"^https?://[^\s/]+(/\S*)?$", "an address such as https://id.example.org/token")
]


class OfficersPool(Form, title="The officers"):
    provider: Literal["cognito"] = Field(
        description="a user pool of this deployment for them alone, with a second factor; invitations are sent as the "
        "codes of `identity` are, where that is a pool too"
    )


class OfficersIssuer(Form, title="The officers"):
    issuer: Endpoint = Field(description="the OpenID Connect issuer that signs bodies' officers in")
    audience: Sentence = Field(description="the audience that its tokens name")
    jwks_uri: Endpoint = Field(description="where its keys are, as its discovery document says")
    client_id: Sentence = Field(description="the desk's client there: public, with the code flow and PKCE")
    authorization_endpoint: Endpoint = Field(description="where an officer is sent to sign in")
    token_endpoint: Endpoint = Field(description="where the desk has its tokens from")
    end_session_endpoint: LeftOut[Endpoint] = Field(
        default=None, description="where an officer is sent to sign out, if there is such a place"
    )
    agency_claim: Claim = Field(description="the claim that holds the id of the officer's body")
    role_claim: Claim = Field(description="the claim that says viewer, officer or head")


def _by_key(**models: type[Form]) -> Discriminator:
    """By the name of the model whose key is there; of several or none, nothing."""

    def told(raw: object) -> str | None:
        if isinstance(raw, Form):
            return type(raw).__name__
        keys = raw if isinstance(raw, dict) else {}
        there = [model.__name__ for key, model in models.items() if key in keys]
        return there[0] if len(there) == 1 else None

    return Discriminator(told)


Identity = Annotated[
    Annotated[Cognito, Tag("Cognito")] | Annotated[Issuer, Tag("Issuer")],
    _by_key(provider=Cognito, issuer=Issuer),
]
Officers = Annotated[
    Annotated[OfficersPool, Tag("OfficersPool")] | Annotated[OfficersIssuer, Tag("OfficersIssuer")],
    _by_key(provider=OfficersPool, issuer=OfficersIssuer),
]


class _Credential(Form):
    secret: Secret = Field(description="the secret with the service account's JSON, or the key and its ids")
    revision: int = Field(
        default=1,
        ge=1,
        le=1_000_000,
        description="raise it when the secret has a new value, and deploy: the credential is then written again",
    )


class Fcm(_Credential, title="FCM"):
    pass


class Apns(_Credential, title="APNs"):
    sandbox: bool = Field(default=False, description="whether it is Apple's sandbox")


class Push(Form, title="The push platforms"):
    fcm: LeftOut[Fcm] = Field(default=None, description="Firebase Cloud Messaging, for Android")
    apns: LeftOut[Apns] = Field(default=None, description="Apple Push Notification service")


class Terms(Form, title="The terms"):
    photos_wait: Term = Field(
        default="PT24H",
        description="how long a complaint waits for declared photos; one of danger waits for none: its photos follow",
    )
    close_after_answer: Term = Field(
        default="P10D", description="when an answer that nobody refutes closes the complaint"
    )
    least_after_transfer: Term = Field(
        default="P1BD",
        description="what a body has at least that a complaint is passed on to, before anything is held against it; "
        "what the person was promised stays",
    )
    forward_within: Term = Field(
        default="P3BD",
        description="until when a body passes on what belongs to another, counted from when it got it; shown to it, and "
        "whoever passes on later is on record with that",
    )
    quarantine: Days = Field(
        default="P1D",
        description="how long S3 keeps an upload that was not checked, to the next midnight UTC",
    )
    again_within: Days = Field(
        default="P90D",
        description="how long after a complaint was closed its reporter can send it again, one rung higher",
    )
    inbox: Days = Field(default="P90D", description="how long the inbox shows a message")


_TimesADay = Annotated[int, Field(ge=1, le=1000)]


class Limits(Form, title="The limits"):
    complaints_per_person_per_day: _TimesADay = Field(default=20, description="complaints sent")
    comments_per_person_per_day: _TimesADay = Field(default=100, description="comments written")
    declarations_per_person_per_day: _TimesADay = Field(
        default=40, description="requests that announce later photos"
    )
    joins_per_person_per_day: _TimesADay = Field(default=50, description="complaints of others joined")
    devices_per_person_per_day: _TimesADay = Field(
        default=20, description="push tokens that a person's phones sign in with"
    )
    complaints_per_partner_per_day: int = Field(
        default=300, ge=1, le=2000, description="complaints sent by one partner, for all of its people"
    )
    flags_per_day: _TimesADay = Field(
        default=10,
        description="public complaints that one network address may flag as not fit to be public",
    )
    comment_length: int = Field(default=2000, ge=100, le=10_000, description="in characters")
    photo_bytes: int = Field(default=15_000_000, ge=100_000, le=PHOTO_BYTES_MOST, description="in bytes")
    photos: int = Field(default=5, ge=1, le=10, description="in one complaint, in every category")


class Retention(Form, title="The retention"):
    photos: Days = Field(default="P1095D", description="photos, counted from when they were checked")
    # As long as a claim can be brought: Civil Code of Kazakhstan, art. 178.
    texts: Days = Field(
        default="P1095D", description="a person's words and the exact place, counted from the complaint's end"
    )
    # Nobody is to answer it any more. For as long a decision can be taken to the higher body:
    # Administrative Procedural and Process-Related Code of Kazakhstan, art. 92.
    withdrawn: Days = Field(default="P90D", description="the same of one that was taken back")
    logs: Days = Field(default="P90D", description="logs")
    audit: Days = Field(default="P1825D", description="the locked heads of the event chain")


class Withdrawal(Form, title="The withdrawal"):
    with_joiners: Literal["goes_on", "ends"] = Field(
        default="goes_on",
        description="what becomes of a complaint that others have joined when its reporter takes it back",
    )


class Proof(Form, title="Proof photos"):
    strict: bool = Field(
        default=False,
        description="a body's photo is refused that is known to be of elsewhere, from before the complaint, or a copy of "
        "another one",
    )


def _of_a_map(example: str) -> Any:
    return _text(
        r"^https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?/[^\s?#]*$",
        f"an address such as {example}, without a password or a key: everybody reads it",
        "base-map",
    )


class MapStyle(Form, title="The base map"):
    style: Annotated[str, _of_a_map("https://maps.example.org/style.json")] = Field(
        description="the address of a style as MapLibre reads it, whose tiles, fonts and images come from the same origin"
    )


class MapArchive(Form, title="The base map"):
    pmtiles: Annotated[str, _of_a_map("https://maps.example.org/city.pmtiles")] = Field(
        description="the address of a PMTiles archive of the Protomaps basemap, version 4, or of pictures"
    )


BaseMap = Annotated[
    Annotated[MapStyle, Tag("MapStyle")] | Annotated[MapArchive, Tag("MapArchive")],
    _by_key(style=MapStyle, pmtiles=MapArchive),
]


class OpenData(Form, title="Open data"):
    licence: Annotated[str, _text(r"^https?://[^\s]+$", "the address of a licence")] = Field(
        default="https://creativecommons.org/licenses/by/4.0/",
        description="under which anybody may use the public files, by its address",
    )


class EmergencyNumber(Form, title="An emergency number"):
    number: PhoneNumber = Field(description="what is dialled")
    name: Names = Field(description="who answers")


class Aws(Form, title="The AWS account"):
    account: Annotated[
        str, _text("^[0-9]{12}$", "an account number of twelve digits in quotes", "aws-account")
    ] = Field(description="the account that it is deployed into")
    region: Annotated[str, _text("^[a-z]{2}(-[a-z]+)+-[0-9]$", "an AWS Region such as eu-central-1")] = Field(
        description="the AWS Region"
    )
    owner: LeftOut[TagValue] = Field(
        default=None, description="the tag `owner`: who answers for the deployment"
    )
    cost_centre: LeftOut[TagValue] = Field(default=None, description="the tag `cost-centre`: who pays for it")


class QuietHours(Form, title="The quiet hours"):
    start: Time = Field(alias="from", description="such as 22:00")
    end: Time = Field(alias="to", description="such as 08:00")


class Webhooks(Form, title="The webhooks"):
    allow_http: bool = Field(default=False, description="plain http; local stage only")
    allow_private: bool = Field(default=False, description="private addresses; local stage only")
    fixed_addresses: bool = Field(
        default=False,
        description="send from fixed addresses, for bodies that filter by address (costs a NAT gateway)",
    )


class SecondAccount(Form, title="The second account"):
    """Of the same organisation; `vault` lies there, in the same AWS Region."""

    account: Annotated[
        str, _text("^[0-9]{12}$", "an account number of twelve digits in quotes", "aws-account")
    ] = Field(description="the account that the copies go to")
    vault: Annotated[str, _text(r"^[A-Za-z0-9_-]{2,50}$", "the name of a backup vault")] = Field(
        default="qamqor", description="the vault there, made beforehand"
    )
    days: int = Field(
        default=35,
        ge=7,
        le=365,
        description="how long a copy is kept there: what a person has had erased is in it for as long",
    )


class Canary(Form, title="The canary"):
    category: Id = Field(
        description="the category that its complaints are of, which nobody is offered; of a body that answers for nothing "
        "else, with nobody above it"
    )


class Alarms(Form, title="The alarms"):
    email: list[Email] = Field(description="who is woken")


class Region(Form, title="A region file"):
    region: Id = Field(description="the region's id, which is also the file's name")
    extends: LeftOut[Id] = Field(
        default=None, description="the id of a region file whose values hold where this one says nothing"
    )
    name: Names = Field(description="the region's name")
    number_prefix: Annotated[str, _text("^[A-Z]{3}$", "three capital letters", "number-prefix")] = Field(
        description="three letters that begin every complaint's number"
    )
    stage: Literal["cloud", "local"] = Field(default="cloud", description="local: a developer's machine")
    aws: Aws = Field(description="where it runs")
    time_zone: Sentence = Field(description="the zone by its IANA name")
    calendar: Calendar = Field(description="when state bodies work")
    geography: Annotated[
        str, _text(r"^[a-z0-9_-]+\.geojson$", "the name of a .geojson file beside this one")
    ] = Field(description="the boundary and the districts")
    agencies: list[Agency] = Field(min_length=1, description="the bodies")
    category_groups: list[CategoryGroup] = Field(
        min_length=1, description="the groups that categories are shown in, in order"
    )
    categories: list[Category] = Field(min_length=1, description="what can be reported, in order")
    emergency_numbers: list[EmergencyNumber] = Field(
        min_length=1, description="whom to call when somebody is in danger now, the most general first"
    )
    identity: Identity = Field(description="who signs people in")
    officers: Officers | None = Field(
        default=None,
        description="who signs the officers of bodies in, who work at the desk; null: bodies come by their systems alone",
    )
    push: Push | None = Field(
        default=Push(), description="push platforms; one that is absent is not used; null: none"
    )
    terms: Terms = Field(default=Terms(), description="terms that hold for every category")
    limits: Limits = Field(default=Limits(), description="what one person may send")
    quiet_hours: QuietHours | None = Field(
        default=None, description="when pushes wait, unless they tell of an escalation; null: never"
    )
    withdrawal: Withdrawal = Field(
        default=Withdrawal(), description="what follows when somebody takes their complaint back"
    )
    proof: Proof = Field(default=Proof(), description="what a body's photo must show")
    open_data: OpenData = Field(default=OpenData(), description="the files that everybody may use")
    base_map: BaseMap | None = Field(
        default=None,
        description="what is drawn under the districts on the maps of the site and the desk; null: nothing, and nobody "
        "else is asked for anything",
    )
    retention: Retention = Field(default=Retention(), description="how long things are kept")
    webhooks: Webhooks = Field(default=Webhooks(), description="how webhooks go out")
    alarms: Alarms = Field(default=Alarms(email=[]), description="who receives alarms")
    canary: Canary | None = Field(
        default=None,
        description="a complaint each quarter of an hour, filed as people file theirs, followed until the inbox tells of "
        "it, and taken back; null: none",
    )
    budget: LeftOut[Annotated[int, Field(ge=1, le=1_000_000)]] = Field(
        default=None,
        description="how many US dollars a month it is meant to cost; whoever receives alarms is told when they are nearly "
        "spent, or will be exceeded",
    )
    backup: SecondAccount | None = Field(
        default=None,
        description="a copy of tables and photos each night in a second account; null: what is lost with this one is lost",
    )
    domain: (
        Annotated[str, _text(r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$", "a domain name")] | None
    ) = Field(default=None, description="the API's own domain, with CloudFront and WAF before it")
    edge_revision: int = Field(
        default=1,
        ge=1,
        le=1_000_000,
        description="raise it when the secret between CloudFront and the API is a new one, and deploy: both then read it",
    )
    size: Literal["small", "city", "oblast"] = Field(
        default="city",
        description="how closely the machinery is watched, which costs the same whatever comes in: some 10,000 complaints "
        "a year, 100,000, or more",
    )
    snapstart: bool | None = Field(
        default=None,
        description="functions that somebody waits for start from a snapshot, which is paid for by the hour; null: by size",
    )
    malware_scan: bool = Field(default=False, description="scan uploads with GuardDuty")


class _Titles(GenerateJsonSchema):
    """Of models alone: pydantic would call `number_prefix` "Number Prefix"."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def region_schema(ref_template: str = DEFAULT_REF_TEMPLATE) -> dict[str, Any]:
    """Of a whole file."""
    return Region.model_json_schema(ref_template=ref_template, schema_generator=_Titles)


def json_schema() -> dict[str, Any]:
    """The JSON Schema that editors read; a file that extends another may leave keys out."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Qamqor region file",
        "description": "Written by `python -m infra.region schema`; change infra/region/schema.py instead.",
        "if": {"type": "object", "required": ["extends"]},
        "then": _partial(region_schema(ref_template="#/then/$defs/{model}")),
        "else": region_schema(ref_template="#/else/$defs/{model}"),
    }


_ONE_OF_TWO: Final = {
    each.__name__ for each in (Cognito, Issuer, OfficersPool, OfficersIssuer, MapStyle, MapArchive)
}


def _partial(schema: dict[str, Any]) -> dict[str, Any]:
    """Without what need not be said again: all but the names of things, and what is one of two."""
    for name, form in schema["$defs"].items():
        if "required" in form and name not in _ONE_OF_TWO:
            form["required"] = [key for key in form["required"] if key == "id"]
    return schema | {"required": ["region"]}


def json_schema_text() -> str:
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"
