"""What is open to everybody: the categories, the bodies, what is overdue, and where webhooks come from."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Final, Literal

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import Field

from functions.complaints.clock import iso
from functions.complaints.places import rounded
from functions.complaints.region import OTHER, Category, CategoryGroup, Question, Region
from functions.complaints.retirement import in_office
from functions.complaints.texts import in_language
from functions.edge.complaint_fields import AgencyName, MissedTerm, Number, Point, agency_name
from functions.edge.fields import Count, Instant, View, described, one_of
from functions.edge.language import Speech
from functions.edge.paging import PAGE_SIZE, Cursor, PageSize
from functions.edge.revalidation import REVALIDATED, revalidated
from functions.intake.api.views import category_name, in_charge
from functions.records import lists
from functions.records.codec import lapse_of
from functions.records.tables import ComplaintItem

AN_HOUR: Final = {"cache-control": "public, max-age=3600"}
_IN_LANGUAGES: Final = {"vary": "accept-language"}
TAG: Final = ["Open data"]


class Choice(View):
    """An answer that may be given."""

    id: str
    text: str


class QuestionView(View):
    """What is asked beside the comment."""

    id: str
    text: str
    kind: Annotated[str, one_of("text", "choice", "number")]
    required: bool
    choices: list[Choice]


class CategoryView(View):
    """What can be reported."""

    id: str
    name: str
    group: Annotated[str, described("The group that it is shown in.")]
    order: Annotated[Count, described("Its place among those of its group: the lowest comes first.")]
    icon: Annotated[
        str,
        Field(
            examples=["water_drop"],
            description="The name of its [Material Symbol](https://fonts.google.com/icons), of which there are a font "
            "and images (Apache-2.0). Show a picture of your own for a name that the app does not know.",
        ),
    ]
    for_whom: Annotated[
        list[Annotated[str, one_of("citizen", "entrepreneur")]],
        described(
            "The kinds of reporters (`kind` of `/v1/me`) to offer it to. Nobody is refused who sends it all the same."
        ),
    ]
    hint: str | None
    danger: bool
    answer_within: Annotated[str, Field(examples=["PT4H", "P15BD"])]
    max_photos: Count
    duplicate_radius_m: Count
    questions: list[QuestionView]
    public_place: Annotated[
        Literal["exact", "rounded"] | None,
        described(
            "Everybody may follow a complaint of it, without anything that its person wrote, with the place as this says; "
            "null: it is between the person and the bodies. Say so before it is sent."
        ),
    ]


class GroupView(View):
    """What stands above some of the categories."""

    id: str
    name: str
    order: Annotated[Count, described("Its place among the groups: the lowest comes first.")]


class Categories(View):
    """All of them, and the groups that they are shown in."""

    items: list[CategoryView]
    groups: Annotated[list[GroupView], described("In their order; none that has no category.")]


class AgencyEntry(View):
    """A body."""

    id: str
    name: str
    kind: Annotated[
        str,
        described(
            "What sort of body it is: department, akimat, inspectorate, police, prosecutor, ministry …"
        ),
    ]
    parent: Annotated[str | None, described("The body it answers to.")]


class Agencies(View):
    """All of them."""

    items: list[AgencyEntry]


class OverdueComplaint(View):
    """A complaint without an answer that stands though every term has passed; nothing that a person wrote or sent."""

    number: Number
    category: str
    category_name: str
    district: str | None
    district_name: str | None
    location: Annotated[Point, described("To three digits of a degree, some 100 m.")]
    agency: AgencyName | None
    escalated_to: Annotated[list[AgencyName], described("The bodies above it that have it too.")]
    escalation_level: Count
    joined: Count
    submitted_at: Instant
    missed: MissedTerm
    missed_by: Annotated[AgencyName, described("The body that let the last of the terms pass.")]
    missed_at: Annotated[Instant, described("When that term ended.")]
    overdue_since: Annotated[
        Instant,
        described(
            "Since when it is overdue with the body that has it: since the term ended, the answer was disputed or the body "
            "was given it, whichever was last."
        ),
    ]


class OverdueComplaints(View):
    """A page of the list."""

    items: list[OverdueComplaint]
    cursor: Annotated[str | None, described("Continues the list; null at its end.")]


class WebhookAddresses(View):
    """Addresses that an agency's firewall may let in."""

    items: list[Annotated[str, Field(json_schema_extra={"format": "ipv4"})]]


