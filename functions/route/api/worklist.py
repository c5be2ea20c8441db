"""A body's worklist: what it asks for, a page of it, and how much there is."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Final

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import PlainValidator, WithJsonSchema

from functions.complaints.clock import iso
from functions.complaints.complaint import Status
from functions.complaints.days import day_of
from functions.complaints.faults import invalid
from functions.complaints.ids import read_number
from functions.complaints.keys import Caller
from functions.complaints.moves.officers import OFFICER_ID_MOST
from functions.complaints.sought import words_of
from functions.edge.callers import Reader
from functions.edge.fields import Count, Instant, View, described, fault
from functions.edge.operations import with_scope
from functions.edge.paging import PAGE_SIZE, Cursor, PageSize
from functions.records.worklist import COUNTED_MOST, Role, Wanted, counted, lines, worklist
from functions.route.api.desk import TAG, Desk
from functions.route.api.views import Work, work

ME: Final = "me"
NOBODY: Final = "nobody"
_SOUGHT_MOST: Final = 100
_NAME_MOST: Final = 64
_STATES_MOST: Final = 200
_ROLES: Final[tuple[Role, ...]] = ("owner", "supervisor")


class Worklist(View):
    """A page of the worklist."""

    items: list[Work]
    cursor: Annotated[str | None, described("Continues the list; null at its end.")]


class WorkCounts(View):
    """How much there is to do: as many as the worklist has with the filters of the same names."""

    open: Annotated[Count, described("On the worklist, what was answered and is not closed yet included.")]
    due_today: Annotated[Count, described("To be answered until today ends in the region's zone.")]
    overdue: Annotated[Count, described("Every body of the ladder has missed its term.")]
    escalated_to_us: Annotated[Count, described("Not the body's own: it is in charge beside another.")]
    unassigned: Annotated[Count, described("With no officer of the body.")]
    capped: Annotated[bool, described(f"There is more than that: {COUNTED_MOST} at the most are counted.")]
    as_of: Instant


def _states(given: str | list[str]) -> frozenset[Status]:
    """Of a list apart by commas; a parameter that is given again goes on with it."""
    names = given if isinstance(given, str) else ",".join(given)
    try:
        if len(names) > _STATES_MOST:
            raise ValueError
        return frozenset(Status(name) for name in names.split(","))
    except ValueError:
        raise fault("unknown_choice", choices=tuple(map(str, Status))) from None


States = Annotated[
    frozenset[Status] | None,
    Query(alias="status", description=f"Only these states, apart by commas: {', '.join(Status)}."),
    PlainValidator(_states),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^({'|'.join(Status)})(,({'|'.join(Status)}))*$",
            "maxLength": _STATES_MOST,
            "examples": ["assigned,acknowledged"],
        }
    ),
]


def _named(*choices: str) -> Callable[[Any], str]:
    def one(given: Any) -> str:
        if given not in choices:
            raise fault("unknown_choice", choices=choices)
        return str(given)

    return one


def _up_to(most: int) -> Callable[[Any], str]:
    def text(given: Any) -> str:
        if not isinstance(given, str):
            raise fault("wrong_type", expected="string")
        if not given.strip():
            raise fault("empty")
        if len(given) > most:
            raise fault("too_long", max=most)
        return given

    return text


def _one_of(*choices: str, description: str, alias: str) -> tuple[Any, ...]:
    schema = {"type": "string", "enum": list(choices)}
    return (
        Query(alias=alias, description=description),
        PlainValidator(_named(*choices)),
        WithJsonSchema(schema),
    )


def _text(most: int, *, description: str, alias: str) -> tuple[Any, ...]:
    schema = {"type": "string", "minLength": 1, "maxLength": most}
    return Query(alias=alias, description=description), PlainValidator(_up_to(most)), WithJsonSchema(schema)


Category = Annotated[
    str | None, *_text(_NAME_MOST, description="Only this category, by its id.", alias="category")
]
District = Annotated[
    str | None, *_text(_NAME_MOST, description="Only this district, by its id.", alias="district")
]
IsOverdue = Annotated[
    str | None,
    *_one_of(
        "true",
        "false",
        description="Only what every body of its ladder let pass, or the rest.",
        alias="overdue",
    ),
]
OfRole = Annotated[
    Role | None,
    *_one_of(*_ROLES, description="Only the body's own, or only what was escalated to it.", alias="role"),
]
AssignedTo = Annotated[
    str | None,
    *_text(
        OFFICER_ID_MOST,
        description=f"Only what your body gave to this officer: an id, `{ME}`, or `{NOBODY}`.",
        alias="assigned_to",
    ),
]
Sought = Annotated[
    str | None,
    *_text(
        _SOUGHT_MOST,
        description="A complaint's number in any spelling; or words, all of which stand in a line's number, first words or "
        "address. Capitals and ё are as good as small letters and е.",
        alias="q",
    ),
]


def listing(*, desk: Desk, bucket: str) -> Router:
    """The routes."""
    router = Router()
    read = partial(router.get, tags=TAG, security=with_scope("read"))

    @read(
        "/v1/agency/complaints",
        operation_id="listWork",
        summary="The worklist, most urgent first",
        description="The agency's open complaints and those escalated to it, with what is needed to choose one: by due "
        "time, then danger first; on a page, of those that are equal so, what most people joined first. With any filter, a "
        "page may hold fewer than `limit`, even none, and still have a `cursor`: the list ends where that is null.",
    )
    def list_work(
        caller: Reader,
        status: States = None,
        category: Category = None,
        district: District = None,
        overdue: IsOverdue = None,
        role: OfRole = None,
        assigned_to: AssignedTo = None,
        q: Sought = None,
        cursor: Cursor = None,
        limit: PageSize = PAGE_SIZE,
    ) -> Worklist:
        number = None if q is None else read_number(q)
        wanted = Wanted(
            statuses=status,
            category=category,
            district=district,
            overdue=None if overdue is None else overdue == "true",
            role=role,
            officer=_officer(assigned_to, caller=caller),
            unassigned=assigned_to == NOBODY,
            number=number,
            words=() if q is None or number is not None else words_of(q),
        )
        page = worklist(caller.agency_id, limit=limit, cursor=cursor, wanted=wanted)
        return Worklist(items=[work(line, bucket=bucket) for line in lines(page.items)], cursor=page.cursor)

    @read(
        "/v1/agency/counts",
        operation_id="countWork",
        summary="How much there is to do",
        description="Of the worklist as it stands, a second or two late.",
    )
    def count_work(caller: Reader) -> WorkCounts:
        now = desk.now()
        begin, end = day_of(now, zone=desk.region.time_zone)
        found = counted(caller.agency_id, begin=begin, end=end)
        return WorkCounts(
            open=found.open,
            due_today=found.due,
            overdue=found.overdue,
            escalated_to_us=found.supervised,
            unassigned=found.unassigned,
            capped=found.capped,
            as_of=iso(now),
        )

    return router


def _officer(assigned_to: str | None, *, caller: Caller) -> str | None:
    """Raises Invalid where `me` is no officer."""
    if assigned_to == ME:
        if caller.officer_id is None:
            raise invalid("assigned_to", "no_officer")
        return caller.officer_id
    return None if assigned_to == NOBODY else assigned_to
