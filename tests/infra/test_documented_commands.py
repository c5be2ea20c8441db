"""Every command that README and the pages name is one: of AWS, of an operator, of `make`, of Python, of the CDK."""

import importlib.util
import json
import re
import shlex
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import redirect_stderr, suppress
from io import StringIO
from itertools import groupby, pairwise, product
from pathlib import Path

import pytest

from infra.ops.__main__ import parser
from infra.packaging.openapi import document
from infra.region import region_ids
from infra.toolchain import ROOT, cdk, environment
from tests.infra import aws_command, pages
from tests.infra.aws_command import ELIDED
from tests.infra.pages import Code
from tests.infra.test_ops_parser import COMMANDS
from tests.region_fixture import region

MAKEFILE = (ROOT / "Makefile").read_text()
RUNBOOK = ROOT / "docs" / "runbook.md"
PINNED = json.loads((ROOT / "requirements" / "node" / "package.json").read_text())["devDependencies"][
    "aws-cdk"
]
STACKS = {"*", "storage", "service", "edge"}
TREES = r"docs|functions|infra|requirements|tests|web|\.github"
GROUPS = {words.partition(" ")[0] for words in COMMANDS}


# ------------------------------------------------------------------------------------------------- AWS
def test_aws_knows_every_command_of_its_own_that_is_named() -> None:
    named = pages.of("aws")
    assert len(named) > 20
    assert [f"{code}: {fault}" for code, words in named for fault in aws_command.faults(words)] == []


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        ("lamda get-function --function-name f", "AWS has no service lamda"),
        ("lambda get-functions", "lambda has no get-functions"),
        ("lambda get-function --name f", "there is no --name"),
        ("lambda get-function --function-name f --qualifier", "--qualifier: takes not 0 values"),
        ("lambda get-function f", "'f' belongs to no option"),
        ("lambda get-function", "--function-name is required"),
        ("dynamodb wait table-there --table-name t", "dynamodb has no table-there"),
        ("dynamodb wait table-exists", "--table-name is required"),
        ("stepfunctions list-executions --status-filter OPEN", "--status-filter: cannot be OPEN"),
        (
            "resourcegroupstaggingapi get-resources --tag-filters Name=project,Values=q",
            "--tag-filters: has no Name",
        ),
        ("cloudformation deploy --stack-name s", "--template-file is required"),
        ("cloudformation deploy --stack-name s --template f", "there is no --template"),
    ],
)
def test_one_that_aws_does_not_know_would_be_found(command: str, fault: str) -> None:
    assert fault in list(aws_command.faults(command.split()))


@pytest.mark.parametrize(
    "command",
    [
        "lambda get-function …",
        "lambda get-function --function-name …",
        "lambda get-function --region us-east-1 --function-name f",
        "cloudformation update-termination-protection --no-enable-termination-protection --stack-name s",
        "dynamodb wait table-exists --table-name t",
    ],
)
def test_one_that_is_right_or_not_said_whole_is_let_pass(command: str) -> None:
    assert list(aws_command.faults(command.split())) == []


# ------------------------------------------------------------------------------------------- operator's
def test_every_operators_command_that_is_named_is_one() -> None:
    named = list(operators())
    assert len(named) > 40
    assert [f"{code}: {fault}" for code, words in named for fault in faults_of(words)] == []


def test_the_runbooks_table_of_commands_has_them_all_and_nothing_else() -> None:
    before, _, rest = RUNBOOK.read_text().partition("\n# Operator's commands\n")
    numbered = enumerate(rest.partition("\n# ")[0].splitlines(), before.count("\n") + 3)
    rows = {number for number, line in numbered if line.startswith("|")}
    known = {code: words for code, words in operators() if code.page == RUNBOOK.name and code.line in rows}
    assert [code for code in pages.spans(RUNBOOK) if code.line in rows and code not in known] == []
    assert {leaf_of(words) for words in known.values()} == set(COMMANDS)


@pytest.mark.parametrize(
    "command",
    [
        "keys makes",
        "key make",
        "keys revoke city_housing",
        "keys list city_housing --all",
        "trace --yaml",
        "subscriptions replay AGENCY ID --from yesterday",
    ],
)
def test_one_that_is_none_would_be_found(command: str) -> None:
    assert list(faults_of(command.split())) != []


def operators() -> Iterator[tuple[Code, list[str]]]:
    """Each command by its words; of one whose group, or whose own words, were said before it, with these."""
    for code, words in pages.of("python", "-m", "infra.ops", "--region"):
        yield code, words[1:]
    for code, words in pages.of("make", "ops"):
        yield from ((code, shlex.split(word[3:])) for word in words if word.startswith("DO="))
    for page in pages.PAGES:
        for _, together in groupby(pages.spans(page), key=lambda code: code.paragraph):
            yield from _said_together(together)


def _said_together(spans: Iterable[Code]) -> Iterator[tuple[Code, list[str]]]:
    leaf = None
    for code in spans:
        words = code.text.removeprefix("ops ").replace("[", "").replace("]", "").split()
        if leaf and words[0].startswith("--"):
            yield code, [*leaf.split(), *(word for word in words if word.startswith("--"))]
            continue
        if leaf and f"{leaf.split()[0]} {words[0]}" in COMMANDS:
            words = [leaf.split()[0], *words]
        if words[0] in GROUPS and len(words) > 1:
            leaf = leaf_of(words)
            yield code, words


