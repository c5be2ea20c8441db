"""Uploads and photos, as both APIs show them: how a declared photo is sent, and what became of it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Final, Literal

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import BaseModel, Field

from functions.complaints.clock import iso
from functions.complaints.complaint import ActorKind, Complaint, Photo, PhotoStatus
from functions.complaints.ids import is_id
from functions.complaints.proof import Distance, Proof, Reused, Taken
from functions.complaints.publicity import has_public_copy, may_have_public_copy
from functions.complaints.texts import text
from functions.complaints.visibility import Field as Held
from functions.complaints.visibility import Viewer, sees
from functions.edge.fields import ID_FORM, Absent, Count, Id, Instant, View, described, one_of
from functions.edge.operations import naming
from functions.edge.presign import end_of, presigned_get, presigned_put
from functions.records.photo_keys import (
    clean_key,
    public_keys,
    quarantine_key,
    thumbnail_key,
)

UPLOAD_VALID: Final = timedelta(hours=1)
LINK_VALID: Final = timedelta(minutes=15)


NamedPhoto = Annotated[
    str,
    Path(description="The photo's id.", json_schema_extra={"maxLength": ID_FORM["maxLength"]}),
    naming(is_id),
]


class Upload(View):
    """The request to send the file with. It takes the one file that was declared, once: a 412 says that the file is there
    already, and is as good as a 200. An answer that is repeated has a fresh request. What else the storage answers is
    under `x-uploads`.
    """

    photo_id: Id
    method: Literal["PUT"]
    url: Annotated[str, described("Address to send the file to.", format="uri")]
    headers: Annotated[dict[str, str], described("All of these, as they are: they are signed.")]
    expires_at: Instant


class ProofView(View):
    """What was found of a body's photo. Its place and time are not kept, and no photo is called false for what is not
    known: many cameras say neither.
    """

    distance: Annotated[Distance, described("From the complaint's exact place, as the file says: in metres.")]
    taken: Annotated[
        Taken,
        described(
            "Before or after the complaint was submitted, as the file says; where that is a matter of two hours, in which "
            "a clock may be wrong, it is `unknown`."
        ),
    ]
    reused: Annotated[
        Reused | None,
        described(
            "Another photo with the same picture, though it may be cut, framed, mirrored or changed in part: of this "
            "complaint, or a proof that the body gave for another in the last 90 days. Null: none was found."
        ),
    ]
    text: Annotated[str, described("The same in words.")]


SHOWN: Final = ("clear", "public", "preparing", "private", "whole")


class BoxView(BaseModel):
    """A box over what is hidden, in parts of the picture's width and height: 0 to 1."""

    x: Annotated[float, Field(ge=0, le=1, description="From the left.")]
    y: Annotated[float, Field(ge=0, le=1, description="From the top.")]
    w: Annotated[float, Field(ge=0, le=1, description="Its width.")]
    h: Annotated[float, Field(ge=0, le=1, description="Its height.")]


class RedactionView(View):
    """What is hidden in the copy that everybody may see."""

    boxes: list[BoxView]
    revision: Annotated[Count, described("Rises with each change.")]
    by: Annotated[ActorKind, described("The system, which found them, or a body.")]


class PhotoView(View):
    """The size is there once the photo was found good (`ready`), and `url` where the caller may see it."""

    id: Id
    by: ActorKind
    status: PhotoStatus
    reason: Absent[Annotated[str, described("Why it was refused; stable, for programs.")]]
    reason_text: Absent[Annotated[str, described("The same in words, and what can be done.")]]
    shown: Absent[
        Annotated[
            str,
            one_of(*SHOWN),
            described(
                "Which picture `url` leads to: `clear`, the photo as it is, for the bodies in charge alone; `public`, the "
                "copy that everybody may see, with faces and number plates hidden. There is no `url` yet while that is "
                "`preparing`, nor where the person lets nobody else see their photos (`private`), nor at a part, whose "
                "photos are at the `whole`."
            ),
        ]
    ]
    shown_text: Absent[Annotated[str, described("The same in words, where it is not the photo as it is.")]]
    width: Absent[Count]
    height: Absent[Count]
    url: Absent[Annotated[str, described("Good for a quarter of an hour.", format="uri")]]
    thumbnail_url: Absent[Annotated[str, described("Good for a quarter of an hour.", format="uri")]]
    proof: Annotated[
        ProofView | None,
        described("What was found of a body's photo; null for all others, and until it is `ready`."),
    ]


