"""`make demo`: deploys to the emulator, unless `make up` did, and plays the story of one complaint."""

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
from infra.local.function_logs import errors
from infra.local.story import StoryFailed, Teller, play
from infra.region import load_region_file


def main() -> int:
    """0 only if every step was seen to happen."""
    # A terminal's Ctrl-C and a plain kill end the same way: what was started is ended. Both are set, for a shell's
    # background job ignores Ctrl-C from the start.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    try:
        with running() as here, cast(here) as players:
            print("\nThe story of one complaint\n", flush=True)
            try:
                shown = play(players, Teller(write=lambda line: print(line, flush=True)))
            except (StoryFailed, TimeoutError):
                for error in errors(here.emulator):
                    print(f"\n{error}", file=sys.stderr)
                raise
    except (StoryFailed, TimeoutError, SynthFailed, DeployFailed, emulator.EmulatorError) as failure:
        print(f"\nFAILED: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nended before its end", file=sys.stderr)
        return 130
    _print_history(shown)
    return 0


@contextmanager
def running() -> Iterator[Deployed]:
    """A deployment to play on: the one that `make up` left running, or one for this block alone."""
    if (known := emulator.find()) is not None:
        step("using what `make up` started")
        yield deployed(known)
        return
    folder = synthesised()
    region = load_region_file(REGION_ID)
    step("starting the emulator")
    state_dir = emulator.STATE_DIR.with_name("demo")
    with emulator.start(region=region.aws_region, account=region.account, state_dir=state_dir) as own:
        step("deploying with cdk")
        yield deploy(own, folder=folder)


def synthesised() -> Path:
    step("using the templates of before" if is_made() else "synthesising the stacks (half a minute)")
    return assembly()


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
