"""What the runbook sends somebody to look for at night is called so: log lines, metrics, functions, settings."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

from infra.ops.dead_letters import queue_name
from infra.region import REGIONS
from infra.toolchain import ROOT
from tests.infra import pages
from tests.infra.pages import Code
from tests.infra.template import Assembly
from tests.infra.test_documented_commands import TREES, operators

RUNBOOK = ROOT / "docs" / "runbook.md"
OF_OTHERS = frozenset(
    {
        # HTTP.
        *("503", "5xx", "Retry-After"),
        # Lambda: https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html, and the version in a log stream's name.
        *("REPORT", "[7]"),
        # DynamoDB: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
        "GlobalSecondaryIndexName",
        # Step Functions: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
        *("StartExecution", "StateTransition"),
        # SNS: https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
        "PendingConfirmation",
        # Cognito: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html
        "NotAuthorizedException",
    }
)


def test_what_an_alarms_section_names_is_there(cloud: Assembly) -> None:
    service = cloud["qamqor-karaganda-service"]
    templates = "".join(template.text for template in cloud.stacks.values())
    commands = {code for code, _ in (*pages.ALL, *operators())}
    queues = {queue_name(id) for id in cloud["qamqor-karaganda-storage"].of("AWS::SQS::Queue")}
    known = OF_OTHERS | set(service.functions()) | set(written()) | sections() | queues
    missing = [
        code
        for code in pages.spans(RUNBOOK)
        if code.line in alarms()
        and code not in commands
        and not re.match(rf"(?:{TREES})/", code.text)
        and plain(code) not in known
        and json.dumps(plain(code)) not in templates
        and not settings() >= set(code.text.split("."))
    ]
    assert [str(code) for code in missing] == []


def alarms() -> range:
    before, _, rest = RUNBOOK.read_text().partition("\n## ")
    return range(before.count("\n") + 2, before.count("\n") + 2 + rest.partition("\n---\n")[0].count("\n"))


def plain(code: Code) -> str:
    """Without what stands for something else, and of a setting its name."""
    return re.sub(r"(?<=/)[A-Z]+/?$", "", code.text.partition(": ")[0].partition(" = ")[0])


def sections() -> set[str]:
    return set(re.findall(r"^## (.+)$", RUNBOOK.read_text(), re.MULTILINE))


def settings() -> set[str]:
    """The keys of a region file, wherever in it they stand."""
    found: set[str] = set()

    def keep(read: dict[str, Any]) -> dict[str, Any]:
        found.update(read.get("properties", ()))
        return read

    json.loads((REGIONS / "region.schema.json").read_text(), object_hook=keep)
    return found


def written() -> Iterator[str]:
    """What the code writes down: log lines, metrics, states, and the names of what is raised."""
    for folder in ("functions", "infra"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.ClassDef):
                    yield node.name
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value
