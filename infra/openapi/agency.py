"""The agency's API: the worklist, and what an agency does with a complaint."""

from typing import Any, Final

from functions.complaints.complaint import Status
from functions.complaints.limits import Limits
from functions.route.api.schemas import Bodies, bodies
from infra.openapi.operation import COMPLAINT_ID, CURSOR, LIMIT, Operation, Parameter, page_of

WORK: Final = "Agency: complaints"

_STATUS: Final = Parameter(
    name="status",
    place="query",
    schema={"type": "string", "examples": ["assigned,acknowledged"]},
    description=f"Only these states, apart by commas: {', '.join(Status)}.",
)
_ID_OR_NUMBER: Final = Parameter(
    name="id",
    place="path",
    schema={"type": "string", "examples": ["PVL-26-7K3M9T"]},
    description="The complaint's id, or its short number as somebody typed it.",
)


def operations(limits: Limits) -> tuple[Operation, ...]:
    body = bodies(limits)
    return (
        Operation(
            method="get",
            path="/v1/agency/complaints",
            id="listWork",
            tag=WORK,
            caller="agency",
            scope="read",
            summary="The worklist, most urgent first",
            description="The agency's open complaints and those escalated to it: by due time, then danger, then by how "
            "many people joined. With `status`, a page may hold fewer than `limit`, even none, and still have a "
            "`cursor`: the list ends where that is null.",
            parameters=(_STATUS, CURSOR, LIMIT),
            answer=page_of("Work"),
        ),
        Operation(
            method="get",
            path="/v1/agency/complaints/{id}",
            id="showWork",
            tag=WORK,
            caller="agency",
            scope="read",
            summary="A complaint with its events and links to its photos",
            description="For the bodies in charge, and for one that passed it on, which does not see the others' "
            "internal comments.",
            parameters=(_ID_OR_NUMBER,),
            answer="AgencyComplaintDetail",
        ),
        *_moves(body),
    )


def _moves(body: Bodies) -> tuple[Operation, ...]:
    return (
        _move(
            "acknowledge",
            "Say that it was seen",
            body.nothing,
            body_required=False,
            idempotent="optional",
        ),
        _move(
            "answer",
            "Answer it",
            body.answer,
            description="`resolved` needs a proof photo where the category asks for one. Whoever divided a complaint "
            "can call it resolved once every part has been answered.",
            example={
                "outcome": "resolved",
                "text": "Люк закрыт новой крышкой.",
                "photos": ["01JNZ5V2B8Q4M7T9XWYC3D6FGH"],
            },
            idempotent="required",
        ),
        _move(
            "transfer",
            "Pass it on to the right body",
            body.transfer,
            description="The clock that the person was promised goes on. A body that passed it on does not get it back, "
            "except from a supervising one.",
            example={"to": "roads", "reason": "Люк на проезжей части, её содержит отдел дорог."},
            idempotent="required",
        ),
        _move(
            "split",
            "Divide it among bodies",
            body.split,
            description="Each part becomes a complaint of its own; the lead answers for the whole.",
            example={"parts": [{"to": "roads", "text": "Восстановить покрытие вокруг люка."}]},
        ),
        _move(
            "extend",
            "Extend the deadline by a reasoned decision",
            body.extension,
            example={"by": "P10BD", "reason": "Крышка заказана, поставка через неделю."},
        ),
        _move("ask", "Ask the person a question", body.question, example={"text": "Какой это подъезд?"}),
        _move(
            "comment",
            "Say something to the person, or to the bodies in charge alone",
            body.comment,
            example={"text": "Бригада выехала.", "internal": False},
        ),
        _move(
            "photos",
            "Declare proof photos",
            body.photos,
            description="Send each with the request under `uploads`; name it in the answer once it is `ready`.",
            example={
                "photos": [
                    {
                        "content_type": "image/jpeg",
                        "size": 382_113,
                        "sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
                    }
                ]
            },
            status=201,
        ),
    )


def _move(name: str, summary: str, body: dict[str, Any], **more: Any) -> Operation:
    defaults: dict[str, Any] = {"idempotent": "required"}
    return Operation(
        method="post",
        path=f"/v1/agency/complaints/{{id}}/{name}",
        id=f"{name}Work",
        tag=WORK,
        caller="agency",
        scope="write",
        summary=summary,
        parameters=(COMPLAINT_ID,),
        body=body,
        answer="AgencyComplaint",
        moves=True,
        **defaults | more,
    )
