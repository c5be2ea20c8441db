"""What a client would send, and does not."""

import io
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from urllib3 import HTTPResponse


def unsent(client: Any, *, answer: bytes = b"{}") -> list[AWSPreparedRequest]:
    """The requests that the client makes from now on. None is sent; each is answered with 200 and `answer`."""
    made: list[AWSPreparedRequest] = []

    def answered(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        made.append(request)
        body = HTTPResponse(io.BytesIO(answer), preload_content=False)
        return AWSResponse(request.url, 200, {}, body)

    client.meta.events.register_first("before-send", answered)
    return made
