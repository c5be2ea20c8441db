"""What of botocore's data a function needs: the models of the services that it calls, and where these are.

`endpoints.json` tells of all services in all regions, 1.2 MB that every process reads for its first client: as long as
an eighth of a cold start. A service's model is mostly its documentation, which nobody reads in Lambda.
"""

import gzip
import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

ENDPOINTS: Final = "botocore/data/endpoints.json"
MODEL: Final = "service-2.json"
DOCUMENTATION: Final = "documentation"
_PACKED: Final = ".gz"


def is_needed(path: str, services: Collection[str]) -> bool:
    """Whether a file of any package goes into the asset of a function that calls these services, as it is."""
    match path.split("/"):
        case ["botocore", "data", service, _, *file]:
            return service in services and file not in (["examples-1.json"], [MODEL + _PACKED])
    return path != ENDPOINTS


def shortened(package: Path, services: Collection[str]) -> Mapping[str, bytes]:
    """What goes into the asset instead of what botocore has: `endpoints.json` with these services alone, and their
    models without their documentation, by their paths; nothing where the package is not botocore.

    Raises FileNotFoundError for a service that it does not know.
    """
    with ZipFile(package) as packed:
        if ENDPOINTS not in packed.NameToInfo:
            return {}
        models = {path: model for service in services for path, model in _models(packed, service)}
        whole = json.loads(packed.read(ENDPOINTS))
    names = {model["metadata"]["endpointPrefix"] for model in models.values()}
    for partition in whole["partitions"]:
        known = partition["services"]
        partition["services"] = {name: known[name] for name in sorted(names & known.keys())}
    return {ENDPOINTS: _text(whole)} | {
        path: _text(_without_documentation(model)) for path, model in models.items()
    }


def _models(packed: ZipFile, service: str) -> Iterator[tuple[str, Any]]:
    """Every version of a service's model, with its path once it is unpacked."""
    found = [
        name
        for name in packed.namelist()
        if name.startswith(f"botocore/data/{service}/") and name.endswith(f"/{MODEL}{_PACKED}")
    ]
    if not found:
        raise FileNotFoundError(f"botocore in this lock has no service {service}")
    for name in found:
        yield name.removesuffix(_PACKED), json.loads(gzip.decompress(packed.read(name)))


def _without_documentation(value: Any) -> Any:
    """A member of a structure may have that name: its value is no string. Of a client's own parameters botocore reads
    it.
    """
    if isinstance(value, list):
        return [_without_documentation(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: each if name == "clientContextParams" else _without_documentation(each)
        for name, each in value.items()
        if name != DOCUMENTATION or not isinstance(each, str)
    }


def _text(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