def directory(*, region: Region, webhook_addresses: tuple[str, ...], now: Callable[[], datetime]) -> Router:
    """The routes, without what is retired; `webhook_addresses` are none where webhooks come from anywhere in AWS."""
    router = Router()
    read = partial(router.get, tags=TAG)
    kept = partial(read, middlewares=[revalidated], openapi_extensions=REVALIDATED)

    @kept(
        "/v1/categories",
        operation_id="listCategories",
        summary="What can be reported, with terms and questions",
        description="Texts in the caller's language; the terms are the region's promise. In the order to show them, "
        "group by group. `other` comes last: it is for what fits none, and what is filed without a category.",
    )
    def categories(speech: Speech) -> Response[Categories]:
        offered = region.offered(at=now())
        groups = region.category_groups
        ordered = sorted(offered, key=lambda each: (each.id == OTHER, groups[each.group].order, each.order))
        used = {each.group for each in offered}
        views = Categories(
            items=[_category(each, speech.language) for each in ordered],
            groups=[_group(each, speech.language) for each in groups.values() if each.id in used],
        )
        return _cached(views, headers=AN_HOUR | _IN_LANGUAGES)

    @kept(
        "/v1/agencies",
        operation_id="listAgencies",
        summary="The bodies, and whom each answers to",
        description="Texts in the caller's language. `parent` is the body that an overdue complaint goes up to.",
    )
    def agencies(speech: Speech) -> Response[Agencies]:
        views = [
            AgencyEntry(
                id=each.id,
                name=in_language(each.name, speech.language),
                kind=each.kind,
                parent=in_office(region, each.parent, at=now()),
            )
            for each in region.agencies.values()
            if not each.is_retired(now())
        ]
        return _cached(Agencies(items=views), headers=AN_HOUR | _IN_LANGUAGES)

    @read(
        "/v1/overdue",
        operation_id="listOverdue",
        summary="Complaints without an answer that stands, past every term, longest overdue first",
        description="No body of the ladder is left. `missed` says what the last term passed in: silence, an answer that "
        "was disputed, or a complaint passed on too late, and `missed_by` whose doing that was. A complaint leaves the "
        "list when it is answered or withdrawn.",
    )
    def overdue(
        speech: Speech, limit: PageSize = PAGE_SIZE, cursor: Cursor = None
    ) -> Response[OverdueComplaints]:
        page = lists.overdue(limit=limit, cursor=cursor)
        views = [
            _overdue(item, region=region, language=speech.language)
            for item in page.items
            if item.category != region.canary
        ]
        return _cached(
            OverdueComplaints(items=views, cursor=page.cursor),
            headers={"cache-control": "public, max-age=60"} | _IN_LANGUAGES,
        )

    @read(
        "/v1/webhook-addresses",
        operation_id="listWebhookAddresses",
        summary="The addresses that webhooks come from",
        description="For an agency whose firewall lets in known addresses only. Empty where the region does not "
        "ask for fixed ones.",
    )
    def addresses() -> Response[WebhookAddresses]:
        return _cached(WebhookAddresses(items=list(webhook_addresses)), headers=AN_HOUR)

    return router


def _cached[Shown: View](view: Shown, *, headers: dict[str, str]) -> Response[Shown]:
    return Response(status_code=200, content_type=content_types.APPLICATION_JSON, body=view, headers=headers)


def _category(category: Category, language: str) -> CategoryView:
    return CategoryView(
        id=category.id,
        name=in_language(category.name, language),
        group=category.group,
        order=category.order,
        icon=category.icon,
        for_whom=list(category.for_whom),
        hint=in_language(category.hint, language) if category.hint else None,
        danger=category.danger,
        answer_within=str(category.answer_within),
        max_photos=category.max_photos,
        duplicate_radius_m=category.duplicate_radius_m,
        questions=[_question(question, language) for question in category.questions],
        public_place=category.public_place,
    )


def _group(group: CategoryGroup, language: str) -> GroupView:
    return GroupView(id=group.id, name=in_language(group.name, language), order=group.order)


def _question(question: Question, language: str) -> QuestionView:
    return QuestionView(
        id=question.id,
        text=in_language(question.text, language),
        kind=question.kind,
        required=question.required,
        choices=[
            Choice(id=choice["id"], text=in_language(choice["text"], language)) for choice in question.choices
        ],
    )


def _overdue(item: ComplaintItem, *, region: Region, language: str) -> OverdueComplaint:
    """Whose it is and since when, and no nearer than some 100 m where."""
    lapse = lapse_of(item.lapse)
    district = next((each for each in region.districts if each.id == item.district), None)
    return OverdueComplaint(
        number=item.number,
        category=item.category,
        category_name=category_name(item.category, region=region, language=language),
        district=item.district,
        district_name=in_language(district.name, language) if district else item.district,
        location=Point(lat=rounded(item.lat), lon=rounded(item.lon)),
        agency=in_charge(item.agency_id, region=region, language=language),
        escalated_to=[
            agency_name(each, region=region, language=language) for each in item.escalated_to or ()
        ],
        escalation_level=int(item.escalation_level or 0),
        joined=int(item.joined or 0),
        submitted_at=iso(item.submitted_at),
        missed=lapse.missed,
        missed_by=agency_name(lapse.agency_id, region=region, language=language),
        missed_at=iso(lapse.missed_at),
        overdue_since=item.overdue_since.partition("#")[0],
    )
