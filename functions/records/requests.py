"""Idempotency of requests: what was done under an Idempotency-Key, kept to answer a request that is sent again.

Ours, and not Powertools' `idempotency`: that keeps its note in a request before the work and one after it, and who fails
between the two leaves a change that its note does not know. Here the note is one of the writes of the change's own
transaction (see `transaction`): there is never the one without the other, and no request more.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute

from functions.records.conditional import saved
from functions.records.tables import ComplaintsTable

REQUEST_KEPT: Final = timedelta(days=31)
"""Longer than a draft may be old: however late it is sent again, it is the same complaint."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A request under an Idempotency-Key: `caller` and `key` name it, `digest` is SHA-256 of its body in hex."""

    caller: str
    key: str
    digest: str

    @property
    def pk(self) -> str:
        name = hashlib.sha256(f"{self.caller}\n{self.key}".encode()).hexdigest()
        return f"request#{name}"


class RequestSeen(Exception):
    """The key was used before; `digest` tells whether it was with the same body."""

    def __init__(self, *, complaint_id: str, digest: str, seq: int) -> None:
        super().__init__(complaint_id)
        self.complaint_id, self.digest, self.seq = complaint_id, digest, seq


class RequestItem(ComplaintsTable):
    """An Idempotency-Key that was used: whose answer it stands for (nobody's, where it does several things by keys of their
    own), and the digest of the body it came with.
    """

    SK: ClassVar = "request"

    sk = UnicodeAttribute(range_key=True, default=SK)
    complaint_id = UnicodeAttribute()
    digest = UnicodeAttribute()
    seq = NumberAttribute()
    expires = TTLAttribute()


def claimed(request: Request, *, now: datetime) -> bool:
    """Whether the key is this very request's, which does several things by keys of their own: it was not used before, or
    by the same. Writes it down.
    """
    item = RequestItem(request.pk, complaint_id="", digest=request.digest, seq=0, expires=now + REQUEST_KEPT)
    unused = RequestItem.pk.does_not_exist() | (RequestItem.digest == request.digest)
    return saved(item, condition=unused)


def seen_before(item: RequestItem) -> RequestSeen:
    return RequestSeen(complaint_id=item.complaint_id, digest=item.digest, seq=int(item.seq))
