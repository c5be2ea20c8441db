"""The citizen's API and the open one."""

from typing import Final

from functions.complaints.limits import Limits
from functions.intake.api.schemas import bodies
from infra.openapi.operation import (
    COMPLAINT_ID,
    CURSOR,
    LIMIT,
    Operation,
    Parameter,
    all_of,
    page_of,
)

COMPLAINTS: Final = "Complaints"
OPEN: Final = "Open data"

_PHOTO: Final = {
    "content_type": "image/jpeg",
    "size": 482_113,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
_SUBMISSION: Final = {
    "category": "open_manhole",
    "comment": "Люк открыт, рядом детская площадка.",
    "location": {"lat": 52.2873, "lon": 76.9674, "address": "ул. Ленина, 12"},
    "photos": [_PHOTO],
    "written_at": "2026-03-03T09:05:06+05:00",
}
_PLACE: Final = (
    Parameter(
        name="category", place="query", required=True, schema={"type": "string"}, description="Category's id."
    ),
    Parameter(
        name="lat",
        place="query",
        required=True,
        schema={"type": "number", "minimum": -90, "maximum": 90},
        description="WGS 84, in degrees.",
    ),
    Parameter(
        name="lon",
        place="query",
        required=True,
        schema={"type": "number", "minimum": -180, "maximum": 180},
        description="WGS 84, in degrees.",
    ),
)


def operations(limits: Limits) -> tuple[Operation, ...]:
    body = bodies(limits)
    return (
        Operation(
            method="post",
            path="/v1/complaints",
            id="fileComplaint",
            tag=COMPLAINTS,
            caller="person",
            summary="File a complaint",
            description="Files it at once. Where photos are declared it waits for them (`awaiting_photos`): send each "
            "with the request under `uploads`, then it goes on by itself. Nothing is saved unless everything is "
            "right: all faults are named together.",
            body=body.submission,
            example=_SUBMISSION,
            answer="Complaint",
            status=201,
            headers={"Location": "Address of the complaint."},
            idempotent="required",
            problems=("daily-limit-reached",),
        ),
        Operation(
            method="get",
            path="/v1/complaints",
            id="listComplaints",
            tag=COMPLAINTS,
            caller="person",
            summary="One's own complaints and those one has joined, newest first",
            parameters=(CURSOR, LIMIT),
            answer=page_of("ComplaintLine"),
        ),
        Operation(
            method="get",
            path="/v1/complaints/nearby",
            id="findNearby",
            tag=COMPLAINTS,
            caller="person",
            summary="Open complaints of a category near a place, nearest first",
            description="Ask before filing: who finds the same there can join it. The category gives the radius "
            "(`duplicate_radius_m`). Twenty at most.",
            parameters=_PLACE,
            answer=all_of("NearbyComplaint"),
        ),
        Operation(
            method="get",
            path="/v1/complaints/{id}",
            id="showComplaint",
            tag=COMPLAINTS,
            caller="person",
            summary="A complaint with its history, deadline and photos",
            description="For the reporter and those who joined.",
            parameters=(COMPLAINT_ID,),
            answer="ComplaintDetail",
        ),
        Operation(
            method="get",
            path="/v1/complaints/{id}/appeal",
            id="writeAppeal",
            tag=COMPLAINTS,
            caller="person",
            summary="A ready text of an appeal, once a term has passed in silence",
            description="Silence past the term counts as refusal (Administrative Procedural and Process-Related Code of "
            "Kazakhstan, art. 91). 404 until a term was missed.",
            parameters=(COMPLAINT_ID,),
            answer={
                "type": "object",
                "required": ["texts"],
                "properties": {
                    "texts": {
                        "type": "object",
                        "required": ["kk", "ru", "en"],
                        "properties": {name: {"type": "string"} for name in ("kk", "ru", "en")},
                    }
                },
            },
        ),
        Operation(
            method="post",
            path="/v1/complaints/{id}/photos",
            id="addPhotos",
            tag=COMPLAINTS,
            caller="person",
            summary="Declare further photos",
            parameters=(COMPLAINT_ID,),
            body=body.more_photos,
            example={"photos": [_PHOTO]},
            answer="Complaint",
            status=201,
            headers={"Location": "Address of the complaint."},
            idempotent="required",
            moves=True,
        ),
        Operation(
            method="post",
            path="/v1/complaints/{id}/comments",
            id="comment",
            tag=COMPLAINTS,
            caller="person",
            summary="Add a comment, or answer the body's question",
            parameters=(COMPLAINT_ID,),
            body=body.comment,
            example={"text": "Крышка лежит в трёх метрах, в траве."},
            answer="Complaint",
            idempotent="required",
            moves=True,
        ),
        Operation(
            method="post",
            path="/v1/complaints/{id}/confirm",
            id="confirmAnswer",
            tag=COMPLAINTS,
            caller="person",
            summary="Accept the answer and close the complaint",
            parameters=(COMPLAINT_ID,),
            body=body.nothing,
            body_required=False,
            answer="Complaint",
            idempotent="optional",
            moves=True,
        ),
        Operation(
            method="post",
            path="/v1/complaints/{id}/refute",
            id="refuteAnswer",
            tag=COMPLAINTS,
            caller="person",
            summary="Say that the answer is not true",
            description="The complaint goes back to the body, on the old clock.",
            parameters=(COMPLAINT_ID,),
            body=body.refutation,
            example={"reason": "Люк по-прежнему открыт, фото сделано сегодня."},
            answer="Complaint",
            idempotent="required",
            moves=True,
        ),
        Operation(
            method="post",
            path="/v1/complaints/{id}/withdraw",
            id="withdraw",
            tag=COMPLAINTS,
            caller="person",
            summary="Take the complaint back",
            parameters=(COMPLAINT_ID,),
            body=body.withdrawal,
            body_required=False,
            example={"reason": "Уже убрали."},
            answer="Complaint",
            idempotent="optional",
            moves=True,
        ),
        Operation(
            method="post",
            path="/v1/complaints/{id}/join",
            id="join",
            tag=COMPLAINTS,
            caller="person",
            summary="Join another person's complaint",
            description="Whoever joined sees it and is told of every step. Joining twice is joining once.",
            parameters=(COMPLAINT_ID,),
            body=body.nothing,
            body_required=False,
            answer="Complaint",
            idempotent="optional",
            moves=True,
        ),
        Operation(
            method="get",
            path="/v1/categories",
            id="listCategories",
            tag=OPEN,
            caller="anybody",
            summary="What can be reported, with terms and questions",
            answer=all_of("Category"),
        ),
        Operation(
            method="get",
            path="/v1/agencies",
            id="listAgencies",
            tag=OPEN,
            caller="anybody",
            summary="The bodies, and whom each answers to",
            answer=all_of("Agency"),
        ),
        Operation(
            method="get",
            path="/v1/overdue",
            id="listOverdue",
            tag=OPEN,
            caller="anybody",
            summary="Complaints that nobody has answered in time, longest overdue first",
            description="Every body of the ladder has let its term pass. A complaint leaves the list when it is answered "
            "or withdrawn.",
            parameters=(CURSOR, LIMIT),
            answer=page_of("OverdueComplaint"),
        ),
        Operation(
            method="get",
            path="/v1/webhook-addresses",
            id="listWebhookAddresses",
            tag=OPEN,
            caller="anybody",
            summary="The addresses that webhooks come from",
            description="For an agency whose firewall lets in known addresses only. Empty where the region does not "
            "ask for fixed ones.",
            answer={
                "type": "object",
                "required": ["items"],
                "properties": {"items": {"type": "array", "items": {"type": "string", "format": "ipv4"}}},
            },
        ),
        Operation(
            method="get",
            path="/openapi.json",
            id="describe",
            tag=OPEN,
            caller="anybody",
            summary="This description, for programs",
            answer={"type": "object"},
        ),
        Operation(
            method="get",
            path="/docs",
            id="document",
            tag=OPEN,
            caller="anybody",
            summary="This description, for people",
            answer={"type": "string"},
            media_type="text/html",
        ),
    )
