"""A region deployed to the emulator by the real `cdk` command, and what its stack says of itself."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.local.assembly import assembly
from infra.local.emulator import Emulator
from infra.toolchain import ROOT, cdk

STAGE: Final = "qamqor-local"
REGION_ID: Final = "local"


class DeployFailed(RuntimeError):
    """`cdk` ended with an error; the message is what it printed last."""


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """The service stack's outputs on one emulator; no pool where people, or officers, sign in at an issuer of the region's
    own.
    """

    emulator: Emulator
    api_url: str
    user_pool_id: str
    client_id: str
    officers_pool_id: str
    officers_client_id: str
    state_machine_arn: str
    complaints_table: str
    agencies_table: str
    people_table: str
    deliveries_table: str
    photos_bucket: str

    def tables(self) -> dict[str, str]:
        """The variables from which the functions' own modules take their tables."""
        return {
            "COMPLAINTS_TABLE": self.complaints_table,
            "AGENCIES_TABLE": self.agencies_table,
            "PEOPLE_TABLE": self.people_table,
            "DELIVERIES_TABLE": self.deliveries_table,
            "PHOTOS_BUCKET": self.photos_bucket,
        }


def deploy(
    emulator: Emulator, *, folder: Path | None = None, stage: str = STAGE, bootstrapped: bool = False
) -> Deployed:
    """Deploy the stage's stacks, and before them bootstrap each AWS Region that the assembly names, unless that was done
    on this emulator; raises SynthFailed, DeployFailed.
    """
    made = folder or assembly()
    if not bootstrapped:
        _cdk(emulator, "bootstrap", "--app", str(made))
    _cdk(
        emulator,
        "deploy",
        f"{stage}/*",
        "--app",
        str(made),
        "--require-approval",
        "never",
        "--concurrency",
        "2",
    )
    return deployed(emulator, stage=stage)


def deployed(emulator: Emulator, *, stage: str = STAGE) -> Deployed:
    """What is deployed there; raises the CloudFormation error if nothing is."""
    stacks = emulator.client("cloudformation").describe_stacks(StackName=f"{stage}-service")["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stacks[0]["Outputs"]}
    return Deployed(
        emulator=emulator,
        api_url=_reachable(outputs["ApiUrl"], emulator),
        user_pool_id=outputs.get("UserPoolId", ""),
        client_id=outputs.get("UserPoolClientId", ""),
        officers_pool_id=outputs.get("OfficersPoolId", ""),
        officers_client_id=outputs.get("OfficersClientId", ""),
        state_machine_arn=outputs["StateMachineArn"],
        complaints_table=outputs["ComplaintsTable"],
        agencies_table=outputs["AgenciesTable"],
        people_table=outputs["PeopleTable"],
        deliveries_table=outputs["DeliveriesTable"],
        photos_bucket=outputs["PhotosBucket"],
    )


def _reachable(url: str, emulator: Emulator) -> str:
    """The emulator serves an API below a path too, which needs no name that a machine may not resolve."""
    api_id = url.split("//", 1)[1].split(".", 1)[0]
    return f"{emulator.url}/_aws/execute-api/{api_id}/$default"


def _cdk(emulator: Emulator, *arguments: str) -> None:
    done = subprocess.run(
        cdk(*arguments),
        cwd=ROOT,
        env=emulator.environment(
            CDK_DISABLE_CLI_TELEMETRY="true",
            # There it remembers which account a key is of, and every emulator has the same key.
            CDK_HOME=str(emulator.state_dir / "cdk"),
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        printed = (done.stdout + done.stderr).strip().splitlines()
        raise DeployFailed(f"cdk {arguments[0]} failed:\n" + "\n".join(printed[-60:]))
