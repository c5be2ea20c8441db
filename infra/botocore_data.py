"""What of botocore's data a function needs: the models of the services that it calls, and where these are.

`endpoints.json` tells of all services in all regions, 1.2 MB that every process reads for its first client: as long as
an eighth of a cold start.
"""

import gzip
import json
from collections.abc import Collection
from pathlib import Path
from typing import Final
from zipfile import ZipFile

ENDPOINTS: Final = "botocore/data/endpoints.json"
_MODEL: Final = "service-2.json.gz"


def is_needed(path: str, services: Collection[str]) -> bool:
    """Whether a file of any package goes into the asset of a function that calls these services, as it is."""
    match path.split("/"):
        case ["botocore", "data", service, _, *file]:
            return service in services and file != ["examples-1.json"]
    return path != ENDPOINTS


def endpoints_of(package: Path, services: Collection[str]) -> bytes | None:
    """`endpoints.json` with these services alone; None where the package is not botocore.

    Raises FileNotFoundError for a service that it does not know.
    """
    with ZipFile(package) as packed:
        if ENDPOINTS not in packed.NameToInfo:
            return None
        names = {_endpoint_prefix(packed, service) for service in services}
        whole = json.loads(packed.read(ENDPOINTS))
    for partition in whole["partitions"]:
        known = partition["services"]
        partition["services"] = {name: known[name] for name in sorted(names & known.keys())}
    return json.dumps(whole, separators=(",", ":")).encode()


def _endpoint_prefix(packed: ZipFile, service: str) -> str:
    """By what `endpoints.json` knows the service."""
    models = [
        name
        for name in packed.namelist()
        if name.startswith(f"botocore/data/{service}/") and name.endswith(f"/{_MODEL}")
    ]
    if not models:
        raise FileNotFoundError(f"botocore in this lock has no service {service}")
    metadata = json.loads(gzip.decompress(packed.read(max(models))))["metadata"]
    return str(metadata["endpointPrefix"])
