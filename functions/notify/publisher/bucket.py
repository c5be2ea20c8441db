"""The public bucket: what everybody may read, each object rewritten only as it was read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from functions.edge.buckets import MISSING

TRIES: Final = 8
SOON: Final = "public, max-age=60"
"""What is hidden or erased is gone from everywhere in five minutes: it is kept no longer by whoever keeps it."""
# Of a condition that did not hold, and of two writes at once. Source: Amazon S3 API reference, PutObject.
_OVERTAKEN: Final = frozenset({"PreconditionFailed", "ConditionalRequestConflict", *MISSING})
_MADE_OF: Final = "made-of"
"""In an object's metadata."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """How an object is served; `coding` is what it is stored in, where a reader is to see what is inside."""

    content_type: str
    cache_control: str
    coding: str | None = None


class Overtaken(Exception):
    """Others wrote the object each time that this writer tried to."""


class PublicBucket:
    def __init__(self, name: str, *, client: Any) -> None:
        self._name, self._client = name, client

    def rewrite(self, key: str, change: Callable[[bytes | None], bytes | None], *, kind: Kind) -> int:
        """Write what `change` makes of what the object is, None where there is none; unchanged bytes are not written, and
        nothing where it makes None.

        How many bytes were. Raises Overtaken.
        """
        for _ in range(TRIES):
            body, etag = self._read(key)
            new = change(body)
            if new is None or new == body:
                return 0
            if self._write(key, new, kind=kind, etag=etag):
                return len(new)
        raise Overtaken(key)

    def keep_made(
        self, key: str, *, source: str, make: Callable[[bytes], bytes], recipe: str, kind: Kind
    ) -> int:
        """See that the object is what `make` makes of the object `source`, as that is now. It is not made again of the same
        under the same `recipe`, and nothing is made of nothing.

        How many bytes were written. Raises Overtaken.
        """
        for _ in range(TRIES):
            # Looked at before its source is read: so of two writers the one that comes last had the newer source.
            kept, etag = self._made_of(key)
            found = self._found(source)
            if found is None:
                return 0
            made_of = f"{recipe} {found['ETag'].strip('"')}"
            if made_of == kept:
                found["Body"].close()
                return 0
            new = make(found["Body"].read())
            if self._write(key, new, kind=kind, etag=etag, made_of=made_of):
                return len(new)
        raise Overtaken(key)

    def delete(self, key: str) -> None:
        self._client.delete_object(Bucket=self._name, Key=key)

    def keys(self, prefix: str) -> set[str]:
        """Of what begins so; a thousand at the most."""
        found = self._client.list_objects_v2(Bucket=self._name, Prefix=prefix)
        return {each["Key"] for each in found.get("Contents", ())}

    def take_over(self, key: str, *, source: str) -> None:
        """A copy of what is under the key in the bucket `source`; nothing where nothing is there any more."""
        try:
            self._client.copy_object(
                Bucket=self._name,
                Key=key,
                CopySource={"Bucket": source, "Key": key},
                MetadataDirective="REPLACE",
                TaggingDirective="REPLACE",
                ContentType="image/jpeg",
                CacheControl=SOON,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in MISSING:
                raise

    def _read(self, key: str) -> tuple[bytes | None, str | None]:
        found = self._found(key)
        return (None, None) if found is None else (found["Body"].read(), found["ETag"])

    def _found(self, key: str) -> Any | None:
        try:
            return self._client.get_object(Bucket=self._name, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in MISSING:
                return None
            raise

    def _made_of(self, key: str) -> tuple[str | None, str | None]:
        """What was noted when it was made, and its tag."""
        try:
            found = self._client.head_object(Bucket=self._name, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in MISSING:
                return None, None
            raise
        return found["Metadata"].get(_MADE_OF), found["ETag"]

    def _write(
        self,
        key: str,
        body: bytes,
        *,
        kind: Kind,
        etag: str | None,
        made_of: str | None = None,
    ) -> bool:
        """Whether it was still as it was read; what has the tag of nothing must not be there."""
        condition = {"IfNoneMatch": "*"} if etag is None else {"IfMatch": etag}
        coding = {} if kind.coding is None else {"ContentEncoding": kind.coding}
        noted = {} if made_of is None else {"Metadata": {_MADE_OF: made_of}}
        try:
            self._client.put_object(
                Bucket=self._name,
                Key=key,
                Body=body,
                ContentType=kind.content_type,
                CacheControl=kind.cache_control,
                ChecksumAlgorithm="SHA256",
                **condition,
                **coding,
                **noted,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in _OVERTAKEN:
                return False
            raise
        return True
