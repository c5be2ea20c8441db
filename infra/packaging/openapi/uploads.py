"""Uploads: what the storage answers to whoever sends a photo, which is neither this API's nor JSON."""

from typing import Any, Final

from functions.edge.uploads import UPLOAD_VALID

ABOUT: Final = (
    "A photo is sent to the storage (Amazon S3), not to this API: the method, the address and the header fields of its "
    "`upload`, as they are, and the file as the body, without an `Authorization`. Everything in it is signed: the length, "
    "the type, the SHA-256, and that nothing is there yet. The answer is empty where it is good, else XML: "
    "`<Error><Code>…</Code><Message>…</Message></Error>`; go by the status and `Code`. It is good for "
    f"{int(UPLOAD_VALID.total_seconds()) // 60} minutes; `POST /v1/complaints/{{id}}/photos/{{photo_id}}/upload` gives "
    "another. What becomes of the photo then, `photos` of the complaint says: it is checked, and shown or refused with a "
    "reason."
)
# Source: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
ANSWERS: Final = (
    (200, None, "The file has come.", "Nothing: it is checked, and the complaint goes on by itself."),
    (
        400,
        "BadDigest",
        "The file is not the one that was declared: another SHA-256.",
        "Read the file again and send it; where it has changed, declare it anew.",
    ),
    (400, "RequestTimeout", "The connection was too slow or broke off.", "Send the same again."),
    (
        403,
        "SignatureDoesNotMatch",
        "A header field is missing or is another than was signed, or the file has another length.",
        "Send every field under `headers` as it is, and nothing that the HTTP library adds by itself.",
    ),
    (403, "AccessDenied", "The request has expired.", "Ask for a new one."),
    (
        409,
        "ConditionalRequestConflict",
        "The same file is being sent at this moment.",
        "Send the same again; a 412 then says that it is there.",
    ),
    (412, "PreconditionFailed", "The file is there already.", "Nothing: it is as good as a 200."),
    (500, "InternalError", "The storage failed.", "Send the same again."),
    (503, "SlowDown", "The storage is busy.", "Send the same again after a moment."),
)
"""`(status, code, meaning, what to do)`."""


def section() -> dict[str, Any]:
    """The document's `x-uploads`: `{description, answers: [{status, code?, meaning, remedy}]}`."""
    return {
        "description": ABOUT,
        "answers": [
            {"status": status}
            | ({} if code is None else {"code": code})
            | {"meaning": meaning, "remedy": remedy}
            for status, code, meaning, remedy in ANSWERS
        ],
    }
