"""The user pool of bodies' officers, apart from the one of the people who report: nobody signs up, each is invited by a
head of the body or by the operator, and has a second factor.

What of it holds for ever is said in `infra.stacks.identity`.
"""

from typing import Final

from aws_cdk import Duration, Stack
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.stacks.deployment import Deployment
from infra.stacks.identity import sender

PAGE: Final = "/desk/"
ACCESS_FOR: Final = Duration.minutes(15)
WORKING_DAY: Final = Duration.hours(12)
"""Whoever goes home signs in anew the next morning."""
INVITED_FOR: Final = Duration.days(7)
_SUBJECT: Final = "Qamqor: шақыру · приглашение · invitation"


class Officers(Construct):
    """The pool, the desk's client of it, and the pages where officers sign in, which the emulator does not have: there
    they are the local front's.
    """

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment, email: str | None) -> None:
        """`email` is who sends invitations; None for Cognito's own sender."""
        super().__init__(scope, id)
        kept = not deployment.local
        self.pool = cognito.UserPool(
            self,
            "Pool",
            # With managed login; up to ten thousand a month are free.
            # Source: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-sign-in-feature-plans.html
            feature_plan=cognito.FeaturePlan.ESSENTIALS,
            self_sign_up_enabled=False,
            # The user's name is the officer's id; people know their e-mail address.
            sign_in_aliases=cognito.SignInAliases(username=True, email=True),
            sign_in_case_sensitive=False,
            standard_attributes=cognito.StandardAttributes(
                email=cognito.StandardAttribute(required=True, mutable=True)
            ),
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            keep_original=cognito.KeepOriginalAttrs(email=True),
            user_invitation=cognito.UserInvitationConfig(
                email_subject=_SUBJECT, email_body=_invitation(address_of(deployment))
            ),
            email=sender(deployment, email),
            password_policy=cognito.PasswordPolicy(
                min_length=12,
                require_lowercase=True,
                require_uppercase=True,
                require_digits=True,
                require_symbols=True,
                temp_password_validity=INVITED_FOR,
            ),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            enable_sms_role=False,
            deletion_protection=kept,
            removal_policy=deployment.removal,
            mfa=cognito.Mfa.REQUIRED if kept else cognito.Mfa.OFF,
            mfa_second_factor=cognito.MfaSecondFactor(sms=False, otp=True),
        )
        self.client = self.pool.add_client(
            "Desk",
            auth_flows=cognito.AuthFlow(
                # What the pages use; a password on the wire is for the emulator alone.
                user_srp=True,
                user_password=deployment.local,
                admin_user_password=deployment.local,
            ),
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
            access_token_validity=ACCESS_FOR,
            id_token_validity=ACCESS_FOR,
            refresh_token_validity=WORKING_DAY,
            o_auth=None if deployment.local else _code_flow(deployment),
            disable_o_auth=deployment.local,
        )
        if not deployment.local:
            self.pool.add_domain(
                "SignIn",
                cognito_domain=cognito.CognitoDomainOptions(domain_prefix=domain_prefix(deployment)),
                managed_login_version=cognito.ManagedLoginVersion.NEWER_MANAGED_LOGIN,
            )
            # Without a style, even Cognito's own, the newer pages are not served.
            cognito.CfnManagedLoginBranding(
                self,
                "Style",
                user_pool_id=self.pool.user_pool_id,
                client_id=self.client.user_pool_client_id,
                use_cognito_provided_values=True,
            )


def address_of(deployment: Deployment) -> str:
    """Where the desk is."""
    return f"https://{deployment.region.domain}{PAGE}" if deployment.region.domain else PAGE


def domain_prefix(deployment: Deployment) -> str:
    """No two of an AWS Region may be the same, whoever's they are."""
    return f"{deployment.name}-{deployment.region.account}"


def sign_in_pages(deployment: Deployment) -> str:
    """Where officers sign in; nothing where the desk's own front has the pages."""
    if deployment.local:
        return ""
    return f"https://{domain_prefix(deployment)}.auth.{deployment.region.aws_region}.amazoncognito.com"


def keys_of(pool: cognito.IUserPool, *, deployment: Deployment) -> str:
    """Where the pool's keys are; on the emulator below its own endpoint."""
    path = f"/{pool.user_pool_id}/.well-known/jwks.json"
    return path if deployment.local else f"https://cognito-idp.{Stack.of(pool).region}.amazonaws.com{path}"


def _code_flow(deployment: Deployment) -> cognito.OAuthSettings:
    """A client without a secret has to bring PKCE (RFC 7636), and the desk does."""
    page = address_of(deployment)
    return cognito.OAuthSettings(
        flows=cognito.OAuthFlows(authorization_code_grant=True, implicit_code_grant=False),
        scopes=[cognito.OAuthScope.OPENID],
        callback_urls=[page],
        logout_urls=[page],
    )


def _invitation(page: str) -> str:
    """Cognito wants the user's name in it too, which is the id by which the operator finds an officer."""
    once = "<b>{####}</b>"
    return (
        f"<p>Сізге Qamqor жүйесінде органыңыздың жұмыс орны ашылды: {page}. Осы электрондық пошта мекенжайымен және бір "
        f"реттік құпиясөзбен кіріңіз: {once}. Ол 7 күн жарамды.</p>"
        f"<p>Вам открыто рабочее место Вашего органа в системе Qamqor: {page}. Войдите по этому адресу электронной почты с "
        f"одноразовым паролем: {once}. Он действует 7 дней.</p>"
        f"<p>You have been invited to your body's desk at Qamqor: {page}. Sign in with this e-mail address and the "
        f"password {once}, which is good once and for 7 days.</p>"
        "<p>{username}</p>"
    )
