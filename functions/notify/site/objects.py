"""Objects of the public bucket as answers: what everybody may read, and nothing that a table would have to be asked for."""

import gzip
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response
from botocore.exceptions import ClientError

from functions.complaints.faults import NotFound
from functions.edge.buckets import MISSING
from functions.edge.clients import client
from functions.edge.codings import coding
from functions.edge.presign import presigned_get
from functions.edge.revalidation import unless_it_has

ANSWERED_MOST: Final = 4_000_000
"""Bytes that are answered: Lambda takes 6 MB, and bytes are 4/3 as long in it. What is larger is had from S3 itself.
Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""
LED_ON_FOR: Final = timedelta(minutes=5)
_GZIP: Final = "gzip"


class Objects:
    """`header_fields` go with every answer."""

    def __init__(self, bucket: str, *, header_fields: Mapping[str, str]) -> None:
        self._bucket, self._header_fields = bucket, header_fields

    def sent(self, key: str, *, asked: Mapping[str, str]) -> Response[Any]:
        """The object; 304 where the caller has it, 307 to where it lies where it is too large. Raises NotFound."""
        found = self._found(key)
        fields = {
            **self._header_fields,
            # Under its name in lower case: what Powertools takes for JSON by the other, it would write as JSON once more.
            "content-type": found["ContentType"],
            "cache-control": found["CacheControl"],
        }
        if found["ContentLength"] > ANSWERED_MOST:
            found["Body"].close()
            return self._led_on(key, content_type=found["ContentType"])
        # Weak: compressed or not, it says the same.
        tag = f"W/{found['ETag']}"
        empty = unless_it_has(tag, asked=asked, response=Response(status_code=200, headers=dict(fields)))
        if empty.status_code != 200:
            found["Body"].close()
            return empty
        body, about_it = _coded(found, asked=asked)
        return Response(status_code=200, body=body, headers={**fields, **about_it, "etag": tag})

    def made_of(
        self,
        key: str,
        make: Callable[[Iterable[bytes]], bytes],
        *,
        about_it: Mapping[str, str],
        asked: Mapping[str, str],
    ) -> Response[Any]:
        """What is made of the lines of a packed object, `about_it` its header fields; 304 where the caller has what was
        made of the same. Raises NotFound.
        """
        found = self._found(key)
        fields = {**self._header_fields, **about_it}
        response: Response[Any] = Response(status_code=200, headers=fields)
        response = unless_it_has(f"W/{found['ETag']}", asked=asked, response=response)
        if response.status_code != 200:
            found["Body"].close()
            return response
        response.body = make(gzip.decompress(found["Body"].read()).split(b"\n"))
        return response

    def _found(self, key: str) -> Any:
        try:
            return client("s3").get_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in MISSING:
                raise NotFound(key) from error
            raise

    def _led_on(self, key: str, *, content_type: str) -> Response[Any]:
        address = presigned_get(
            bucket=self._bucket,
            key=key,
            expires_in=LED_ON_FOR,
            filename=key.rpartition("/")[2],
            content_type=content_type,
        )
        fields = {**self._header_fields, "location": address, "cache-control": "no-store"}
        return Response(status_code=307, headers=fields)


def _coded(found: Any, *, asked: Mapping[str, str]) -> tuple[bytes, Mapping[str, str]]:
    """As it is stored, where the caller takes that."""
    body: bytes = found["Body"].read()
    if found.get("ContentEncoding") != _GZIP:
        return body, {}
    if coding(asked.get("accept-encoding", ""), kept=[_GZIP]) is None:
        return gzip.decompress(body), {"vary": "accept-encoding"}
    return body, {"content-encoding": _GZIP, "vary": "accept-encoding"}
