"""The HTTPS API: routes, who is let in, and limits. JWT for people, keys for agencies, nothing for open data."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.region.schema import Issuer
from infra.stacks.canary import CanaryPerson
from infra.stacks.deployment import Deployment
from infra.stacks.edge import Origin
from infra.stacks.function import Function
from infra.stacks.functions import Functions
from infra.stacks.storage import Storage

GET, HEAD, POST, PUT, PATCH, DELETE = (
    apigateway.HttpMethod.GET,
    apigateway.HttpMethod.HEAD,
    apigateway.HttpMethod.POST,
    apigateway.HttpMethod.PUT,
    apigateway.HttpMethod.PATCH,
    apigateway.HttpMethod.DELETE,
)

Routes = dict[str, list[apigateway.HttpMethod]]

OPEN: Final[Routes] = {
    "/v1/region": [GET],
    "/v1/categories": [GET],
    "/v1/agencies": [GET],
    "/v1/overdue": [GET],
    "/v1/webhook-addresses": [GET],
    "/v1/public/{number}/flag": [POST],
    "/openapi.json": [GET],
    "/docs": [GET],
    "/docs/{file}": [GET],
}
DESK: Final[Routes] = {"/desk": [GET, HEAD], "/desk/{file}": [GET, HEAD]}
"""Open too: what is shown there is asked for with an officer's token. `/desk/` itself comes by the default route."""
PUBLIC: Final[Routes] = {
    "/": [GET, HEAD],
    "/c/{number}": [GET, HEAD],
    "/feeds/{kind}/{file}": [GET, HEAD],
    "/open/{file}": [GET, HEAD],
    "/public/{complaint}/{file}": [GET, HEAD],
    "/site/{file}": [GET, HEAD],
}
"""What everybody may read, where something is public."""
OPEN311: Final[Routes] = {
    "/open311/v2/{file}": [GET, POST],
    "/open311/v2/{kind}/{file}": [GET],
}
"""Open to everybody as the specification has it; a partner's key, which filing needs, comes in the form."""
CITIZEN: Final[Routes] = {
    "/v1/complaints": [GET, POST],
    "/v1/complaints/nearby": [GET],
    "/v1/complaints/{id}": [GET],
    "/v1/complaints/{id}/appeal": [GET],
    "/v1/complaints/{id}/join": [DELETE],
    "/v1/complaints/{id}/photos/skip": [POST],
    "/v1/complaints/{id}/photos/{photo_id}/upload": [POST],
    "/v1/complaints/{id}/{move}": [POST],
    "/v1/devices/{device_id}": [PUT, DELETE],
    "/v1/notifications": [GET],
    "/v1/notifications/read": [POST],
    "/v1/me": [GET, PATCH, DELETE],
}
AGENCY: Final[Routes] = {
    "/v1/agency/complaints": [GET],
    "/v1/agency/complaints/{id}": [GET],
    "/v1/agency/complaints/{id}/nearby": [GET],
    "/v1/agency/complaints/{id}/photos/{photo_id}/redact": [POST],
    "/v1/agency/complaints/{id}/{move}": [POST],
    "/v1/agency/bulk": [POST],
    "/v1/agency/counts": [GET],
}
SUBSCRIPTIONS: Final[Routes] = {
    "/v1/agency/changes": [GET],
    "/v1/agency/keys": [GET, POST],
    "/v1/agency/keys/{key_id}": [DELETE],
    "/v1/agency/keys/{key_id}/rotate": [POST],
    "/v1/agency/subscriptions": [GET, POST],
    "/v1/agency/subscriptions/{id}": [GET, PATCH, DELETE],
    "/v1/agency/subscriptions/{id}/{action}": [POST],
    "/v1/agency/subscriptions/{id}/deliveries": [GET],
    "/v1/agency/subscriptions/{id}/deliveries/{delivery_id}": [GET],
    "/v1/agency/subscriptions/{id}/deliveries/{delivery_id}/replay": [POST],
    "/v1/agency/templates": [GET, POST],
    "/v1/agency/templates/{id}": [PATCH, DELETE],
}
OFFICERS: Final[Routes] = {
    "/v1/agency/me": [GET, PATCH],
    "/v1/agency/officers": [GET, POST],
    "/v1/agency/officers/{id}": [PATCH, DELETE],
    "/v1/agency/officers/{id}/reset-second-factor": [POST],
}
LETTERS: Final[Routes] = {"/v1/letters/{token}": [GET, POST]}
"""Open to who has a letter."""
RATE: Final = 500
OPEN_RATE: Final = 50
"""Requests a second: of all callers together, and of all to one address that is open to everybody."""
REVOKED_WITHIN: Final = Duration.seconds(60)