class Thumbnail(View):
    """A small picture of the matter."""

    url: Annotated[str, described("Good for a quarter of an hour.", format="uri")]
    expires_at: Instant


def thumbnail(key: str, *, bucket: str) -> Thumbnail:
    url = _link(key, bucket=bucket)
    return Thumbnail(url=url, expires_at=iso(end_of(url)))


def uploads_of(complaint: Complaint, *, by: ActorKind, among: Sequence[str], bucket: str) -> list[Upload]:
    """One upload for each of the photos `among` these ids, of this side, that has not come yet."""
    return [
        upload_of(complaint.id, photo, bucket=bucket)
        for photo in complaint.photos
        if photo.by == by and photo.status == PhotoStatus.EXPECTED and photo.id in among
    ]


def upload_of(complaint_id: str, photo: Photo, *, bucket: str) -> Upload:
    """How to send a photo that was declared; good for an hour."""
    upload = presigned_put(
        bucket=bucket,
        key=quarantine_key(complaint_id, photo.id),
        content_type=photo.content_type,
        size=photo.size,
        sha256=photo.sha256,
        expires_in=UPLOAD_VALID,
    )
    return Upload(
        photo_id=photo.id,
        method="PUT",
        url=upload.url,
        headers=dict(upload.headers),
        expires_at=iso(upload.expires_at),
    )


def photo_views(complaint: Complaint, *, viewer: Viewer, language: str, bucket: str) -> list[PhotoView]:
    """Every photo as both APIs show it, as it is or its public copy; with links that are good for a quarter of an hour."""
    clear = sees(viewer, Held.CLEAR_PHOTOS)
    return [
        _view(complaint, photo, clear=clear, language=language, bucket=bucket) for photo in complaint.photos
    ]


def redaction_view(photo: Photo) -> RedactionView | None:
    redaction = photo.redaction
    if redaction is None:
        return None
    return RedactionView(
        boxes=[BoxView(x=box.x, y=box.y, w=box.w, h=box.h) for box in redaction.boxes],
        revision=redaction.revision,
        by=ActorKind(redaction.by),
    )


def _view(complaint: Complaint, photo: Photo, *, clear: bool, language: str, bucket: str) -> PhotoView:
    ready = photo.status == PhotoStatus.READY
    shown = _shown(complaint, photo, clear=clear) if ready else None
    keys = _keys(complaint, photo, shown=shown)
    url, thumbnail_url = (_link(key, bucket=bucket) for key in keys) if keys else (None, None)
    return PhotoView(
        id=photo.id,
        by=photo.by,
        status=photo.status,
        reason=photo.reason,
        reason_text=None if photo.reason is None else text(f"photo.{photo.reason}", language),
        width=photo.width if ready else None,
        height=photo.height if ready else None,
        shown=shown,
        shown_text=None if shown in (None, "clear") else text(f"photo_shown.{shown}", language),
        url=url,
        thumbnail_url=thumbnail_url,
        proof=None if photo.proof is None else _proof(photo.proof, language=language),
    )


def _shown(complaint: Complaint, photo: Photo, *, clear: bool) -> str:
    """One of SHOWN, of a photo that was found good."""
    if clear:
        return "clear"
    if has_public_copy(complaint, photo):
        return "public"
    if photo.kept_with is not None:
        return "whole"
    return "preparing" if may_have_public_copy(complaint, photo) else "private"


def _keys(complaint: Complaint, photo: Photo, *, shown: str | None) -> tuple[str, str] | None:
    """Of the picture and of its thumbnail; None where the caller may see none."""
    kept_with = photo.kept_with or complaint.id
    if shown == "clear":
        return clean_key(kept_with, photo.id), thumbnail_key(kept_with, photo.id)
    if shown != "public" or photo.redaction is None:
        return None
    return public_keys(kept_with, photo.id, revision=photo.redaction.revision)


def _proof(proof: Proof, *, language: str) -> ProofView:
    facts = [f"distance.{proof.distance}", f"taken.{proof.taken}"]
    facts += [] if proof.reused is None else [f"reused.{proof.reused}"]
    return ProofView(
        distance=proof.distance,
        taken=proof.taken,
        reused=proof.reused,
        text=" ".join(text(f"proof.{fact}", language) for fact in facts),
    )


def _link(key: str, *, bucket: str) -> str:
    return presigned_get(
        bucket=bucket,
        key=key,
        expires_in=LINK_VALID,
        filename=key.rpartition("/")[2],
        content_type="image/jpeg",
    )
