"""What we sign, the official JavaScript library verifies: 10,000 random messages, and none that was tampered with."""

import json
import random
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from functions.notify.webhooks.signature import new_key_pair, new_secret, signed_headers
from infra.toolchain import PAGES, TOOLS, environment, tool

HERE = Path(__file__).parent / "javascript"
MESSAGES = 10_000
PARTS = (
    "Қарағанды", "ә ғ қ ң ө ұ ү һ і", "Павлодар", "\U0001f573\ufe0f", "\u2028\u2029", '"\\/', "\x7f", "\ud7ff",
    "é\u0301", "a",
)  # fmt: skip


@pytest.fixture(scope="module")
def verifier(tmp_path_factory):
    """The library at its locked version and hash, as a program finds it that has it beside itself."""
    folder = tmp_path_factory.mktemp("javascript")
    shutil.copy(HERE / "verify.mjs", folder)
    (folder / "node_modules").symlink_to(PAGES / "node_modules")
    node = tool(TOOLS / "node")

    def verify(messages):
        done = subprocess.run(
            [node, "verify.mjs"],
            cwd=folder,
            env=environment(),
            input="\n".join(json.dumps(each) for each in messages),
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        return json.loads(done.stdout)

    return verify


def message(chance, number, *, secret, others=()):
    text = "".join(chance.choices(PARTS, k=chance.randrange(12)))
    payload = {
        "type": "complaint.assigned",
        "timestamp": "2026-03-03T04:05:06.789Z",
        "data": {"number": number, "text": text},
    }
    body = json.dumps(payload, ensure_ascii=chance.random() < 0.5, separators=(",", ":"))
    headers = signed_headers(
        message_id=f"msg_{number:032x}",
        timestamp=datetime.now(UTC),
        body=body.encode(),
        secrets=chance.sample([secret, *others], k=1 + len(others)),
    )
    return {"secret": secret, "body": body, "headers": headers}


def test_ten_thousand_random_messages_are_verified_with_either_secret_of_a_rotation(verifier):
    chance = random.Random(20260303)
    secrets = [new_secret(chance.randint(24, 64)) for _ in range(40)]
    messages = []
    for number in range(MESSAGES):
        secret, other = chance.sample(secrets, k=2)
        others = [(), (other,), (new_key_pair().secret_key,)][number % 3] if number % 50 else (other,)
        messages.append(message(chance, number, secret=secret, others=others))
    answers = verifier(messages)
    assert len(answers) == MESSAGES
    assert set(answers) == {"ok"}


def test_a_message_that_was_tampered_with_is_refused(verifier):
    chance = random.Random(7)
    secret = new_secret()
    wrong = []
    for number in range(300):
        good = message(chance, number, secret=secret)
        headers = dict(good["headers"])
        match number % 4:
            case 0:
                wrong.append(good | {"body": good["body"].replace("assigned", "answered")})
            case 1:
                wrong.append(good | {"secret": new_secret()})
            case 2:
                wrong.append(good | {"headers": headers | {"webhook-id": "msg_other"}})
            case 3:
                late = str(int(headers["webhook-timestamp"]) - 1)
                wrong.append(good | {"headers": headers | {"webhook-timestamp": late}})
    assert set(verifier(wrong)) == {"No matching signature found"}
