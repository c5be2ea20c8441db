"""The officers' users in the region's user pool: each has the officer's id for a name, and an e-mail address to sign in
with.

Whatever is done here may be done again, and finds it done.
"""

from dataclasses import dataclass
from typing import Any

from functions.complaints.faults import Conflict
from functions.records.agencies.officers import LEFT, officer_named


@dataclass(frozen=True, kw_only=True, slots=True)
class Pool:
    """`cognito` is boto3's client of `cognito-idp`. `second_factor`: whether the pool asks for one, as every pool does but
    that of a developer's machine.
    """

    cognito: Any
    id: str
    second_factor: bool = True

    def invite(self, officer_id: str, *, email: str, again: bool) -> None:
        """A user with a password that is good once, which is sent to the address; to one that is there only if `again`.
        Raises Conflict where somebody else who has not left signs in with the address.
        """
        if self._is_there(officer_id):
            if again:
                self._create(officer_id, email=email, MessageAction="RESEND")
            return
        other = self._named(email)
        if other is not None:
            known = officer_named(other)
            if known is not None and known.state != LEFT:
                raise Conflict("officer_elsewhere")
            # Left, and took the address along.
            self._call("admin_delete_user", other)
        self._create(officer_id, email=email)

    def let_go(self, officer_id: str) -> None:
        """They sign in no more, and what they had opened ends."""
        self._call("admin_disable_user", officer_id)
        self._call("admin_user_global_sign_out", officer_id)

    def reset_second_factor(self, officer_id: str) -> None:
        """What they had opened ends, and when they sign in next, with their password, they set up a new factor.

        AdminSetUserMFAPreference would change nothing where a factor is required. Source:
        https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminDeleteSoftwareToken.html
        """
        self._call("admin_user_global_sign_out", officer_id)
        if self.second_factor:
            self._call("admin_delete_software_token", officer_id)

    def forget(self, officer_id: str) -> None:
        """Nothing is known of them any more."""
        self._call("admin_delete_user", officer_id)

    def _create(self, officer_id: str, *, email: str, **more: str) -> None:
        try:
            self.cognito.admin_create_user(
                UserPoolId=self.id,
                Username=officer_id,
                UserAttributes=[
                    {"Name": "email", "Value": email},
                    {"Name": "email_verified", "Value": "true"},
                ],
                DesiredDeliveryMediums=["EMAIL"],
                **more,
            )
        except self.cognito.exceptions.UsernameExistsException:
            # By the same request, which came twice at once.
            if not self._is_there(officer_id):
                raise Conflict("officer_elsewhere") from None
        except self.cognito.exceptions.AliasExistsException:
            raise Conflict("officer_elsewhere") from None

    def _is_there(self, officer_id: str) -> bool:
        return self._named(officer_id) is not None

    def _named(self, name: str) -> str | None:
        """The id of the officer with this id or address, None where there is no such user."""
        try:
            found = self.cognito.admin_get_user(UserPoolId=self.id, Username=name)
        except self.cognito.exceptions.UserNotFoundException:
            return None
        return str(found["Username"]).upper()

    def _call(self, operation: str, officer_id: str) -> None:
        """Of a user who is not there any more there is nothing to be done."""
        try:
            getattr(self.cognito, operation)(UserPoolId=self.id, Username=officer_id)
        except (
            self.cognito.exceptions.UserNotFoundException,
            self.cognito.exceptions.SoftwareTokenMFANotFoundException,
        ):
            return
