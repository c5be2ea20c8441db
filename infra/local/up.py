"""`make up`: the emulator with a deployment, left running, and how to use it."""

import sys

from infra.local import emulator
from infra.local.assembly import SynthFailed
from infra.local.cast import AGENCY, agency_key
from infra.local.citizen import PASSWORD, sign_in
from infra.local.demo import step, synthesised
from infra.local.deployed import REGION_ID, Deployed, DeployFailed, deploy, deployed
from infra.region import load_region_file
from infra.toolchain import ROOT

CITIZEN = "demo-citizen"
SHELL = ROOT / ".local" / "up.sh"
"""Variables for a shell, so that the examples of the README can be run as they stand."""


def main() -> int:
    known = emulator.find()
    try:
        here = deployed(known) if known is not None else _started()
    except (SynthFailed, DeployFailed, emulator.EmulatorError) as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 1
    variables = {
        "API": here.api_url,
        "TOKEN": sign_in(here, CITIZEN).token or "",
        "KEY": agency_key(here, AGENCY, name="up"),
    }
    SHELL.write_text("".join(f"export {name}='{value}'\n" for name, value in variables.items()))
    print(
        f"""
API          {here.api_url}
Docs         {here.api_url}/docs
Emulator     {here.emulator.url}   (log: {here.emulator.log_path.relative_to(ROOT)})
Citizen      {CITIZEN}, password {PASSWORD}; signed in for an hour with the token in $TOKEN
Agency       {AGENCY}, which answers for open manholes; its key for a day is $KEY:
             {variables["KEY"]}

  source {SHELL.relative_to(ROOT)}       # sets API, TOKEN and KEY
  curl -H "Authorization: Bearer $TOKEN" $API/v1/me
  curl -H "Authorization: Bearer $KEY" $API/v1/agency/complaints

`make demo` plays on it; `make down` ends it."""
    )
    return 0


def _started() -> Deployed:
    folder = synthesised()
    region = load_region_file(REGION_ID)
    step("starting the emulator")
    own = emulator.start(
        port=emulator.DEFAULT_PORT, detached=True, region=region.aws_region, account=region.account
    )
    try:
        step("deploying with cdk")
        return deploy(own, folder=folder)
    except BaseException:
        own.stop()
        raise


if __name__ == "__main__":
    sys.exit(main())
