"""The user pool of a region that brings no issuer of its own.

Some of it holds for ever: what people sign in with, whether case counts, which attributes are required. CloudFormation
replaces a pool whose aliases change, with everybody in it, and Cognito refuses the rest.
Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-updating.html
"""

from typing import Final

from aws_cdk import Duration, Stack
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.region.schema import Issuer
from infra.stacks.deployment import Deployment

SENDER: Final = "Qamqor"
_SUBJECT: Final = "Qamqor: растау коды · код подтверждения · confirmation code"
# Cognito knows nobody's language yet when it sends the first one.
_BODY: Final = (
    "<p>Растау коды: <b>{####}</b>. Оны ешкімге айтпаңыз.</p>"
    "<p>Код подтверждения: <b>{####}</b>. Никому его не сообщайте.</p>"
    "<p>Confirmation code: <b>{####}</b>. Tell nobody.</p>"
)


class Identity(Construct):
    """The pool, and the app's client of it."""

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment, email: str | None) -> None:
        """`email` is who sends the codes; None for Cognito's own sender, which takes 50 a day."""
        super().__init__(scope, id)
        kept = not deployment.local
        self.pool = cognito.UserPool(
            self,
            "Pool",
            # The cheapest has all that is used: SRP, codes by e-mail, TOTP. It can be raised at any time.
            # Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-sign-in-feature-plans.html
            feature_plan=cognito.FeaturePlan.LITE,
            self_sign_up_enabled=True,
            sign_in_aliases=cognito.SignInAliases(username=True, email=True),
            # Aigerim@ and aigerim@ are one person.
            sign_in_case_sensitive=False,
            # Codes go there, and nowhere else.
            standard_attributes=cognito.StandardAttributes(
                email=cognito.StandardAttribute(required=True, mutable=True)
            ),
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            # A new address counts once it is confirmed: a slip of the hand locks nobody out.
            keep_original=cognito.KeepOriginalAttrs(email=True),
            user_verification=cognito.UserVerificationConfig(email_subject=_SUBJECT, email_body=_BODY),
            email=sender(deployment, email),
            password_policy=cognito.PasswordPolicy(
                min_length=12,
                require_lowercase=True,
                require_uppercase=True,
                require_digits=True,
                require_symbols=True,
            ),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            # No codes by SMS: they would cross foreign networks, and need a role that may send to any number.
            enable_sms_role=False,
            deletion_protection=kept,
            removal_policy=deployment.removal,
            # Whoever wants a second factor may have one; to demand it would shut out who has no second device.
            mfa=cognito.Mfa.OPTIONAL if kept else cognito.Mfa.OFF,
            mfa_second_factor=cognito.MfaSecondFactor(sms=False, otp=True),
        )
        self.client = self.pool.add_client(
            "App",
            # A password on the wire is for the emulator alone, which has no SRP.
            auth_flows=cognito.AuthFlow(user_srp=True, user_password=deployment.local),
            prevent_user_existence_errors=True,
            access_token_validity=Duration.hours(1),
            refresh_token_validity=Duration.days(90),
            disable_o_auth=True,
        )


def issuer_of(pool: cognito.IUserPool) -> str:
    """As it stands in the pool's tokens."""
    return f"https://cognito-idp.{Stack.of(pool).region}.amazonaws.com/{pool.user_pool_id}"


def sender_of(deployment: Deployment) -> str | None:
    """The address that the region sends e-mail from, whose domain is verified in SES; None where it has none."""
    identity = deployment.region.identity
    return None if isinstance(identity, Issuer) else identity.email


def sender(deployment: Deployment, email: str | None) -> cognito.UserPoolEmail:
    """Source: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-email.html"""
    if email is None:
        return cognito.UserPoolEmail.with_cognito()
    return cognito.UserPoolEmail.with_ses(
        from_email=email,
        from_name=SENDER,
        ses_region=deployment.region.aws_region,
        ses_verified_domain=email.rpartition("@")[2],
    )
