"""`make up`: the emulator with a deployment, left running, and how to use it."""

import argparse
import sys
from collections.abc import Sequence

from infra.local import emulator
from infra.local.assembly import SynthFailed
from infra.local.cast import agency_key
from infra.local.citizen import PASSWORD, Caller, sign_in
from infra.local.demo import step, synthesised
from infra.local.deployed import REGION_ID, Deployed, DeployFailed, deploy, deployed
from infra.local.front.desk import left_running
from infra.local.front.officer import Officer
from infra.local.front.process import FrontFailed
from infra.local.officers import demo_officers
from infra.local.region import prepared, region_in, region_on, regions_for
from infra.local.scene import scene_on
from infra.region import RegionFault, load_region_file
from infra.toolchain import ROOT

CITIZEN = "demo-citizen"
SHELL = ROOT / ".local" / "up.sh"
"""Variables for a shell, so that README and the guides can be followed as they stand."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.local.up", description=__doc__)
    parser.add_argument("--region", help="the region file that is deployed; else what local.yaml extends")
    parser.add_argument(
        "--port", type=int, default=emulator.DEFAULT_PORT, help="the emulator's; the desk has the next"
    )
    asked = parser.parse_args(arguments)
    region_id = asked.region
    known = emulator.find()
    if known is not None and region_id not in (None, runs := region_in(regions_for(known.state_dir))):
        print(f"{runs} runs at {known.url}: `make down` first", file=sys.stderr)
        return 1
    try:
        here = deployed(known) if known is not None else _started(region_id or REGION_ID, port=asked.port)
        scene, region = scene_on(here.emulator), region_on(here.emulator.state_dir)
        officers = demo_officers(here, scene)
        desk = left_running(here, officers).desk
    except (RegionFault, SynthFailed, DeployFailed, FrontFailed, emulator.EmulatorError) as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return 1
    variables = {
        "API": here.api_url,
        "TOKEN": sign_in(here, CITIZEN).token or "",
        "KEY": agency_key(here, scene.agency_id, name="up"),
        "DESK": desk,
        "OFFICER": officers[0].username,
        "CHECKOUT": str(ROOT),
    }
    signing_in = Caller(base=here.api_url, token=None).get("/v1/region").body["sign_in"]
    SHELL.write_text("".join(f"export {name}='{value}'\n" for name, value in variables.items()))
    print(
        f"""
Region       {region.name["en"]}
API          {here.api_url}
Docs         {here.api_url}/docs
Desk         {desk}   (in a browser: sign in by one button as one of the officers)
Emulator     {here.emulator.url}   (log: {here.emulator.log_path.relative_to(ROOT)})
Citizen      {CITIZEN}, password {PASSWORD}; signed in for an hour with the token in $TOKEN
Agency       {scene.agency_id}, which answers for {scene.category}; its key for a day is $KEY:
             {variables["KEY"]}
Officers     {_named(officers)}
             each with the password {officers[0].password}
Signing in   issuer    {signing_in["issuer"]}
             client id {signing_in["client_id"]}
             endpoint  {signing_in["endpoint"]}   (Cognito's API; how to sign up, in and refresh by curl stands at /docs)
             flows     {", ".join(signing_in["flows"])}

  source {SHELL.relative_to(ROOT)}       # sets API, TOKEN, KEY, DESK, OFFICER and CHECKOUT
  curl -H "Authorization: Bearer $TOKEN" $API/v1/me
  curl -H "Authorization: Bearer $KEY" $API/v1/agency/complaints
  eval "$(make -s citizen NAME=citizen-2)"     # signs another citizen up and in, and sets TOKEN
  eval "$(make -s key AGENCY=city_roads)"      # makes another body's key, and sets KEY
  eval "$(make -s officer AGENCY=city_roads ROLE=head)"     # makes another body's officer, and sets OFFICER

`make demo` plays on it; `make down` ends it."""
    )
    return 0


def _named(officers: Sequence[Officer]) -> str:
    lines = (f"{each.username:<24} {each.title['en']}" for each in officers)
    return "\n             ".join(lines)


def _started(region_id: str, *, port: int) -> Deployed:
    regions = prepared(region_id, state_dir=emulator.STATE_DIR)
    region = load_region_file(REGION_ID, folder=regions)
    folder = synthesised(regions)
    step("starting the emulator")
    own = emulator.start(port=port, detached=True, region=region.aws_region, account=region.account)
    try:
        step("deploying with cdk")
        return deploy(own, folder=folder)
    except BaseException:
        own.stop()
        raise


if __name__ == "__main__":
    sys.exit(main())
