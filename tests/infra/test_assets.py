"""Every function's real asset, as the local stage deploys it: it imports alone, and only what it should."""

import ast
import importlib.metadata
import json
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from zipfile import ZipFile

import pytest
from packaging.utils import canonicalize_name

from infra.toolchain import ROOT

# What every handler may load at its start, by top-level name: tables, clients, logs, and what these are made of.
SHARED = {
    "aws_lambda_powertools",
    "boto3",
    "botocore",
    "certifi",
    "dateutil",
    "functions",
    "jmespath",
    "pynamodb",
    "s3transfer",
    "six",
    "ulid",
    "urllib3",
}
SHARED |= {"typing_extensions", "tzdata"}
# What the resolver of an API loads, and what sends to an agency's endpoint.
DOOR = {
    *("annotated_types", "babel", "pydantic", "pydantic_core", "typing_inspection"),
    # What is made anew where a function starts from a snapshot.
    "snapshot_restore_py",
}
SENDER = {"h11", "httpcore", "standardwebhooks"}
# What a handler may load besides.
ALSO = {
    "functions.intake.api.handler.handler": DOOR,
    "functions.intake.open311.handler.handler": DOOR,
    "functions.intake.photos.handler.handler": {"PIL"},
    "functions.intake.redaction.handler.handler": {"PIL", "babel", "numpy", "onnxruntime"},
    "functions.notify.outbox.failures.handler": {"babel"},
    "functions.notify.outbox.handler.handler": {"babel"},
    "functions.notify.outbox.release.handler": {"babel"},
    "functions.notify.publisher.handler.handler": {"arro3", "babel", "jinja2", "markupsafe"},
    "functions.notify.site.handler.handler": DOOR | {"feedgenerator"},
    "functions.notify.subscriptions.handler.handler": DOOR | {"standardwebhooks"},
    "functions.notify.webhooks.handler.handler": SENDER,
    "functions.route.api.handler.handler": DOOR,
    "functions.route.pages.handler.handler": DOOR,
    "functions.route.officers.handler.handler": DOOR,
}
# The most modules that each handler may load, of whomever: a cold start pays for each. A few are to spare, for another
# release of Python or of a dependency; who needs more gives the number here, and looks at `make bench` before.
# The three doors have what a text is and what judges all of a body at once, subscriptions what makes a secret once and has
# an endpoint asked, the sender what asks it, the photo check how a file ends and the boxes of HEIC.
MODULES = {
    # What is filed, and what its photos complete, is given to its body at once: whose it is, and by when. The region, how
    # to sign in, the address of the API, and what is kept and asked about again, who flags and from where: a module each.
    "functions.intake.api.handler.handler": 737,
    # What is filed and given to its body, the keys of partners, what the public files have, and XML.
    "functions.intake.open311.handler.handler": 730,
    # What photos look like, what is found of a body's, and what its others look like.
    "functions.intake.photos.handler.handler": 520,
    # Two networks, what runs them, and arrays: most of it is numpy.
    "functions.intake.redaction.handler.handler": 640,
    # The region, S3, and no table.
    "functions.notify.figures.handler.handler": 435,
    "functions.notify.outbox.failures.handler": 453,
    # What partners are told, and how one is known: a module each.
    "functions.notify.outbox.handler.handler": 507,
    "functions.notify.outbox.release.handler": 508,
    "functions.notify.platform_applications.handler.handler": 347,
    # Pages are made of templates.
    "functions.notify.publisher.handler.handler": 600,
    # The resolver, feeds, and no table.
    "functions.notify.site.handler.handler": 645,
    "functions.notify.subscriptions.handler.handler": 695,
    "functions.notify.webhooks.handler.handler": 567,
    "functions.notify.webhooks.requeue.handler": 431,
    # A correction is routed anew; the worklist and what is asked of it, officers, many moves at once, and what is around.
    "functions.route.api.handler.handler": 721,
    "functions.route.archive.handler.handler": 431,
    # The seals of what can be erased, the complaint's state, what is taken out, terms that passed, what a reporter leaves
    # to others, what parts follow when their whole is put right, and what is retired: each a module or some.
    "functions.route.assignment.handler.handler": 516,
    "functions.route.authorizer.handler.handler": 390,
    "functions.route.directory.handler.handler": 404,
    "functions.route.escalation.handler.handler": 423,
    # What a body that is no more had made ends with it, with the table of that; whether the calendar reaches far enough.
    "functions.route.escalation.sweep_handler.handler": 536,
    "functions.route.officers.handler.handler": 654,
    # The resolver and the region, and no table.
    "functions.route.pages.handler.handler": 452,
    # What deletes public copies is S3's client.
    "functions.route.retention.handler.handler": 474,
}
# What came along by chance once, and is not to come again.
UNWANTED = ("asyncio.", "aws_lambda_powertools.event_handler.")
# Powertools' resolver and its batch processor can work for asyncio too.
WITH_ASYNCIO = {
    "functions.notify.site.handler.handler",
    "functions.intake.api.handler.handler",
    "functions.intake.open311.handler.handler",
    "functions.notify.subscriptions.handler.handler",
    "functions.notify.webhooks.handler.handler",
    "functions.route.api.handler.handler",
    "functions.route.pages.handler.handler",
    "functions.route.officers.handler.handler",
}


