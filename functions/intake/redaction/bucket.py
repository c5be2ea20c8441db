"""The photo bucket, as redaction sees it: clean photos that nobody but the bodies may see, and the copies for everybody."""

from dataclasses import dataclass
from typing import Final

from botocore.exceptions import ClientError

from functions.edge.clients import client
from functions.intake.redaction.copying import PublicCopy
from functions.records.photo_keys import clean_key, copies_prefix, public_keys

_JPEG: Final = "image/jpeg"
_THERE: Final = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})


@dataclass(frozen=True, kw_only=True, slots=True)
class CopiesBucket:
    """Clean photos, which it only reads, and their public copies."""

    name: str

    def clean(self, complaint_id: str, photo_id: str) -> bytes:
        """Raises ClientError where it is not there: nothing takes one away before its time."""
        got = client("s3").get_object(Bucket=self.name, Key=clean_key(complaint_id, photo_id))
        with got["Body"] as body:
            content: bytes = body.read()
        return content

    def put(
        self, complaint_id: str, photo_id: str, copy: PublicCopy, *, revision: int, first: bool = False
    ) -> None:
        """`first`: what is there under the revision stays."""
        keys = public_keys(complaint_id, photo_id, revision=revision)
        for key, content in zip(keys, (copy.content, copy.thumbnail), strict=True):
            try:
                client("s3").put_object(
                    Bucket=self.name,
                    Key=key,
                    Body=content,
                    ContentType=_JPEG,
                    CacheControl="public, max-age=300",
                    **({"IfNoneMatch": "*"} if first else {}),
                )
            except ClientError as error:
                if error.response["Error"]["Code"] not in _THERE:
                    raise

    def drop(self, complaint_id: str, photo_id: str, *, but: int | None = None) -> None:
        """Every copy of the photo, but that of one revision."""
        kept = () if but is None else public_keys(complaint_id, photo_id, revision=but)
        pages = (
            client("s3")
            .get_paginator("list_objects_v2")
            .paginate(Bucket=self.name, Prefix=copies_prefix(complaint_id, photo_id))
        )
        for page in pages:
            for each in page.get("Contents", ()):
                if each["Key"] not in kept:
                    client("s3").delete_object(Bucket=self.name, Key=each["Key"])

    def done(self, marker: str) -> None:
        client("s3").delete_object(Bucket=self.name, Key=marker)