def leaf_of(words: Sequence[str]) -> str | None:
    return next((leaf for n in (2, 1) if (leaf := " ".join(words[:n])) in COMMANDS), None)


def faults_of(words: Sequence[str]) -> Iterator[str]:
    """Nothing of a command that is named alone, nor of its options alone: these are not the whole of what is typed."""
    leaf = leaf_of(words)
    if leaf is None:
        if words != [ELIDED]:
            yield "is no command"
        return
    actions = COMMANDS[leaf]._option_string_actions
    rest = words[len(leaf.split()) :]
    if all(word in actions for word in rest):
        return
    # In place of what is not said, what the command itself gives as an example.
    values = [
        str(actions[before].metavar or word) if word == ELIDED and before in actions else word
        for before, word in pairwise(("", *rest))
    ]
    for typed in product(*(word.split("|") for word in values)):
        with redirect_stderr(StringIO()) as said, suppress(SystemExit):
            parser().parse_args(["--region", "local", *leaf.split(), *typed])
        yield from said.getvalue().splitlines()[-1:]


# ----------------------------------------------------------------------------------- make, Python, the CDK
def test_every_target_of_make_exists_and_takes_what_it_is_given() -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    named = pages.of("make")
    assert len(named) > 40
    for code, words in named:
        target, *given = (word for word in words if word not in ("-s", "2>&1"))
        assert target in targets, code
        assert {word.partition("=")[0] for word in given} <= variables(target), code


def variables(target: str) -> set[str]:
    """What the recipe of a target reads, its own and what all share."""
    (recipe,) = re.findall(rf"^{target}:.*\n((?:\t.*\n)*)", MAKEFILE, re.MULTILINE)
    shared = re.findall(r"^region_asked = (.*)$", MAKEFILE, re.MULTILINE) if "region_asked" in recipe else []
    return set(re.findall(r"\$\((?:if \$\()?([A-Z_]+)\)", "".join([recipe, *shared])))


def test_every_module_that_is_called_can_be_and_has_the_options() -> None:
    named = pages.of("python", "-m")
    assert len(named) > 8
    for code, (module, *given) in named:
        found = importlib.util.find_spec(module)
        assert found is not None, code
        assert found.origin is not None, code
        files = [Path(found.origin)]
        if found.submodule_search_locations:
            files = sorted(files[0].parent.glob("*.py"))
            assert files[0].with_name("__main__.py") in files, code
        text = "".join(file.read_text() for file in files)
        assert "__main__" in text, code
        assert [word for word in given if word.startswith("--") and f'"{word}"' not in text] == [], code


def test_the_cdk_is_the_one_that_is_locked_and_knows_its_commands_and_stacks() -> None:
    named = [(code, words[2:]) for code, words in pages.ALL if words[:2] == ["npx", "--yes"]]
    assert {words[0] for _, words in named} == {f"aws-cdk@{PINNED}"}
    named += [(code, ["cdk", *words]) for code, words in pages.of("cdk")]
    known = set(re.findall(r"^  cdk ([a-z-]+) ", help_of_cdk(), re.MULTILINE))
    for code, (_, command, *given) in named:
        assert command in known, code
        options = {word for word in given if word.startswith("-")}
        assert not options or options <= set(re.findall(r"--[a-z-]+", help_of_cdk(command))), code
        for word in given:
            group, slash, stack = word.removeprefix("qamqor-").partition("/")
            assert word.startswith(("-", "aws://")) or (
                group in region_ids() and stack in STACKS and slash
            ), code


def help_of_cdk(*words: str) -> str:
    done = subprocess.run(
        cdk(*words, "--help"), env=environment(), capture_output=True, text=True, check=True
    )
    return done.stdout


# -------------------------------------------------------------------------------------- files and addresses
def test_every_file_and_module_that_is_named_is_there() -> None:
    named = [code for page in pages.PAGES for code in pages.spans(page)]
    files = [(code, word) for code in named for word in code.text.split() if re.match(rf"(?:{TREES})/", word)]
    modules = [
        (code, code.text) for code in named if re.fullmatch(r"(?:infra|functions|tests)(?:\.\w+)+", code.text)
    ]
    assert len(files) > 30
    assert len(modules) > 3
    missing = [code for code, name in files if not list(ROOT.glob(name.partition("::")[0].rstrip("/.,")))]
    missing += [code for code, name in modules if importlib.util.find_spec(name) is None]
    assert [str(code) for code in missing] == []


def test_every_route_that_is_named_is_published() -> None:
    known = {
        f"{method.upper()} {path}"
        for path, it in json.loads(document(region()))["paths"].items()
        for method in it
        if method != "parameters"
    }
    named = [
        (code, route)
        for page in pages.PAGES
        for code in pages.spans(page)
        for route in re.findall(r"^(?:GET|POST|PUT|PATCH|DELETE) /v1/[\w/{}-]+$", code.text)
    ]
    assert len(named) > 10
    assert [str(code) for code, route in named if not any(alike(route, each) for each in known)] == []


def alike(route: str, published: str) -> bool:
    """Whatever a parameter is called, or filled with."""
    return re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(published)), route) is not None