class PublicApi(Construct):
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        storage: Storage,
        functions: Functions,
        canary: CanaryPerson | None,
    ) -> None:
        super().__init__(scope, id)
        domain = deployment.region.domain
        self.api = apigateway.HttpApi(
            self,
            "Http",
            api_name=deployment.name,
            create_default_stage=False,
            # With a domain there is one way in, through the firewall.
            disable_execute_api_endpoint=domain is not None,
        )
        stage = apigateway.HttpStage(
            self,
            "Stage",
            http_api=self.api,
            stage_name="$default",
            auto_deploy=True,
            throttle=apigateway.ThrottleSettings(rate_limit=RATE, burst_limit=2 * RATE),
        )
        resource = stage.node.default_child
        assert isinstance(resource, apigateway.CfnStage)
        self._log_access(resource, deployment=deployment)
        self.url = f"https://{domain}" if domain else self.api.api_endpoint
        if domain:
            Origin(self, "Origin", domain=domain, api=self.api, stage=stage)
        people = self._people(deployment=deployment, storage=storage, canary=canary)
        agencies = authorizers.HttpLambdaAuthorizer(
            "Agencies",
            functions.authorizer.live,
            response_types=[authorizers.HttpLambdaResponseType.SIMPLE],
            identity_source=["$request.header.Authorization"],
            results_cache_ttl=REVOKED_WITHIN,
        )
        intake = integrations.HttpLambdaIntegration("Intake", functions.intake_api.live)
        agency = integrations.HttpLambdaIntegration("Agency", functions.agency_api.live)
        subscriptions = integrations.HttpLambdaIntegration("Subscriptions", functions.subscriptions.live)
        officers = integrations.HttpLambdaIntegration("Officers", functions.officers_api.live)
        opened = self._route(OPEN, intake, None) + self._route(LETTERS, subscriptions, None)
        if functions.pages is not None:
            opened += self._desk(functions.pages)
        if functions.site is not None:
            site = integrations.HttpLambdaIntegration("Site", functions.site.live)
            opened += self._route(PUBLIC, site, None)
        if functions.open311 is not None:
            opened += self._route(
                OPEN311, integrations.HttpLambdaIntegration("Open311", functions.open311.live), None
            )
        self._limit(resource, opened)
        self._route(CITIZEN, intake, people)
        self._route(AGENCY, agency, agencies)
        self._route(SUBSCRIPTIONS, subscriptions, agencies)
        self._route(OFFICERS, officers, agencies)

    def _desk(self, pages: Function) -> list[apigateway.HttpRoute]:
        """An HTTP API refuses a route key that ends in a slash, and takes `/desk/` for no other: what no route is for goes
        to the page, which answers that nothing is there to all but that.
        Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
        """
        integration = integrations.HttpLambdaIntegration("Pages", pages.live)
        default = apigateway.HttpRoute(
            self,
            "AllElse",
            http_api=self.api,
            integration=integration,
            route_key=apigateway.HttpRouteKey.DEFAULT,
        )
        return [*self._route(DESK, integration, None), default]

    def _people(
        self, *, deployment: Deployment, storage: Storage, canary: CanaryPerson | None
    ) -> apigateway.IHttpRouteAuthorizer:
        identity = deployment.region.identity
        if isinstance(identity, Issuer):
            return authorizers.HttpJwtAuthorizer("People", identity.issuer, jwt_audience=[identity.audience])
        assert storage.user_pool is not None
        assert storage.user_pool_client is not None
        clients = [storage.user_pool_client, *([] if canary is None else [canary.client])]
        return authorizers.HttpUserPoolAuthorizer("People", storage.user_pool, user_pool_clients=clients)

    def _route(
        self,
        routes: Routes,
        integration: integrations.HttpLambdaIntegration,
        authorizer: apigateway.IHttpRouteAuthorizer | None,
    ) -> list[apigateway.HttpRoute]:
        return [
            route
            for path, methods in routes.items()
            for route in self.api.add_routes(
                path=path, methods=methods, integration=integration, authorizer=authorizer
            )
        ]

    def _limit(self, stage: apigateway.CfnStage, routes: Sequence[apigateway.HttpRoute]) -> None:
        """Of what anybody may call: one caller is not to use up what all have together."""
        stage.route_settings = {
            _key(route): {"ThrottlingRateLimit": OPEN_RATE, "ThrottlingBurstLimit": 2 * OPEN_RATE}
            for route in routes
        }
        for route in routes:
            # A stage is refused that speaks of a route which is not there yet.
            stage.node.add_dependency(route)

    def _log_access(self, stage: apigateway.CfnStage, *, deployment: Deployment) -> None:
        """Who called what with which result; no address, no token, nothing a person wrote."""
        group = logs.LogGroup(
            self,
            "AccessLogs",
            retention=logs.RetentionDays.THREE_MONTHS,
            removal_policy=deployment.removal,
        )
        stage.access_log_settings = apigateway.CfnStage.AccessLogSettingsProperty(
            destination_arn=group.log_group_arn,
            format='{"requestId":"$context.requestId","routeKey":"$context.routeKey",'
            '"status":"$context.status","latency":"$context.responseLatency",'
            '"error":"$context.error.messageString","length":"$context.responseLength"}',
        )


def _key(route: apigateway.HttpRoute) -> str:
    resource = route.node.default_child
    assert isinstance(resource, apigateway.CfnRoute)
    return resource.route_key
