"""The AWS emulator (MiniStack) as this project runs it: on the loopback only, its state inside the checkout,
in a process group of its own, and gone without a trace when it is stopped or when who started it dies.

    python -m infra.local.emulator start|stop|status
"""

import argparse
import contextlib
import json
import os
import shutil
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from infra.local import process_group
from infra.local.certificate import make_certificate
from infra.local.listening import LOOPBACK, listening
from infra.toolchain import EMULATOR_PYTHON, ROOT, TOOLS, environment, tool

DEFAULT_PORT: Final = 4566
STATE_DIR: Final = ROOT / ".local" / "emulator"

# It saves its state in this time, where it is told to keep it.
_GRACE_S: Final = 5.0


class EmulatorError(RuntimeError):
    """The emulator cannot be started, or died."""


@dataclass(kw_only=True)
class Emulator:
    """A running emulator. As a context manager it is stopped at the end of the block."""

    port: int
    pid: int
    started: str
    region: str
    account: str
    state_dir: Path
    log_path: Path
    certificate: Path | None
    detached: bool
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _lifeline: int | None = field(default=None, repr=False)
    _clients: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    _making: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @property
    def url(self) -> str:
        return f"{'https' if self.certificate else 'http'}://{LOOPBACK}:{self.port}"

    def variables(self) -> dict[str, str]:
        """The variables by which boto3, the `cdk` command and Lambda code call the emulator."""
        return _client_variables(
            url=self.url, region=self.region, account=self.account, certificate=self.certificate
        )

    def environment(self, **more: str) -> dict[str, str]:
        """A whole environment for a program that calls the emulator: nothing in it points anywhere else."""
        here = {name: value for name, value in environment().items() if not _points_elsewhere(name)}
        return here | self.variables() | more

    def client(self, service: str, **options: Any) -> Any:
        """A boto3 client of the emulator, whatever this process's own environment says of AWS and proxies; the same one
        each time where nothing is asked of it.
        """
        with self._making:
            if options:
                return self._made(service, **options)
            if service not in self._clients:
                self._clients[service] = self._made(service)
            return self._clients[service]

    def _made(self, service: str, *, config: Any = None, **options: Any) -> Any:
        from botocore.config import Config

        return self._session.client(
            service,
            endpoint_url=self.url,
            verify=str(self.certificate) if self.certificate else None,
            config=Config(proxies={}).merge(config or Config()),
            **options,
        )

    @cached_property
    def _session(self) -> Any:
        import boto3
        import botocore.session

        nowhere = {"profile": (None, None, None, None), "config_file": (None, None, os.devnull, None)}
        return boto3.Session(
            *("test", "test"),
            botocore_session=botocore.session.Session(session_vars=nowhere),
            region_name=self.region,
        )

    def opener(self) -> urllib.request.OpenerDirector:
        """For plain HTTP to the emulator: no proxy, and its certificate trusted."""
        trust = ssl.create_default_context(cafile=str(self.certificate)) if self.certificate else None
        return urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust)
        )

    def is_running(self) -> bool:
        return process_group.started_at(self.pid) == self.started and self.pid in process_group.members(
            self.pid
        )

    def stop(self) -> None:
        """End the emulator and every process that it started. Does nothing if it has ended already."""
        if self._process is not None or process_group.started_at(self.pid) == self.started:
            process_group.end(self.pid, grace_s=_GRACE_S)
        if self._process is not None:
            self._process.wait()
            self._process = None
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None
        _record_of(self.state_dir).unlink(missing_ok=True)
        shutil.rmtree(self.state_dir / "tmp", ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(
    *,
    port: int = 0,
    auth: bool = False,
    tls: bool = False,
    record: bool = True,
    detached: bool = False,
    region: str = "eu-central-1",
    account: str = "000000000000",
    state_dir: Path = STATE_DIR,
    log_path: Path | None = None,
    extra_env: Mapping[str, str] | None = None,
    timeout_s: float = 300,
) -> Emulator:
    """Start an emulator and return when it answers.

    `port` 0 takes a free one. `auth` enforces IAM policies. `record` keeps every AWS call with its
    parameters: see `infra.local.recording`. A `detached` one outlives this process and is found again by
    `find(state_dir)`; any other ends with this process, even if that is killed. `extra_env` goes to the
    emulator and its Lambda functions.

    Raises `EmulatorError` if one runs on `state_dir` already, the port is taken, or it does not
    answer in time.
    """
    if running := _recorded(state_dir):
        raise EmulatorError(f"an emulator is already running on {state_dir}, at {running.url}")
    listener = listening(port, refused=EmulatorError)
    port = listener.getsockname()[1]
    log_path = log_path or state_dir / "emulator.log"
    for folder in (state_dir / "tmp", state_dir / "home"):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    log_path.parent.mkdir(parents=True, exist_ok=True)
    certificate, key = make_certificate(state_dir / "tls") if tls else (None, None)
    environment = {
        **_own_environment(
            port=port, state_dir=state_dir, auth=auth, record=record, region=region, account=account
        ),
        **_client_variables(
            url=f"{'https' if tls else 'http'}://{LOOPBACK}:{port}",
            region=region,
            account=account,
            certificate=certificate,
        ),
        **(
            {"USE_SSL": "1", "MINISTACK_SSL_CERT": str(certificate), "MINISTACK_SSL_KEY": str(key)}
            if tls
            else {}
        ),
        **(extra_env or {}),
    }
    reading, lifeline = os.pipe()
    with listener, log_path.open("wb") as log:
        process = subprocess.Popen(
            [
                tool(EMULATOR_PYTHON),
                str(Path(__file__).with_name("emulator_process.py")),
                str(listener.fileno()),
                *([] if detached else ["--with-parent"]),
            ],
            stdin=subprocess.DEVNULL if detached else reading,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=state_dir,
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )
    os.close(reading)
    emulator = Emulator(
        port=port,
        pid=process.pid,
        started=process_group.started_at(process.pid) or "",
        region=region,
        account=account,
        state_dir=state_dir,
        log_path=log_path,
        certificate=certificate,
        detached=detached,
        _process=process,
        _lifeline=lifeline,
    )
    try:
        _write_record(emulator)
        _wait_until_it_answers(emulator, process, timeout_s=timeout_s)
    except BaseException:
        emulator.stop()
        raise
    return emulator


def find(state_dir: Path = STATE_DIR) -> Emulator | None:
    """The detached emulator that was started on `state_dir`, if it still runs."""
    emulator = _recorded(state_dir)
    return emulator if emulator and emulator.detached else None


# ------------------------------------------------------------------------------------------------- starting


def _own_environment(
    *, port: int, state_dir: Path, auth: bool, record: bool, region: str, account: str
) -> dict[str, str]:
    """All of it: nothing is inherited, since Lambda functions get the emulator's environment too."""
    return {
        "PATH": f"{TOOLS}{os.pathsep}{os.defpath}",
        "HOME": str(state_dir / "home"),
        "TMPDIR": str(state_dir / "tmp"),
        "STATE_DIR": str(state_dir / "state"),
        "S3_DATA_DIR": str(state_dir / "s3"),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "GATEWAY_PORT": str(port),
        "BIND_HOST": LOOPBACK,
        "MINISTACK_REGION": region,
        "MINISTACK_ACCOUNT_ID": account,
        "AUTH": "true" if auth else "false",
        "LAMBDA_EXECUTOR": "local",
        "CLOUDTRAIL_RECORDING": "1" if record else "0",
        "CLOUDTRAIL_MAX_EVENTS": "1000000",
        # Listeners on further ports that nothing here uses.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }


def _client_variables(*, url: str, region: str, account: str, certificate: Path | None) -> dict[str, str]:
    trust = {}
    if certificate:
        names = ("AWS_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
        trust = dict.fromkeys(names, str(certificate))
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "CDK_DEFAULT_ACCOUNT": account,
        "CDK_DEFAULT_REGION": region,
        **trust,
    }


def _points_elsewhere(name: str) -> bool:
    return name.startswith(("AWS_", "CDK_")) or name.lower() in ("http_proxy", "https_proxy", "all_proxy")


def _wait_until_it_answers(emulator: Emulator, process: subprocess.Popen[bytes], *, timeout_s: float) -> None:
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        if process.poll() is not None:
            raise EmulatorError(f"the emulator ended at its start:\n{_tail(emulator.log_path)}")
        with contextlib.suppress(urllib.error.URLError, TimeoutError, ConnectionError):
            if emulator.opener().open(f"{emulator.url}/_ministack/ready", timeout=5).status == 200:
                return
        time.sleep(0.05)
    raise EmulatorError(f"the emulator did not answer within {timeout_s:g} s:\n{_tail(emulator.log_path)}")


def _tail(log: Path, *, lines: int = 20) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


# ----------------------------------------------------------------------------------------------- its record


def _record_of(state_dir: Path) -> Path:
    return state_dir / "emulator.json"


def _recorded(state_dir: Path) -> Emulator | None:
    try:
        known = json.loads(_record_of(state_dir).read_text())
    except FileNotFoundError:
        return None
    for name in ("state_dir", "log_path", "certificate"):
        known[name] = known[name] and Path(known[name])
    emulator = Emulator(**known)
    return emulator if emulator.is_running() else None


def _write_record(emulator: Emulator) -> None:
    known = {name: value for name, value in vars(emulator).items() if not name.startswith("_")}
    _record_of(emulator.state_dir).write_text(json.dumps(known, default=str))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m infra.local.emulator", description="The local AWS emulator."
    )
    parser.add_argument("command", choices=["start", "stop", "status"])
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--auth", action="store_true", help="enforce IAM policies")
    parser.add_argument("--tls", action="store_true", help="serve https")
    chosen = parser.parse_args(arguments)
    running = find()
    match chosen.command:
        case "start" if running is None:
            try:
                running = start(port=chosen.port, auth=chosen.auth, tls=chosen.tls, detached=True)
            except EmulatorError as error:
                print(error, file=sys.stderr)
                return 1
        case "stop" if running is not None:
            running.stop()
            running = None
        case _:
            pass
    print(f"running at {running.url}, log in {running.log_path}" if running else "not running")
    return 0 if running or chosen.command == "stop" else 1


if __name__ == "__main__":
    sys.exit(main())