type Entry = tuple[str, int, int]
"""A file of an asset: its name, checksum and size."""


@dataclass(frozen=True, kw_only=True)
class Deployed:
    asset: Path
    environment: dict[str, str]


@pytest.fixture(scope="module")
def deployed(local_assembly: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Deployed]:
    """By handler, what the local stage's template deploys."""
    store = tmp_path_factory.mktemp("assets")
    found, written = {}, dict[Entry, Path]()
    for template in local_assembly.glob("assembly-*/*.template.json"):
        assets = json.loads(template.with_name(template.name.replace(".template.", ".assets.")).read_text())
        paths = {key: template.parent / file["source"]["path"] for key, file in assets["files"].items()}
        for resource in json.loads(template.read_text())["Resources"].values():
            if resource["Type"] == "AWS::Lambda::Function":
                properties = resource["Properties"]
                variables = properties.get("Environment", {}).get("Variables", {})
                found[properties["Handler"]] = Deployed(
                    asset=laid_out(paths[properties["Code"]["S3Key"].removesuffix(".zip")], store, written),
                    environment={
                        name: value if isinstance(value, str) else f"made-at-deployment-{name}"
                        for name, value in variables.items()
                    }
                    | {"AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-central-1"},
                )
    return found


def laid_out(asset: Path, store: Path, written: dict[Entry, Path]) -> Path:
    """The folder with the asset's contents as Lambda would lay them out. What assets before it hold too, nine files of
    ten, is not written again: it is theirs.
    """
    folder = store / asset.stem
    if folder.exists():
        return folder
    with ZipFile(asset) as packed:
        for each in packed.infolist():
            place = folder / each.filename
            if not place.parent.exists():
                place.parent.mkdir(parents=True)
            first = written.setdefault((each.filename, each.CRC, each.file_size), place)
            if first is place:
                place.write_bytes(packed.read(each))
            else:
                place.hardlink_to(first)
    return folder


@dataclass(frozen=True, kw_only=True)
class Started:
    """What the handler's import loads, and where Babel is there a date as the asset then writes it in each language."""

    modules: set[str]
    dates: list[str] | None


@pytest.fixture(scope="module")
def started(deployed: dict[str, Deployed]) -> dict[str, Started]:
    """Each handler, imported as Lambda does it in a process that sees its asset and nothing else."""
    return {handler: imported(handler, function) for handler, function in deployed.items()}


IMPORTS: Final = """\
import importlib, json, sys
sys.path.insert(0, asset)
before = set(sys.modules)
getattr(importlib.import_module(module), name)
modules = sorted(set(sys.modules) - before)
dates = None
if importlib.util.find_spec("babel"):
    from datetime import date
    from functions.complaints.texts import date_text
    dates = [date_text(date(2026, 3, 9), each, "Asia/Almaty") for each in ("kk", "ru", "en")]
print(json.dumps({"modules": modules, "dates": dates}))
"""


