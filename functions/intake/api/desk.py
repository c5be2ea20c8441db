"""What the desk needs to sign officers in: the pages of the deployment's own pool, or of the region's issuer."""

from collections.abc import Mapping
from typing import Annotated, Final

from functions.complaints.region import Region
from functions.edge.fields import View, described

POOL: Final = ("OFFICERS_CLIENT_ID", "OFFICERS_SIGN_IN")
"""In the environment, where the region has a pool of officers; without the second, the desk's own front has the pages."""
_SCOPE: Final = "openid"


class DeskView(View):
    """How officers of bodies sign in at the desk: OAuth's code flow with PKCE, by a client without a secret."""

    authorization_endpoint: Annotated[
        str, described("May be a path at the desk's own origin, as the others.")
    ]
    token_endpoint: str
    end_session_endpoint: Annotated[str | None, described("Null where there is no such place.")]
    client_id: str
    scope: str


def desk_of(region: Region, environment: Mapping[str, str]) -> DeskView | None:
    """None where bodies come by their systems alone. Raises KeyError where the region has a pool of officers and the
    environment does not say which.
    """
    said = region.raw.get("officers")
    if said is None:
        return None
    if "issuer" in said:
        return DeskView(
            authorization_endpoint=said["authorization_endpoint"],
            token_endpoint=said["token_endpoint"],
            end_session_endpoint=said.get("end_session_endpoint"),
            client_id=said["client_id"],
            scope=_SCOPE,
        )
    pages = environment.get("OFFICERS_SIGN_IN", "")
    return DeskView(
        authorization_endpoint=f"{pages}/oauth2/authorize",
        token_endpoint=f"{pages}/oauth2/token",
        end_session_endpoint=f"{pages}/logout" if pages else "/oauth2/logout",
        client_id=environment["OFFICERS_CLIENT_ID"],
        scope=_SCOPE,
    )
