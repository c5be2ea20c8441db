"""Sees every call of AWS that this process makes, through whichever client, with its parameters and its answer."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from botocore import xform_name
from botocore.client import BaseClient


@dataclass(frozen=True, kw_only=True)
class Call:
    """`service` and `operation` by botocore's names; `sent` and `answer` are the bodies on the wire."""

    service: str
    operation: str
    parameters: Mapping[str, Any]
    headers: Mapping[str, str]
    sent: str
    status: int
    answer: bytes

    @property
    def method(self) -> str:
        """What the operation is called on a client."""
        return xform_name(self.operation)

    @property
    def name(self) -> str:
        return f"{self.service}.{self.operation}"

    @property
    def table(self) -> str | None:
        """The table, for DynamoDB; of a transaction the table of its first write."""
        items = self.parameters.get("TransactItems")
        parameters = next(iter(items[0].values())) if items else self.parameters
        name = parameters.get("TableName")
        return None if name is None else str(name)


@contextmanager
def recorded() -> Iterator[list[Call]]:
    """The calls made while the context lasts, in the order in which they were answered."""
    found: list[Call] = []
    current = threading.local()
    api_call, request = BaseClient._make_api_call, BaseClient._make_request

    def make_api_call(self: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
        current.parameters = api_params
        return api_call(self, operation_name, api_params)

    def make_request(self: Any, operation_model: Any, request_dict: dict[str, Any], *rest: Any) -> Any:
        http, parsed = request(self, operation_model, request_dict, *rest)
        body = request_dict["body"]
        found.append(
            Call(
                service=operation_model.service_model.service_name,
                operation=operation_model.name,
                parameters=current.parameters,
                headers={name: str(value) for name, value in http.headers.items()},
                sent=json.dumps(body)
                if isinstance(body, dict)
                else bytes(body or b"").decode("utf-8", "replace"),
                status=http.status_code,
                answer=http.content,
            )
        )
        return http, parsed

    with (
        patch.object(BaseClient, "_make_api_call", make_api_call),
        patch.object(BaseClient, "_make_request", make_request),
    ):
        yield found
