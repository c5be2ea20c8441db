"""The phones that a person is signed in on, and whose a push token is: it moves with whoever signs in."""

import hashlib
from datetime import timedelta
from typing import ClassVar, Final

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from functions.records.attributes import InstantAttribute
from functions.records.conditional import collided, deleted
from functions.records.dynamodb import connection
from functions.records.people.table import PeopleTable, person_pk

# FCM drops a token that was not seen for 270 days; a phone that is in use says so at every start of the app.
# Source: https://firebase.google.com/docs/cloud-messaging/manage-tokens
DEVICE_KEPT: Final = timedelta(days=270)
DEVICES_MOST: Final = 10


class DeviceItem(PeopleTable):
    """A phone. The token itself is SNS's to keep; here is its digest.

    It has no time to live: DynamoDB would delete it and leave the endpoint at SNS, which nobody could find any more. After
    `live_until` it is told nothing, and it goes with its endpoint when the person signs in anywhere, or leaves.

    `language`: the phone's own, None where the app named none; `spoken`: the one that the app asked for when it signed in.
    """

    device_id = UnicodeAttribute()
    platform = UnicodeAttribute()
    endpoint_arn = UnicodeAttribute()
    token_digest = UnicodeAttribute()
    language = UnicodeAttribute(null=True)
    spoken = UnicodeAttribute(null=True)
    seen_at = InstantAttribute()
    live_until = InstantAttribute()

    @property
    def person(self) -> str:
        return str(self.pk).partition("#")[2]


class TokenItem(PeopleTable):
    """Whose a push token is; a phone that changes hands keeps its token."""

    SK: ClassVar = "token"

    sk = UnicodeAttribute(range_key=True, default=SK)
    person = UnicodeAttribute()
    device_id = UnicodeAttribute()
    endpoint_arn = UnicodeAttribute()


class Moved(Exception):
    """The token or the device changed hands meanwhile; look again."""


def device_sk(device_id: str) -> str:
    return f"device#{device_id}"


def token_pk(digest: str) -> str:
    return f"token#{digest}"


def normal_token(platform: str, token: str) -> str:
    """The one spelling of a token: APNs gives bytes, whose hexadecimal digits apps write in either case."""
    return token.lower() if platform == "apns" else token


def token_digest(platform: str, token: str) -> str:
    return hashlib.sha256(f"{platform}\n{normal_token(platform, token)}".encode()).hexdigest()


def device_of(person: str, device_id: str) -> DeviceItem | None:
    try:
        return DeviceItem.get(person_pk(person), device_sk(device_id), consistent_read=True)
    except DeviceItem.DoesNotExist:
        return None


def token_owner(digest: str) -> TokenItem | None:
    try:
        return TokenItem.get(token_pk(digest), TokenItem.SK, consistent_read=True)
    except TokenItem.DoesNotExist:
        return None


def sign_in(device: DeviceItem, *, before: DeviceItem | None, owner: TokenItem | None) -> None:
    """Give the token to the device's person and take it from whoever had it, in one transaction.

    `before` is the device, `owner` the token's owner as they were read. Raises Moved where either changed.
    """
    person = device.person
    token = TokenItem(
        token_pk(device.token_digest),
        person=person,
        device_id=device.device_id,
        endpoint_arn=device.endpoint_arn,
    )
    held = (
        TokenItem.pk.does_not_exist()
        if owner is None
        else (TokenItem.person == owner.person) & (TokenItem.device_id == owner.device_id)
    )
    same = (
        DeviceItem.pk.does_not_exist() if before is None else DeviceItem.token_digest == before.token_digest
    )
    try:
        with TransactWrite(connection=connection()) as transaction:
            transaction.save(token, condition=held)
            transaction.save(device, condition=same)
            if owner is not None and (owner.person, owner.device_id) != (person, device.device_id):
                transaction.delete(DeviceItem(person_pk(owner.person), device_sk(owner.device_id)))
            if before is not None and before.token_digest != device.token_digest:
                transaction.delete(TokenItem(token_pk(before.token_digest), TokenItem.SK))
    except TransactWriteError as error:
        if collided(error):
            raise Moved from error
        raise


def release_token(device: DeviceItem) -> bool:
    """Give up the device's hold on its token; whether nobody has the token then. Whoever has it by now keeps it."""
    return deleted(
        TokenItem(token_pk(device.token_digest), TokenItem.SK),
        condition=TokenItem.pk.does_not_exist()
        | ((TokenItem.person == device.person) & (TokenItem.device_id == device.device_id)),
    )


def forget_device(device: DeviceItem) -> None:
    """Remove the device, unless it has another token by now. After its token: found again if this fails."""
    deleted(device, condition=DeviceItem.token_digest == device.token_digest)


def retire(device: DeviceItem) -> None:
    """The phone takes no more pushes."""
    release_token(device)
    forget_device(device)
