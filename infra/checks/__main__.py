"""Run every static check; status 1 where a finding is not explained, or a waiver is needless."""

import json
import sys
import tempfile
from pathlib import Path

from functions.complaints.region import region_from_dict
from infra.checks.finding import Finding, templates
from infra.checks.nag import nag
from infra.checks.spectral import spectral
from infra.checks.tools import bandit, cfn_lint, checkov
from infra.checks.waivers import WAIVERS, judge
from infra.checks.whole_region import write_whole_region
from infra.packaging.openapi import document
from infra.region import load_region_file


def findings() -> list[Finding]:
    with tempfile.TemporaryDirectory() as name:
        regions, assembly = Path(name) / "regions", Path(name) / "assembly"
        regions.mkdir()
        found = nag(write_whole_region(regions), assembly)
        written = templates(assembly)
        region = load_region_file("whole", folder=regions)
        print(f"cdk-nag and cfn-guard: {len(found)}")
        for tool, some in (
            ("cfn-lint", [each for stack in written.items() for each in cfn_lint(*stack)]),
            ("checkov", checkov(written)),
            ("bandit", bandit()),
            ("spectral", spectral(document(region_from_dict(json.loads(region.compiled))))),
        ):
            print(f"{tool}: {len(some)}")
            found += some
    return found


def main() -> int:
    judged = judge(findings())
    for finding in judged.unexplained:
        print(f"{finding.tool} {finding.rule} at {finding.at}: {finding.text}")
    for waiver in judged.needless:
        print(f"needless waiver: {waiver.tool} {waiver.rule} at {', '.join(waiver.at)}")
    print(f"{len(judged.unexplained)} findings not explained; {len(WAIVERS)} waivers")
    return int(bool(judged.unexplained or judged.needless))


if __name__ == "__main__":
    sys.exit(main())
