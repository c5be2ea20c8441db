"""Presigned S3 requests: one upload of one known file, one download for a short while.

They are good from the moment they are made, by boto3's own clock: who asks again for the same file gets another address.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlsplit

from functions.edge.clients import client

# The longest that S3 grants (Amazon S3 API reference, "Authenticating Requests: Using Query Parameters").
LONGEST: Final = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """A request to be sent as it is, with all of the headers: they are signed. `expires_at` in UTC."""

    method: str
    url: str
    headers: Mapping[str, str]
    expires_at: datetime


def presigned_put(
    *, bucket: str, key: str, content_type: str, size: int, sha256: str, expires_in: timedelta
) -> Upload:
    """The one upload that `key` will take: exactly this type, length (bytes) and content (SHA-256 in hex).

    It never overwrites. Raises ValueError for a hash that is none, a negative size, or a time S3 does not grant.
    """
    digest = bytes.fromhex(sha256)
    if len(digest) != 32 or size < 0:
        raise ValueError("not a SHA-256, or a negative size")
    checksum = b64encode(digest).decode()
    pinned = {
        "ContentLength": size,
        "ContentType": content_type,
        "IfNoneMatch": "*",
        "ChecksumSHA256": checksum,
    }
    url = _signed("put_object", {"Bucket": bucket, "Key": key} | pinned, expires_in=expires_in)
    headers = {
        "content-length": str(size),
        "content-type": content_type,
        "if-none-match": "*",
        "x-amz-checksum-sha256": checksum,
    }
    return Upload(method="PUT", url=url, headers=MappingProxyType(headers), expires_at=end_of(url))


def presigned_get(*, bucket: str, key: str, expires_in: timedelta, filename: str, content_type: str) -> str:
    """An address that gives the object as a file to keep, of this name and type whatever it was stored with.

    Raises ValueError for a time that S3 does not grant.
    """
    shown_as = {
        "ResponseContentDisposition": _attachment(filename),
        "ResponseContentType": content_type,
    }
    return _signed("get_object", {"Bucket": bucket, "Key": key} | shown_as, expires_in=expires_in)


def _attachment(filename: str) -> str:
    """Content-Disposition with the name as RFC 6266 has it: quoted ASCII, and the whole of it by RFC 8187."""
    plain = "".join(letter if letter.isascii() and letter.isprintable() else "_" for letter in filename)
    plain = plain.replace("\\", "_").replace('"', "_")
    disposition = f'attachment; filename="{plain}"'
    return disposition if plain == filename else f"{disposition}; filename*=UTF-8''{quote(filename, safe='')}"


def _signed(operation: str, parameters: Mapping[str, Any], *, expires_in: timedelta) -> str:
    if not timedelta(seconds=1) <= expires_in <= LONGEST:
        raise ValueError(f"cannot be valid for {expires_in}")
    url: str = client("s3").generate_presigned_url(
        operation, Params=parameters, ExpiresIn=int(expires_in.total_seconds())
    )
    return url


def end_of(url: str) -> datetime:
    """When the address ends to be good, as S3 will reckon it: by what is signed."""
    signed = parse_qs(urlsplit(url).query)
    made = datetime.strptime(signed["X-Amz-Date"][0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return made + timedelta(seconds=int(signed["X-Amz-Expires"][0]))
