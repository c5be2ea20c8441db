"""What CloudFront is to the functions, where the cloud's templates are on the emulator: its distribution is there, and
reaches no origin from there.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.middleware.http_proxy import ProxyMiddleware
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from infra.local.emulator import Emulator
from infra.local.front.server import Quiet
from infra.local.listening import LOOPBACK

_TIMEOUT_S: Final = 60


@contextmanager
def cloudfront(emulator: Emulator) -> Iterator[str]:
    """The address of a server on the loopback, until the end of the block. It hands each request on under the origin's name
    and with the origin's headers, both as the deployed distribution has them.
    """
    through = _Through(emulator.url, origin=_origin(emulator))
    server = make_server(LOOPBACK, 0, through, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.port}"
    finally:
        server.shutdown()
        server.server_close()


class _Through:
    def __init__(self, emulator: str, *, origin: Mapping[str, Any]) -> None:
        headers = {each["HeaderName"]: each["HeaderValue"] for each in origin["CustomHeaders"]["Items"]}
        self._proxy = ProxyMiddleware(Response(status=404), {}, timeout=_TIMEOUT_S)
        self._target = {
            "target": emulator,
            "remove_prefix": False,
            "host": origin["DomainName"],
            "headers": headers,
            "ssl_context": None,
        }

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = urlsplit(environ["REQUEST_URI"]).path
        return self._proxy.proxy_to(self._target, path, "/")(environ, start_response)


def _origin(emulator: Emulator) -> Mapping[str, Any]:
    client = emulator.client("cloudfront")
    (distribution,) = client.list_distributions()["DistributionList"]["Items"]
    config = client.get_distribution_config(Id=distribution["Id"])["DistributionConfig"]
    (origin,) = config["Origins"]["Items"]
    return dict(origin)
