"""`make demo`: deploys to the emulator, unless `make up` did, and plays the story of one complaint."""

import argparse
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local import emulator
from infra.local.assembly import SynthFailed, assembly, is_made
from infra.local.cast import cast
from infra.local.deployed import REGION_ID, Deployed, DeployFailed, deploy, deployed
from infra.local.front.desk import shown
from infra.local.front.process import Running
from infra.local.function_logs import errors
from infra.local.officers import demo_officers
from infra.local.region import prepared, region_in, regions_for
from infra.local.story import Scene, StoryFailed, Teller, play
from infra.region import REGIONS, RegionFault, load_region_file


def main(arguments: list[str] | None = None) -> int:
    """0 only if every step was seen to happen."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.demo", description=__doc__)
    parser.add_argument("--region", help="the region file whose bodies play; else of what `make up` runs")
    region_id = parser.parse_args(arguments).region
    # A terminal's Ctrl-C and a plain kill end the same way: what was started is ended. Both are set, for a shell's
    # background job ignores Ctrl-C from the start.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    try:
        with running(region_id) as here, cast(here) as players, desk_of(here, players.scene) as desk:
            print(f"\nWhile it is played, the desk is at {desk}", flush=True)
            print("\nThe story of one complaint\n", flush=True)
            try:
                shown = play(players, Teller(write=lambda line: print(line, flush=True)))
            except (StoryFailed, TimeoutError):
                for error in errors(here.emulator):
                    print(f"\n{error}", file=sys.stderr)
                raise
    except (
        StoryFailed,
        TimeoutError,
        RegionFault,
        SynthFailed,
        DeployFailed,
        emulator.EmulatorError,
    ) as failure:
        print(f"\nFAILED: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nended before its end", file=sys.stderr)
        return 130
    _print_history(shown)
    return 0


@contextmanager
def running(region_id: str | None = None) -> Iterator[Deployed]:
    """A deployment to play on: the one that `make up` left running, unless it is of another region, or one for this block
    alone.
    """
    known = emulator.find()
    if known is not None and region_id in (None, region_in(regions_for(known.state_dir))):
        step("using what `make up` started")
        yield deployed(known)
    else:
        with deployment(region_id, name="demo") as own:
            yield own


@contextmanager
def desk_of(here: Deployed, scene: Scene) -> Iterator[str]:
    """The desk's address: the one that `make up` left running, or one for this block."""
    left = Running.found(here.emulator.state_dir)
    if left is not None:
        yield left.desk
        return
    with shown(here, demo_officers(here, scene)) as server:
        yield server.desk


@contextmanager
def deployment(region_id: str | None = None, *, name: str) -> Iterator[Deployed]:
    """One for this block alone; `name` tells its state from others'. Of what went wrong the emulator's log is left."""
    state_dir = emulator.STATE_DIR.with_name(name)
    regions = prepared(region_id or REGION_ID, state_dir=state_dir)
    region = load_region_file(REGION_ID, folder=regions)
    folder = synthesised(regions)
    step("starting the emulator")
    with emulator.start(region=region.aws_region, account=region.account, state_dir=state_dir) as own:
        step("deploying with cdk")
        yield deploy(own, folder=folder)
    shutil.rmtree(state_dir)


def synthesised(regions: Path = REGIONS) -> Path:
    made = is_made(regions=regions)
    step("using the templates of before" if made else "synthesising the stacks (half a minute)")
    return assembly(regions=regions)


def step(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {what} ...", flush=True)


def _print_history(shown: dict[str, object]) -> None:
    print(f"\nHistory of {shown['number']}, as its reporter sees it\n")
    timeline = shown["timeline"]
    assert isinstance(timeline, list)
    for line in timeline:
        print(f"  {line['at']}  {line['title']}: {line['body']}")
    print("\nEvery step was seen to happen.")


if __name__ == "__main__":
    sys.exit(main())
