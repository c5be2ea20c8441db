"""Names in paths, of subscriptions, deliveries and keys. What cannot be one is not found, as what is another agency's."""

import re
from typing import Annotated, Final

from aws_lambda_powertools.event_handler.openapi.params import Path

from functions.complaints.ids import is_id
from functions.complaints.keys import ID_LENGTH
from functions.edge.fields import ID_FORM
from functions.edge.operations import naming
from functions.notify.webhooks.delivery import read_delivery_id

DELIVERY_ID_MOST: Final = 64
_KEY_ID: Final = f"^[0-9A-Za-z]{{{ID_LENGTH}}}$"


def _is_key_id(text: str) -> bool:
    return re.fullmatch(_KEY_ID, text) is not None


def _is_delivery_id(text: str) -> bool:
    return len(text) <= DELIVERY_ID_MOST and read_delivery_id(text) is not None


SubscriptionId = Annotated[
    str,
    Path(description="The subscription.", json_schema_extra=ID_FORM),
    naming(is_id),
]
DeliveryId = Annotated[
    str,
    Path(description="The delivery.", json_schema_extra={"maxLength": DELIVERY_ID_MOST}),
    naming(_is_delivery_id),
]
KeyId = Annotated[
    str,
    Path(description="The key's public id.", json_schema_extra={"pattern": _KEY_ID, "maxLength": ID_LENGTH}),
    naming(_is_key_id),
]
