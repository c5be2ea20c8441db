"""`make pushes`: what SNS was asked to send to phones, as they would show it, read from the emulator's recording."""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from infra.local import emulator
from infra.local.recording import calls

_LOOK_EVERY_S: Final = 0.5


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """One push. `platform` is `fcm` or `apns`, `data` what the app is given, `at` in seconds of the Unix epoch."""

    at: float
    platform: str
    title: str
    body: str
    data: Mapping[str, str]

    @property
    def shown(self) -> str:
        at = time.strftime("%H:%M:%S", time.localtime(self.at))
        lines = (self.title, self.body, json.dumps(self.data, ensure_ascii=False))
        return f"{at}  {self.platform:<5} " + "\n                ".join(lines)


def pushes(running: emulator.Emulator, *, since: float = 0) -> dict[str, Pushed]:
    """What was published to phones at `since` or later, by the call's id, oldest first."""
    published = (call for call in calls(running, since=since, service="sns") if call.action == "Publish")
    found = ((call.id, decoded(call.parameters, at=call.at)) for call in published)
    return {id: push for id, push in found if push is not None}


def decoded(parameters: Mapping[str, Any], *, at: float) -> Pushed | None:
    """What of a `Publish` the phone gets whose endpoint it names; None where it names none."""
    kind, _, endpoint = str(parameters.get("TargetArn", "")).rpartition(":")[2].partition("/")
    # AWS names an endpoint `endpoint/GCM/…`, the emulator by its application, `app/GCM/…`.
    if kind not in ("endpoint", "app"):
        return None
    platform = endpoint.partition("/")[0]
    payload = json.loads(json.loads(parameters["Message"])[platform])
    if platform == "GCM":
        message = payload["fcmV1Message"]["message"]
        return Pushed(at=at, platform="fcm", **message["notification"], data=message["data"])
    alert = payload.pop("aps")["alert"]
    return Pushed(at=at, platform="apns", **alert, data=payload)


def followed(running: emulator.Emulator, *, seconds: float | None) -> Iterator[Pushed]:
    """Each push from now on, for so long; without end where `seconds` is None."""
    since = time.time()
    end = None if seconds is None else time.monotonic() + seconds
    seen: set[str] = set()
    while True:
        for id, push in pushes(running, since=since).items():
            if id not in seen:
                seen.add(id)
                since = push.at
                yield push
        if end is not None and time.monotonic() >= end:
            return
        time.sleep(_LOOK_EVERY_S)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.local.pushes", description=__doc__)
    parser.add_argument(
        "--for", dest="seconds", type=float, metavar="SECONDS", help="without it, until Ctrl-C"
    )
    seconds = parser.parse_args(arguments).seconds
    running = emulator.find()
    if running is None:
        print("Nothing runs here: `make up` first.", file=sys.stderr)
        return 1
    try:
        for push in followed(running, seconds=seconds):
            print(push.shown, flush=True)
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
