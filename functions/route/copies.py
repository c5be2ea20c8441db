"""The mark by which a photo's public copy is made anew, or goes: what reacts to it is `functions.intake.redaction`."""

from dataclasses import dataclass

from functions.edge.clients import client
from functions.records.photo_keys import redact_key


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicCopies:
    """Those in the photo bucket."""

    bucket: str

    def changed(self, complaint_id: str, photo_id: str) -> None:
        """What the copy is made of: its boxes, or whether there may be one. The mark only says where to look."""
        client("s3").put_object(Bucket=self.bucket, Key=redact_key(complaint_id, photo_id), Body=b"")
