"""Officers of a local deployment, whom the desk lets in: of the story's body, and of the one above it."""

import contextlib
import hashlib
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from infra.local.citizen import PASSWORD
from infra.local.deployed import Deployed
from infra.local.front.client import officers_pool
from infra.local.front.officer import Officer
from infra.local.region import region_on
from infra.local.story import Scene
from infra.toolchain import ROOT

ROLES: Final[Mapping[str, Mapping[str, str]]] = {
    "viewer": {"kk": "бақылаушы", "ru": "наблюдатель", "en": "viewer"},
    "officer": {"kk": "қызметкер", "ru": "сотрудник", "en": "officer"},
    "head": {"kk": "басшы", "ru": "руководитель", "en": "head"},
}


_RECORD: Final = """
import sys
from functions.complaints.clock import utc_now
from functions.records.agencies import officers
from functions.records.agencies.table import agency_pk
id, email, agency_id, role, name = sys.argv[1:]
officers.OfficerItem(
    agency_pk(agency_id),
    officers.officer_sk(id),
    key_id=id,
    id=id,
    agency_id=agency_id,
    name=name,
    email=email,
    role=role,
    state=officers.ACTIVE,
    created_at=utc_now(),
    created_by="operator",
).save()
"""


def demo_officers(deployed: Deployed, scene: Scene) -> Sequence[Officer]:
    """Who works at the desk in the story: the first of them is signed in as the guides have it."""
    of_each = (("officer", scene.agency_id), ("head", scene.agency_id), ("head", scene.supervisor_id))
    return [make_officer(deployed, agency_id, role=role) for role, agency_id in of_each]


def make_officer(deployed: Deployed, agency_id: str, *, role: str) -> Officer:
    """An officer of the body, who is there already where one of that role was made before. Raises KeyError for no body."""
    region = region_on(deployed.emulator.state_dir)
    body = region.agencies[agency_id].name
    email = f"{role}-{re.sub(r'[^a-z0-9-]', '-', agency_id)}@example.test"
    # Of the form of any officer's, and the same each time.
    id = f"0{hashlib.sha256(email.encode()).hexdigest()[:25]}".upper()
    title = {language: f"{body[language]} ({word})" for language, word in ROLES[role].items()}
    _let_in(deployed, id, email=email)
    if deployed.officers_pool_id:
        _record(deployed, id, email, agency_id, role, title[region.languages[0]])
    return Officer(username=email, password=PASSWORD, title=title)


def _record(deployed: Deployed, *officer: str) -> None:
    """By a process of its own, as `infra.local.cast.agency_key` says why."""
    subprocess.run(
        [sys.executable, "-c", _RECORD, *officer],
        cwd=ROOT,
        env=deployed.emulator.environment(**deployed.tables()),
        check=True,
    )


def _let_in(deployed: Deployed, id: str, *, email: str) -> None:
    cognito = deployed.emulator.client("cognito-idp")
    pool, _ = officers_pool(deployed)
    with contextlib.suppress(cognito.exceptions.UsernameExistsException):
        cognito.admin_create_user(
            UserPoolId=pool,
            Username=id,
            MessageAction="SUPPRESS",
            UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
        )
    cognito.admin_set_user_password(UserPoolId=pool, Username=id, Password=PASSWORD, Permanent=True)
