"""One complaint as a phone sends it, by the address that everybody has: filed with a photo, seen to be assigned and told
of, and taken back.
"""

import hashlib
import json
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import urllib3

PHOTO: Final = "canary.jpg"
"""Packed beside the region file."""
COMMENT: Final = "A trial of the service by itself. Nobody needs to do anything."
TOLD: Final = "complaint.assigned"
PATIENCE_S: Final = 90.0
_PAUSE_S: Final = 2.0
_REQUEST_S: Final = 15.0
_DONE: Final = range(200, 300)

type Seen = Callable[[Mapping[str, Any]], bool]


class NotAsPromised(Exception):
    """What a person was promised did not come, or not in time; says which."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """`base` is the API's address; `place` latitude and longitude; `photo` a JPEG; `patience` how long each promise may
    take, in seconds.
    """

    base: str
    token: str
    category: str
    place: tuple[float, float]
    photo: bytes
    http: urllib3.PoolManager
    patience: float = PATIENCE_S

    def __call__(self) -> dict[str, Any]:
        """`{number, seconds}`: what was filed, and until when all of it was seen. Raises NotAsPromised, and what urllib3
        raises where nothing answers.
        """
        began = time.monotonic()
        filed = self._filed()
        address = f"/v1/complaints/{filed['id']}"
        try:
            self._upload(filed["uploads"][0])
            self._until(address, lambda it: it["photos"][0]["status"] == "ready", what="the photo is checked")
            self._until(address, lambda it: it["agency"] is not None, what="a body has it")
            self._until("/v1/notifications", lambda it: _tells(it, filed["id"]), what="the inbox tells of it")
        except BaseException:
            # What failed first is what is told.
            with suppress(NotAsPromised, urllib3.exceptions.HTTPError):
                self._take_back(address)
            raise
        self._take_back(address)
        return {"number": filed["number"], "seconds": round(time.monotonic() - began, 1)}

    def _filed(self) -> dict[str, Any]:
        lat, lon = self.place
        declared = {
            "content_type": "image/jpeg",
            "size": len(self.photo),
            "sha256": hashlib.sha256(self.photo).hexdigest(),
        }
        body = {
            "category": self.category,
            "comment": COMMENT,
            "location": {"lat": lat, "lon": lon},
            "photos": [declared],
        }
        return self._call("POST", "/v1/complaints", body, what="filing")

    def _upload(self, presigned: Mapping[str, Any]) -> None:
        answer = self.http.request(
            presigned["method"],
            presigned["url"],
            body=self.photo,
            headers=presigned["headers"],
            timeout=_REQUEST_S,
            retries=False,
        )
        _expect_done(answer, "the upload")

    def _take_back(self, address: str) -> None:
        self._call("POST", f"{address}/withdraw", {}, what="taking it back")

    def _until(self, path: str, seen: Seen, *, what: str) -> None:
        end = time.monotonic() + self.patience
        while not seen(self._call("GET", path, what=what)):
            if time.monotonic() > end:
                raise NotAsPromised(f"not within {self.patience:g} s: {what}")
            time.sleep(min(_PAUSE_S, self.patience))

    def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, what: str
    ) -> dict[str, Any]:
        headers = {
            "authorization": f"Bearer {self.token}",
            "content-type": "application/json",
            "user-agent": "qamqor-canary",
        }
        if method == "POST":
            headers["idempotency-key"] = str(uuid.uuid4())
        answer = self.http.request(
            method,
            self.base + path,
            body=None if body is None else json.dumps(body).encode(),
            headers=headers,
            timeout=_REQUEST_S,
            retries=False,
        )
        _expect_done(answer, what)
        return dict(answer.json())


def _tells(inbox: Mapping[str, Any], complaint_id: str) -> bool:
    return (complaint_id, TOLD) in [(each["complaint_id"], each["type"]) for each in inbox["items"]]


def _expect_done(answer: urllib3.BaseHTTPResponse, what: str) -> None:
    if answer.status not in _DONE:
        raise NotAsPromised(f"{what} was answered {answer.status}: {answer.data[:500]!r}")
