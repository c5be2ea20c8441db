"""The photo bucket, as the photo check sees it."""

from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from functions.edge.clients import client
from functions.intake.photos.image import CleanPhoto
from functions.records.photo_keys import clean_key, quarantine_key, thumbnail_key

# Source: https://docs.aws.amazon.com/guardduty/latest/ug/monitor-enable-s3-object-tagging-malware-protection.html
VERDICT_TAG: Final = "GuardDutyMalwareScanStatus"
_MISSING: Final = frozenset({"NoSuchKey", "404", "NotFound"})


class NotThere(Exception):
    """The object is gone: it was dealt with before, or its day in quarantine is over."""


@dataclass(frozen=True, slots=True)
class PhotoBucket:
    """Uploads in quarantine, and the clean photos made of them."""

    name: str

    def upload(self, complaint_id: str, photo_id: str, *, most: int) -> bytes:
        """The upload, `most` + 1 bytes of it at most; raises NotThere."""
        key = quarantine_key(complaint_id, photo_id)
        try:
            # One byte too many tells a longer file from one of the length declared.
            got = client("s3").get_object(Bucket=self.name, Key=key, Range=f"bytes=0-{most}")
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _MISSING:
                raise NotThere(key) from error
            if code == "InvalidRange":
                return b""
            raise
        with got["Body"] as body:
            content: bytes = body.read(most + 1)
        return content

    def verdict(self, complaint_id: str, photo_id: str) -> str | None:
        """What the malware scan found, None before it has; raises NotThere."""
        key = quarantine_key(complaint_id, photo_id)
        try:
            tags = client("s3").get_object_tagging(Bucket=self.name, Key=key)["TagSet"]
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                raise NotThere(key) from error
            raise
        return next((tag["Value"] for tag in tags if tag["Key"] == VERDICT_TAG), None)

    def keep(self, complaint_id: str, photo_id: str, photo: CleanPhoto) -> None:
        """Store the clean photo and its thumbnail, over what an earlier run stored."""
        self._put(clean_key(complaint_id, photo_id), photo.content, photo.content_type)
        self._put(thumbnail_key(complaint_id, photo_id), photo.thumbnail, photo.thumbnail_type)

    def drop(self, complaint_id: str, photo_id: str) -> None:
        """Delete the clean photo and its thumbnail, if they are there."""
        for key in (clean_key(complaint_id, photo_id), thumbnail_key(complaint_id, photo_id)):
            client("s3").delete_object(Bucket=self.name, Key=key)

    def discard_upload(self, complaint_id: str, photo_id: str) -> None:
        client("s3").delete_object(Bucket=self.name, Key=quarantine_key(complaint_id, photo_id))

    def _put(self, key: str, content: bytes, content_type: str) -> None:
        arguments: dict[str, Any] = {
            "Bucket": self.name,
            "Key": key,
            "Body": content,
            "ContentType": content_type,
            # Whoever gets the address of a photo keeps a file; no browser shows it as a page of this origin.
            "ContentDisposition": "attachment",
            "CacheControl": "private, max-age=900",
        }
        client("s3").put_object(**arguments)
