"""A citizen's app whose client is generated from the published document, as an app's developer would generate theirs.

What the document does not describe cannot be sent, and an answer that it does not describe is a failure.
"""

import importlib.util
import inspect
import json
import re
import subprocess
import sys
import tempfile
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from infra.local.citizen import Answer, Caller
from infra.local.story import StoryFailed
from infra.toolchain import ROOT

CLIENTS: Final = ROOT / ".build" / "clients"
_TIMEOUT_S: Final = 60


@dataclass(frozen=True, kw_only=True)
class App(Caller):
    """As any `Caller`, at the server that `document` names; raises StoryFailed for what the document does not describe."""

    document: Mapping[str, Any]

    @cached_property
    def _package(self) -> ModuleType:
        return generated(self.document)

    @cached_property
    def _client(self) -> Any:
        return self._package.AuthenticatedClient(
            base_url=self.base,
            token=self.token,
            timeout=_TIMEOUT_S,
            raise_on_unexpected_status=True,
            # No proxy of whoever plays it: the server is on this machine.
            httpx_args={"trust_env": False},
        )

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """`headers` are none: the client sends those that the document describes."""
        assert not headers
        address, _, query = path.partition("?")
        assert not query, "a query is given to the operation by its parameters' names"
        operation, values = self._operation(method, address)
        takes = inspect.signature(operation.sync_detailed).parameters
        given: dict[str, Any] = values | {"idempotency_key": key, "accept_language": self.language}
        sent = {name: value for name, value in given.items() if name in takes and value is not None}
        if "body" in takes:
            sent["body"] = _body(operation, body, called=f"{method} {address}")
        elif body:
            raise StoryFailed(f"the document describes no body of {method} {address}")
        try:
            response = operation.sync_detailed(client=self._client, **sent)
        except (self._package.errors.UnexpectedStatus, KeyError, TypeError, ValueError) as undescribed:
            raise StoryFailed(
                f"{method} {path} is not answered as described: {undescribed!r}"
            ) from undescribed
        is_json = "json" in response.headers.get("content-type", "") and response.content
        return Answer(
            status=int(response.status_code),
            body=json.loads(response.content) if is_json else response.content,
            headers=dict(response.headers),
        )

    def _operation(self, method: str, path: str) -> tuple[ModuleType, dict[str, str]]:
        """The client's module of the operation, and what stands in the path for each name in braces."""
        for template, operations in self.document["paths"].items():
            found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template), path)
            described = operations.get(method.lower())
            if found is not None and described is not None:
                tag = _python_name(described.get("tags", ["default"])[0])
                module = f"{self._package.__name__}.api.{tag}.{_python_name(described['operationId'])}"
                return importlib.import_module(module), found.groupdict()
        raise StoryFailed(f"the document describes no {method} {path}")


def app_of(caller: Caller) -> App:
    """The same caller, of the document that is published where they call."""
    document = caller.get("/openapi.json").body
    return App(
        base=document["servers"][0]["url"], token=caller.token, language=caller.language, document=document
    )


def generated(document: Mapping[str, Any]) -> ModuleType:
    """The client that openapi-python-client makes of it, made once for each document.

    Raises subprocess.CalledProcessError where any of the document cannot be made a client of.
    """
    served_anywhere = json.dumps({**document, "servers": []}, sort_keys=True)
    name = f"client_{sha256(served_anywhere.encode()).hexdigest()[:16]}"
    if name in sys.modules:
        return sys.modules[name]
    if not (CLIENTS / name).exists():
        _generate(served_anywhere, CLIENTS / name)
    spec = importlib.util.spec_from_file_location(name, CLIENTS / name / "__init__.py")
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[name] = package
    spec.loader.exec_module(package)
    importlib.import_module(f"{name}.errors")
    return package


def _generate(document: str, folder: Path) -> None:
    CLIENTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CLIENTS) as scratch:
        source, settings, made = (Path(scratch, name) for name in ("openapi.json", "settings.json", "made"))
        source.write_text(document)
        settings.write_text(json.dumps({"post_hooks": []}))
        command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", str(source)]
        command += ["--output-path", str(made), "--meta", "none", "--config", str(settings)]
        subprocess.run([*command, "--fail-on-warning"], check=True, stdout=subprocess.DEVNULL)
        if not folder.exists():
            made.rename(folder)


def _body(operation: ModuleType, body: Any, *, called: str) -> Any:
    """The model of the request's body. Raises StoryFailed for what the model cannot hold."""
    hints = typing.get_type_hints(operation.sync_detailed)["body"]
    (model,) = (each for each in (*typing.get_args(hints), hints) if hasattr(each, "from_dict"))
    try:
        made = model.from_dict(body)
    except (KeyError, TypeError, ValueError) as fault:
        raise StoryFailed(f"the document does not describe such a body of {called}: {fault!r}") from fault
    if made.to_dict() != json.loads(json.dumps(body)):
        raise StoryFailed(f"the document does not describe such a body of {called}: {body}")
    return made


def _python_name(name: str) -> str:
    """As the generator names its modules."""
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower())