def imported(handler: str, function: Deployed) -> Started:
    module, _, name = handler.rpartition(".")
    named = f"asset, module, name = {str(function.asset)!r}, {module!r}, {name!r}\n"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", named + IMPORTS],
        env=function.environment
        | {
            "AWS_LAMBDA_FUNCTION_NAME": "function",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    return Started(modules=set(said["modules"]), dates=said["dates"])


def test_an_asset_alone_writes_a_date_in_each_language(
    deployed: dict[str, Deployed], started: dict[str, Started], subtests: pytest.Subtests
) -> None:
    """It carries a hundredth of Babel's data."""
    with_babel = {handler: each for handler, each in deployed.items() if (each.asset / "babel").exists()}
    assert {each.split(".")[1] for each in with_babel} == {"intake", "route", "notify"}
    for handler, function in with_babel.items():
        with subtests.test(handler):
            data = sum(each.stat().st_size for each in (function.asset / "babel" / "locale-data").iterdir())
            assert data < 1_000_000
            assert started[handler].dates == ["2026\u202fж. 9 наурыз", "9 марта 2026\u202fг.", "9 March 2026"]


def third_party(modules: set[str]) -> set[str]:
    names = {name.partition(".")[0] for name in modules} - sys.stdlib_module_names - {"__mp_main__"}
    return {name for name in names if not name.startswith("_sysconfigdata")}


def test_every_handler_imports_from_its_asset_alone_and_loads_no_more_than_it_may(
    started: dict[str, Started], subtests: pytest.Subtests
) -> None:
    assert len(started) > 10
    for handler, each in started.items():
        with subtests.test(handler):
            assert third_party(each.modules) <= SHARED | ALSO.get(handler, set())


def test_no_handler_loads_more_modules_than_it_did(
    started: dict[str, Started], subtests: pytest.Subtests
) -> None:
    for handler, each in started.items():
        with subtests.test(handler):
            assert len(each.modules) <= MODULES[handler]
            unwanted = {name for name in each.modules if f"{name}.".startswith(UNWANTED)}
            assert handler in WITH_ASYNCIO or not unwanted


def test_no_asset_holds_another_functions_code(
    deployed: dict[str, Deployed], subtests: pytest.Subtests
) -> None:
    for handler, function in deployed.items():
        with subtests.test(handler):
            folders = {path.name for path in (function.asset / "functions").iterdir() if path.is_dir()}
            assert folders - {"__pycache__"} == {"complaints", "records", "edge", handler.split(".")[1]}


def test_every_package_that_a_lock_asks_for_is_imported_by_somebody(subtests: pytest.Subtests) -> None:
    imported = {
        name.partition(".")[0]
        for file in (ROOT / "functions").rglob("*.py")
        for name in imports_in(file.read_text())
    }
    packages = importlib.metadata.packages_distributions()
    used = {canonicalize_name(package) for name in imported for package in packages.get(name, [])}
    # Read by zoneinfo, where the system has no time zones of its own.
    used.add("tzdata")
    # What httpcore reads and writes HTTP/1.1 with.
    used.add("h11")
    for source in (ROOT / "requirements" / "functions").glob("*.in"):
        with subtests.test(source.stem):
            asked = {line for line in source.read_text().splitlines() if line[:1].isalpha()}
            assert asked <= used


def test_what_a_handler_may_import_later_is_in_its_asset_too(
    deployed: dict[str, Deployed], subtests: pytest.Subtests
) -> None:
    for handler, function in deployed.items():
        with subtests.test(handler):
            missing = {
                (module, name)
                for module in reachable(handler.rpartition(".")[0], function.asset)
                for name in imports_of(module, function.asset)
                if not name.startswith("functions")
                and name.partition(".")[0] not in sys.stdlib_module_names
                and not list(function.asset.glob(f"{name.partition('.')[0]}*"))
            }
            assert not missing


def reachable(module: str, asset: Path) -> set[str]:
    """The asset's own modules that the module imports, now or in some function, and those that they import."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        module = waiting.pop()
        if module not in found and file_of(module, asset):
            found.add(module)
            waiting += [name for name in imports_of(module, asset) if name.startswith("functions.")]
            waiting.append(module.rpartition(".")[0])
    return found


def imports_of(module: str, asset: Path) -> frozenset[str]:
    file = file_of(module, asset)
    assert file
    return imports_in(file.read_text())


@cache
def imports_in(source: str) -> frozenset[str]:
    """Of a module's text, which is the same in many assets."""
    return frozenset(name for node in ast.walk(ast.parse(source)) for name in imported_by(node))


def file_of(module: str, asset: Path) -> Path | None:
    place = asset / module.replace(".", "/")
    return next((file for file in (place.with_suffix(".py"), place / "__init__.py") if file.exists()), None)


def imported_by(node: ast.AST) -> list[str]:
    """Names that may be modules: of `from a import b`, both a and a.b."""
    match node:
        case ast.Import():
            return [alias.name for alias in node.names]
        case ast.ImportFrom(module=str(module), level=0):
            return [module, *(f"{module}.{alias.name}" for alias in node.names)]
        case _:
            return []
