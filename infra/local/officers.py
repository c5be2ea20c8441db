"""Officers of a local deployment, whom the desk lets in: of the story's body, and of the one above it."""

import contextlib
import re
from collections.abc import Mapping, Sequence
from typing import Final

from infra.local.citizen import PASSWORD
from infra.local.deployed import Deployed
from infra.local.front.client import officers_pool
from infra.local.front.officer import Officer
from infra.local.region import region_on
from infra.local.story import Scene

ROLES: Final[Mapping[str, Mapping[str, str]]] = {
    "viewer": {"kk": "бақылаушы", "ru": "наблюдатель", "en": "viewer"},
    "officer": {"kk": "қызметкер", "ru": "сотрудник", "en": "officer"},
    "head": {"kk": "басшы", "ru": "руководитель", "en": "head"},
}


def demo_officers(deployed: Deployed, scene: Scene) -> Sequence[Officer]:
    """Who works at the desk in the story: the first of them is signed in as the guides have it."""
    of_each = (("officer", scene.agency_id), ("head", scene.agency_id), ("head", scene.supervisor_id))
    return [make_officer(deployed, agency_id, role=role) for role, agency_id in of_each]


def make_officer(deployed: Deployed, agency_id: str, *, role: str) -> Officer:
    """An officer of the body, who is there already where one of that role was made before. Raises KeyError for no body."""
    region = region_on(deployed.emulator.state_dir)
    body = region.agencies[agency_id].name
    username = f"{role}-{re.sub(r'[^a-z0-9-]', '-', agency_id)}"
    _let_in(deployed, username)
    title = {language: f"{body[language]} ({word})" for language, word in ROLES[role].items()}
    return Officer(username=username, password=PASSWORD, title=title)


def _let_in(deployed: Deployed, username: str) -> None:
    cognito = deployed.emulator.client("cognito-idp")
    pool, _ = officers_pool(deployed)
    with contextlib.suppress(cognito.exceptions.UsernameExistsException):
        cognito.admin_create_user(
            UserPoolId=pool,
            Username=username,
            MessageAction="SUPPRESS",
            UserAttributes=[{"Name": "email", "Value": f"{username}@example.test"}],
        )
    cognito.admin_set_user_password(UserPoolId=pool, Username=username, Password=PASSWORD, Permanent=True)
