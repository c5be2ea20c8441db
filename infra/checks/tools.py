"""cfn-lint and checkov over the templates, bandit over the code."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from infra.checks.finding import CheckFailed, Finding, region_of
from infra.toolchain import ROOT, tool

HERE: Final = Path(sys.executable).parent
CHECKOV: Final = ROOT / ".venv-checks" / "bin" / "checkov"


def cfn_lint(stack: str, template: Path, *, region: str | None = None) -> list[Finding]:
    """Judged for the Region that the stack goes to: which resources and values there are is another matter in each."""
    judged_for = region or region_of(template)
    command = [str(HERE / "cfn-lint"), "--format", "json", "--regions", judged_for, "--", str(template)]
    return [
        Finding(
            tool="cfn-lint",
            rule=each["Rule"]["Id"],
            at="/".join([stack, *map(str, each["Location"]["Path"][1:2])]),
            text=each["Message"],
        )
        for each in json.loads(run(command) or "[]")
    ]


def checkov(templates: Mapping[str, Path]) -> list[Finding]:
    stacks = {str(path.resolve()): stack for stack, path in templates.items()}
    raw = run(
        [
            *(tool(CHECKOV), *(f"--file={path}" for path in stacks), "--framework=cloudformation"),
            *("--output=json", "--compact", "--quiet", "--skip-download"),
        ]
    )
    reports: Any = json.loads(raw)
    return [
        Finding(
            tool="checkov",
            rule=each["check_id"],
            at=f"{stacks[each['file_abs_path']]}/{each['resource'].partition('.')[2]}",
            text=each["check_name"],
        )
        for report in (reports if isinstance(reports, list) else [reports])
        for each in report.get("results", {}).get("failed_checks", ())
    ]


def bandit() -> list[Finding]:
    raw = run([str(HERE / "bandit"), "--quiet", "--recursive", "--format", "json", "functions", "infra"])
    return [
        Finding(
            tool="bandit",
            rule=each["test_id"],
            at=each["filename"].removeprefix("./"),
            text=f"line {each['line_number']}: {each['issue_text']}",
        )
        for each in json.loads(raw)["results"]
    ]


def run(command: Sequence[str], *, environment: Mapping[str, str] | None = None) -> str:
    """What it printed; findings end it with a status of their own, trouble with nothing to read."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode and not done.stdout.strip():
        raise CheckFailed(f"{Path(command[0]).name}:\n{done.stderr[-2000:]}")
    return done.stdout
