"""Signatures as the official library and an independent ed25519 verifier see them."""

import base64
import json
import random
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook, WebhookVerificationError

from functions.notify.webhooks.signature import new_key_pair, new_secret, public_key_of, sign, signed_headers
from tests.sweeps import draws

ALPHABET = 'абвғқңөұүһі ABC xyz "\\/\n\t.,{}[] 😀🇰🇿 \u2028\u00a0é漢字 \u0000\u001f'


def message(chance: random.Random) -> bytes:
    text = "".join(chance.choices(ALPHABET, k=chance.randrange(200)))
    data = {"type": "complaint.commented", "data": {"text": text, "n": chance.random()}}
    return json.dumps(data, ensure_ascii=chance.random() < 0.3, separators=(",", ":")).encode()


def verifies(public_key: str, headers: dict[str, str], body: bytes) -> bool:
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key.removeprefix("whpk_")))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    for signature in headers["webhook-signature"].split(" "):
        version, _, encoded = signature.partition(",")
        if version == "v1a":
            try:
                key.verify(base64.b64decode(encoded), signed)
            except InvalidSignature:
                continue
            return True
    return False


def test_thousands_of_messages_are_verified_under_both_keys_of_a_rotation():
    chance = random.Random(4)
    pair, old_pair = new_key_pair(), new_key_pair()
    for number in range(draws(gate=2_000, whole=10_000)):
        new, old = new_secret(chance.randint(24, 64)), new_secret(chance.randint(24, 64))
        body = message(chance)
        headers = signed_headers(
            message_id=f"msg_{number}",
            timestamp=datetime.now(UTC),
            body=body,
            secrets=[new, old, pair.secret_key, old_pair.secret_key] if number % 10 == 0 else [new, old],
        )
        expected = json.loads(body)
        assert Webhook(new).verify(body, headers) == expected
        assert Webhook(old).verify(body, headers) == expected
        if number % 10 == 0:
            assert verifies(pair.public_key, headers, body)
            assert verifies(old_pair.public_key, headers, body)


def test_a_changed_message_verifies_under_no_key():
    secret, pair = new_secret(), new_key_pair()
    body = b'{"type":"complaint.closed"}'
    headers = signed_headers(
        message_id="msg_1", timestamp=datetime.now(UTC), body=body, secrets=[secret, pair.secret_key]
    )
    for changed_headers, changed_body in [
        (headers, body + b" "),
        (headers | {"webhook-id": "msg_2"}, body),
        (headers | {"webhook-timestamp": str(int(headers["webhook-timestamp"]) - 1)}, body),
    ]:
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(changed_body, changed_headers)
        assert not verifies(pair.public_key, changed_headers, changed_body)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(body, headers)
    assert not verifies(new_key_pair().public_key, headers, body)


VECTOR = {
    "message_id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "timestamp": datetime.fromtimestamp(1614265330, tz=UTC),
    "body": b'{"test": 2432232314}',
}


def test_the_reference_libraries_own_vector():
    """The signature that the specification's reference libraries test themselves with."""
    signature = sign(**VECTOR, secrets=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_specifications_own_asymmetric_signature():
    """The `v1a` signature printed in Standard Webhooks 1.0.0, "Webhook headers", of the same message."""
    key = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
    assert sign(**VECTOR, secrets=[key]) == (
        "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="
    )


def test_signatures_stand_in_the_order_of_the_secrets():
    first, second, pair = new_secret(), new_secret(), new_key_pair()
    parts = sign(**VECTOR, secrets=[first, pair.secret_key, second]).split(" ")
    assert [part.partition(",")[0] for part in parts] == ["v1", "v1a", "v1"]
    assert parts[0] == sign(**VECTOR, secrets=[first])
    assert parts[2] == sign(**VECTOR, secrets=[second])


def test_the_timestamp_is_a_moment_whatever_its_zone():
    almaty = timezone(timedelta(hours=5))
    moment = VECTOR["timestamp"].replace(microsecond=999_999)
    secrets = [new_secret(), new_key_pair().secret_key]
    here = signed_headers(**(VECTOR | {"timestamp": moment.astimezone(almaty)}), secrets=secrets)
    assert here == signed_headers(**VECTOR, secrets=secrets)
    assert here["webhook-timestamp"] == "1614265330"


def test_secrets_are_random_and_of_the_length_asked_for():
    assert len({new_secret() for _ in range(1000)}) == 1000
    for size in (24, 32, 64):
        assert len(base64.b64decode(new_secret(size).removeprefix("whsec_"), validate=True)) == size
    for size in (0, 23, 65):
        with pytest.raises(ValueError, match="bytes"):
            new_secret(size)


def test_a_key_pair_belongs_together():
    pair = new_key_pair()
    assert public_key_of(pair.secret_key) == pair.public_key
    seed = base64.b64decode(pair.secret_key.removeprefix("whsk_"))[:32]
    assert public_key_of("whsk_" + base64.b64encode(seed).decode()) == pair.public_key
    assert len({new_key_pair().public_key for _ in range(50)}) == 50


@pytest.mark.parametrize(
    "secrets",
    [
        [],
        ["abc"],
        ["whpk_" + "A" * 43 + "="],
        ["whsec_"],
        ["whsk_"],
        ["whsk_AAAA"],
        ["whsk_?"],
        ["whsk_" + "A" * 86 + "=="],
    ],
)
def test_a_bad_secret_signs_nothing(secrets):
    with pytest.raises(Exception):  # noqa: B017, PT011  (the library has an error of its own for an empty secret)
        sign(**VECTOR, secrets=secrets)


@pytest.mark.parametrize("message_id", ["", "a.b", "a\nb", "қ"])
def test_a_message_id_that_blurs_what_is_signed_is_not_taken(message_id):
    with pytest.raises(ValueError, match="message id"):
        sign(**(VECTOR | {"message_id": message_id}), secrets=[new_secret()])


def test_a_naive_timestamp_is_not_taken():
    with pytest.raises(ValueError, match="aware"):
        sign(**(VECTOR | {"timestamp": datetime(2026, 3, 3)}), secrets=[new_secret()])  # noqa: DTZ001
