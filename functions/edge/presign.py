"""Presigned S3 requests: one upload of one known file, one download for a short while.

Signed with botocore's signer alone: a whole S3 client first reads a service model of a megabyte.
"""

import os
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

from functions.records.aws import session

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
    *,
    bucket: str,
    key: str,
    content_type: str,
    size: int,
    sha256: str,
    expires_in: timedelta,
    now: datetime,
) -> Upload:
    """The one upload that `key` will take: exactly this type, length (bytes) and content (SHA-256 in hex).

    It never overwrites. Raises ValueError for a hash that is none, a negative size, or a time S3 does not grant.
    """
    digest = bytes.fromhex(sha256)
    if len(digest) != 32 or size < 0:
        raise ValueError("not a SHA-256, or a negative size")
    headers = {
        "content-length": str(size),
        "content-type": content_type,
        "if-none-match": "*",
        "x-amz-checksum-sha256": b64encode(digest).decode(),
    }
    url = _sign("PUT", _address(bucket, key), headers=headers, query={}, expires_in=expires_in, now=now)
    return Upload(method="PUT", url=url, headers=MappingProxyType(headers), expires_at=now + expires_in)


def presigned_get(
    *,
    bucket: str,
    key: str,
    expires_in: timedelta,
    now: datetime,
    filename: str,
    content_type: str,
) -> str:
    """An address that gives the object as a file to keep, of this name and type whatever it was stored with.

    Raises ValueError for a time that S3 does not grant.
    """
    query = {
        "response-content-disposition": _attachment(filename),
        "response-content-type": content_type,
    }
    return _sign("GET", _address(bucket, key), headers={}, query=query, expires_in=expires_in, now=now)


def _address(bucket: str, key: str) -> str:
    """Virtual-hosted on AWS, path-style where the environment names another endpoint."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    path = quote(key, safe="/-_.~")
    if endpoint:
        return f"{endpoint.rstrip('/')}/{bucket}/{path}"
    return f"https://{bucket}.s3.{_region()}.amazonaws.com/{path}"


def _attachment(filename: str) -> str:
    """Content-Disposition with the name as RFC 6266 has it: quoted ASCII, and the whole of it by RFC 8187."""
    plain = "".join(letter if letter.isascii() and letter.isprintable() else "_" for letter in filename)
    plain = plain.replace("\\", "_").replace('"', "_")
    disposition = f'attachment; filename="{plain}"'
    return disposition if plain == filename else f"{disposition}; filename*=UTF-8''{quote(filename, safe='')}"


def _sign(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    query: Mapping[str, str],
    expires_in: timedelta,
    now: datetime,
) -> str:
    # Imported here, though what reads the tables has loaded them by then: who only handles keys need not.
    from botocore.auth import S3SigV4QueryAuth
    from botocore.awsrequest import AWSRequest

    if not timedelta(seconds=1) <= expires_in <= LONGEST:
        raise ValueError(f"cannot be valid for {expires_in}")
    signer = S3SigV4QueryAuth(_credentials(), "s3", _region(), expires=int(expires_in.total_seconds()))
    request = AWSRequest(method=method, url=url, headers=dict(headers), params=dict(query))
    # What `signer.add_auth` does, but at the caller's time instead of the signer's own.
    request.context["timestamp"] = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    signer._modify_request_before_signing(request)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    signer._inject_signature_to_request(request, signer.signature(text, request))
    return str(request.url)


def _region() -> str:
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if not region:
        raise LookupError("AWS_REGION is not set")
    return region


def _credentials() -> Any:
    from botocore.credentials import EnvProvider

    # Where Lambda puts them, and the first place that botocore looks. Only making a session costs time.
    held = EnvProvider().load() or session().get_credentials()
    if held is None:
        raise LookupError("no AWS credentials")
    return held.get_frozen_credentials()
