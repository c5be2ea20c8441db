"""A complaint each quarter of an hour, in a category that nobody is offered: what fails for it fails for people.

CloudWatch Synthetics would do it for 42 dollars a year of its runs and a browser that is not needed; this is a function of
some cents. Source: https://aws.amazon.com/cloudwatch/pricing/ (0.0012 dollars a run)
"""

import io
import json
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct
from PIL import Image
from shapely import Polygon

from functions.complaints.region import region_from_dict
from functions.intake.canary.trial import PHOTO
from infra.stacks.deployment import Deployment
from infra.stacks.function import Code, Function, allow

CANARY: Final = Code(
    handler="functions.intake.canary.handler.handler",
    sources=("functions/intake/canary",),
    lock="platform-applications",
    services=("cognito-idp", "secretsmanager"),
    # Three promises, each with its patience, and the requests themselves.
    timeout=330,
)
SIGNED_IN_FOR: Final = Duration.days(3650)


class CanaryPerson(Construct):
    """How the canary signs in: a client of the pool that takes no password from anybody without rights in this account, and
    the secret into which an operator puts what it signs in with.
    """

    def __init__(self, scope: Construct, id: str, *, pool: cognito.IUserPool) -> None:
        super().__init__(scope, id)
        self.client = cognito.UserPoolClient(
            self,
            "Client",
            user_pool=pool,
            auth_flows=cognito.AuthFlow(admin_user_password=True),
            prevent_user_existence_errors=True,
            access_token_validity=Duration.minutes(10),
            refresh_token_validity=SIGNED_IN_FOR,
            disable_o_auth=True,
        )
        self.secret = secretsmanager.Secret(
            self, "Secret", description="What the canary signs in with: make ops DO='canary sign-in --apply'"
        )

    @property
    def client_id(self) -> str:
        return self.client.user_pool_client_id


def files() -> dict[str, bytes]:
    """The photo, as small as one may be that still shows something."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize((320, 240)).save(out, "JPEG", quality=60)
    return {PHOTO: out.getvalue()}


def environment(deployment: Deployment, person: CanaryPerson) -> dict[str, str]:
    category = deployment.region.canary
    assert category is not None
    return {
        "CANARY_CATEGORY": category,
        "CANARY_CLIENT_ID": person.client_id,
        "CANARY_PLACE": _inside(deployment),
        "CANARY_SECRET": person.secret.secret_arn,
    }


def let_sign_in(canary: Function, person: CanaryPerson) -> None:
    allow(canary, ["secretsmanager:GetSecretValue"], [person.secret.secret_arn])


def _inside(deployment: Deployment) -> str:
    """Latitude and longitude of a place in the widest part of the region."""
    region = region_from_dict(json.loads(deployment.region.compiled))
    widest = max((Polygon(rings[0], rings[1:]) for rings in region.boundary), key=lambda part: part.area)
    point = widest.representative_point()
    return f"{point.y:.5f} {point.x:.5f}"
