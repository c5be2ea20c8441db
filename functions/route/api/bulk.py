"""One move of many complaints, each by itself: what one of them refuses stops none of the others."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import ConfigDict, Field

from functions.complaints.change import Change
from functions.complaints.complaint import Actor, Complaint
from functions.complaints.faults import FieldFault, Invalid, NotFound
from functions.complaints.ids import is_id
from functions.complaints.keys import Caller
from functions.complaints.moves import agency
from functions.edge.callers import Writer
from functions.edge.fields import ID_FORM, Absent, Body, Count, View, choice, described, omitted, words
from functions.edge.idempotency import RequiredKey, request_of
from functions.edge.judging import judged
from functions.edge.language import Speech
from functions.edge.operations import with_scope
from functions.edge.problems import Problem, problem_of
from functions.records.requests import claimed
from functions.route.api.assigning import OfficerId, assigned_to
from functions.route.api.desk import TAG, Desk
from functions.route.api.wording import TEXT_MOST

AT_ONCE: Final = 25
_MOVES: Final = ("acknowledge", "assign", "comment")
_NEEDED: Final = {"assign": "to", "comment": "text"}


class BulkMove(Body):
    """What is to be done, and with which complaints."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"move": "assign", "ids": ["01KJR9YAXN5V7C2M4T8W6QZ3HD"], "to": "01KJR9YB1C0D2E3F4G5H6J7K8M"}
            ]
        }
    )

    move: Annotated[str, choice(*_MOVES), described("`comment` is internal: for the bodies in charge alone.")]
    ids: Annotated[
        list[Annotated[str, Field(json_schema_extra=ID_FORM)]],
        Field(
            min_length=1,
            max_length=AT_ONCE,
            description="Of the complaints; one named twice counts once.",
            examples=[["01KJR9YAXN5V7C2M4T8W6QZ3HD"]],
        ),
    ]
    to: Annotated[OfficerId | None, described("To whom to assign them; null takes them back.")] = omitted()
    text: Annotated[str, words(TEXT_MOST, "What there is to say.")] = omitted()


class BulkResult(View):
    """What became of one of them."""

    id: str
    status: Annotated[Count, described("As the move by itself would be answered: 200, or the problem's.")]
    problem: Absent[
        Annotated[dict[str, Any], described("The problem document (RFC 9457) with which it was refused.")]
    ]


class BulkResults(View):
    """One for each, in the order in which they were named."""

    results: list[BulkResult]


def bulk(desk: Desk) -> Router:
    """The route."""
    router = Router()

    def move_many_decided(_: Mapping[str, Any], __: Mapping[str, str], body: BulkMove) -> None:
        needed = _NEEDED.get(body.move)
        if needed is not None and needed not in body.model_fields_set:
            raise Invalid((FieldFault(pointer=f"/{needed}", key="missing"),))

    def decide(body: BulkMove, complaint: Complaint, by: Actor) -> Change | None:
        match body.move:
            case "acknowledge":
                return agency.acknowledge(complaint, by=by, now=desk.now())
            case "assign":
                return assigned_to(body.to, complaint, by, desk=desk)
        return agency.comment(complaint, by=by, text=body.text, internal=True, now=desk.now())

    def moved(
        complaint_id: str, body: BulkMove, *, caller: Caller, key: str, event: Mapping[str, Any]
    ) -> Problem | None:
        """Under a key of its own, which follows from the request's. Raises what nobody can be told of by itself."""
        try:
            if not is_id(complaint_id):
                raise NotFound(complaint_id)
            desk.made(
                complaint_id,
                lambda complaint, by: decide(body, complaint, by),
                caller=caller,
                key=f"{key}#{complaint_id}",
                event=event,
            )
        except Exception as error:
            problem = problem_of(error)
            if problem.slug == "internal":
                raise
            return problem
        return None

    @router.post(
        "/v1/agency/bulk",
        operation_id="moveMany",
        tags=TAG,
        security=with_scope("write"),
        summary="Make one move of many complaints",
        description=f"At most {AT_ONCE}. Each is a step of its own, and the answer is 200 though some, or all, were "
        "refused. The request that is sent again under its key does what was not done yet; what it did is answered as "
        "before.",
    )
    @judged(BulkMove, move_many_decided, needs=("move",))
    def move_many(body: BulkMove, key: RequiredKey, caller: Writer, speech: Speech) -> BulkResults:
        event = router.current_event.raw_event
        move_many_decided(event, {}, body)
        if not claimed(request_of(event, caller=f"agency#{caller.agency_id}", key=key), now=desk.now()):
            raise Problem("idempotency-key-reused")
        results = []
        for complaint_id in dict.fromkeys(body.ids):
            problem = moved(complaint_id, body, caller=caller, key=key, event=event)
            at = f"/v1/agency/complaints/{complaint_id}/{body.move}"
            said = None if problem is None else problem.document(speech.language, instance=at)
            status = 200 if problem is None else problem.status
            results.append(BulkResult(id=complaint_id, status=status, problem=said))
        return BulkResults(results=results)

    return router
