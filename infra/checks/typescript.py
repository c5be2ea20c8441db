"""The pages' TypeScript, checked against the types of our own API's description.

python -m infra.checks.typescript
"""

import json
import subprocess
import sys
from typing import Final

from functions.complaints.region import region_from_dict
from infra.packaging.openapi import document
from infra.region import load_region_file
from infra.toolchain import PAGES, TOOLS, environment, tool

REGION: Final = "pavlodar"
"""Any would do: what differs between regions' descriptions are limits and issuers, which types do not say."""
SCHEMA: Final = PAGES / "desk" / "api" / "schema.d.ts"
_TYPES: Final = PAGES / "node_modules" / "openapi-typescript" / "bin" / "cli.js"
_COMPILER: Final = PAGES / "node_modules" / "typescript" / "bin" / "tsc"


def write_types() -> None:
    """The types of every address, body and answer. Raises MissingTool where `make setup` has not been run."""
    openapi = document(region_from_dict(json.loads(load_region_file(REGION).compiled)))
    command = [tool(TOOLS / "node"), tool(_TYPES), "--silent"]
    made = subprocess.run(command, input=openapi, env=environment(), capture_output=True, check=True)
    SCHEMA.write_bytes(made.stdout)


def check() -> int:
    """The compiler's status."""
    write_types()
    command = [tool(TOOLS / "node"), tool(_COMPILER), "--project", str(PAGES)]
    return subprocess.run(command, env=environment(), check=False).returncode


if __name__ == "__main__":
    sys.exit(check())
