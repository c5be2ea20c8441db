"""`make up`: the emulator with a deployment, left running, and how to use it."""

import sys

from infra.local import emulator
from infra.local.cast import AGENCY, agency_key
from infra.local.citizen import PASSWORD, sign_in
from infra.local.demo import step, synthesised
from infra.local.deployed import REGION_ID, Deployed, DeployFailed, deploy, deployed
from infra.region import load_region_file
from infra.toolchain import ROOT

CITIZEN = "demo-citizen"


def main() -> int:
    known = emulator.find()
    try:
        here = deployed(known) if known is not None else _started()
    except (DeployFailed, emulator.EmulatorError) as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 1
    citizen = sign_in(here, CITIZEN)
    print(
        f"""
API          {here.api_url}
Docs         {here.api_url}/docs
Emulator     {here.emulator.url}   (log: {here.emulator.log_path.relative_to(ROOT)})

A citizen, signed in for an hour (user {CITIZEN}, password {PASSWORD}):
  curl -H 'Authorization: Bearer {citizen.token}' {here.api_url}/v1/me

The body that answers for open manholes, {AGENCY}, with a key for a day:
  curl -H 'Authorization: Bearer {agency_key(here, AGENCY, name="up")}' {here.api_url}/v1/agency/complaints

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
