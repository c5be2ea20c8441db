"""Further regions of the local stage, made for a test: synthesised by `cdk` from a folder of their own."""

import shutil
from pathlib import Path
from typing import Any

from infra.local import assembly
from infra.local.altered import Template, altered
from infra.region import REGIONS

ISSUER = "https://127.0.0.1:1"
"""Stands in the templates for an issuer that gets its port when it starts."""
AUDIENCE = "qamqor-app"

# The emulator does not find the resource of these in the request's body.
UNRESOLVED = frozenset({"sns:Publish"})
# On AWS the right to send is the right to send several; the emulator asks for one of its own. Source:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
BESIDE = {"sqs:SendMessage": "sqs:SendMessageBatch"}

# What they extend is of another stage there, and not synthesised again.
BASE = "local.yaml"
SECOND = """\
region: second
extends: local
stage: local
name: {kk: Екінші (жергілікті), ru: Второй (локально), en: Second (local)}
number_prefix: SCN
"""
SECURED = f"""\
region: secured
extends: local
stage: local
name: {{kk: Қорғалған (жергілікті), ru: Защищённый (локально), en: Secured (local)}}
number_prefix: SCR
identity: {{issuer: "{ISSUER}", audience: {AUDIENCE}}}
"""


def synthesised(folder: Path) -> Path:
    """The cloud assembly of `second` and `secured`, from `folder`, which is filled; made again only when
    what it is made of has changed.
    """
    folder.mkdir(parents=True)
    for file in REGIONS.iterdir():
        if file.stem in ("local", "pavlodar", "karaganda") or file.suffix == ".json":
            shutil.copy(file, folder)
    base = (folder / BASE).read_text()
    assert base.count("\nstage: local\n") == 1
    (folder / BASE).write_text(base.replace("\nstage: local\n", "\nstage: cloud\n"))
    (folder / "second.yaml").write_text(SECOND)
    (folder / "secured.yaml").write_text(SECURED)
    digest = assembly.digest_of(REGIONS, SECOND, SECURED)
    return assembly.kept("others", digest, "-c", "stage=local", "-c", f"regions={folder}")


def secured(made: Path, folder: Path, *, issuer: str) -> Path:
    """A copy of the assembly with the issuer's address, and with what the emulator needs to be told differently."""
    return altered(made, folder, _as_the_emulator_asks, renamed={ISSUER: issuer})


def _as_the_emulator_asks(template: Template) -> Template:
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::IAM::Policy":
            document = resource["Properties"]["PolicyDocument"]
            document["Statement"] = [part for each in document["Statement"] for part in _parted(each)]
    return template


def _parted(statement: dict[str, Any]) -> list[dict[str, Any]]:
    actions = list(statement["Action"]) if isinstance(statement["Action"], list) else [statement["Action"]]
    actions += [BESIDE[action] for action in actions if action in BESIDE]
    anywhere = [action for action in actions if action in UNRESOLVED]
    rest = [action for action in actions if action not in UNRESOLVED]
    parts = [statement | {"Action": anywhere, "Resource": "*"}] if anywhere else []
    return parts + ([statement | {"Action": rest}] if rest else [])
