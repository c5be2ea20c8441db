"""The stateless stack: wires functions to what calls them and to what they may touch, and nothing else."""

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from infra.stacks.api import PublicApi
from infra.stacks.budget import budget
from infra.stacks.canary import CanaryPerson
from infra.stacks.clock import call_by_the_clock
from infra.stacks.deployment import Deployment
from infra.stacks.directory import Directory
from infra.stacks.escalation import Watch
from infra.stacks.functions import Functions
from infra.stacks.malware import MalwareScan
from infra.stacks.network import Network, zones
from infra.stacks.notification import Deliveries, tell_of_failed_pushes
from infra.stacks.observability import Observability
from infra.stacks.rollout import Rollout
from infra.stacks.routing import consume_stream, on_clean_photo, on_upload
from infra.stacks.storage import Storage


class Service(Stack):
    """API, functions, queues and the state machine of one region."""

    def __init__(
        self, scope: Construct, id: str, *, deployment: Deployment, storage: Storage, openapi: bytes
    ) -> None:
        self._zones = zones(deployment)
        super().__init__(
            scope,
            id,
            stack_name=f"{deployment.name}-service",
            # Nothing that is kept is in it; but with it goes the API's address.
            termination_protection=not deployment.local,
        )
        dead = storage.dead_letters
        deliveries = Deliveries(self, "Deliveries", deployment=deployment, dead_letters=dead.deliveries)
        fixed = deployment.region.webhooks.fixed_addresses
        network = Network(self, "Network", deployment=deployment) if fixed else None
        pool = storage.user_pool
        canary = (
            CanaryPerson(self, "Canary", pool=pool) if deployment.region.canary and pool is not None else None
        )
        functions = Functions(
            self,
            "Functions",
            deployment=deployment,
            storage=storage,
            deliveries=deliveries,
            openapi=openapi,
            network=network,
            canary=canary,
        )
        watch = Watch(
            self,
            "Watch",
            deployment=deployment,
            escalate=functions.escalation.live,
        )
        functions.let_watch(watch)
        # A directory that is refused ends the deployment before any function works by the new region file.
        functions.node.add_dependency(
            Directory(self, "Directory", deployment=deployment, storage=storage).data
        )
        deliveries.connect(webhooks=functions.webhooks, requeue=functions.requeue, release=functions.release)
        unchecked = on_upload(functions.photos, bucket=storage.photos, dead_letters=dead.uploads)
        on_clean_photo(functions.redaction, bucket=storage.photos, dead_letters=dead.redaction)
        if deployment.region.malware_scan:
            MalwareScan(
                self, "MalwareScan", bucket=storage.photos, photos=functions.photos, dead_letters=unchecked
            )
        consume_stream(functions.assignment, table=storage.complaints, dead_letters=dead.assignment)
        consume_stream(functions.outbox, table=storage.complaints, dead_letters=dead.outbox)
        dead_letters = [dead.deliveries, dead.uploads, dead.redaction, dead.assignment, dead.outbox]
        if functions.failures is not None:
            tell_of_failed_pushes(functions.failures, topic=storage.push.failures, dead=dead.push_failures)
            dead_letters.append(dead.push_failures)
        if not deployment.local:
            Rollout(
                self,
                "Rollout",
                deployment=deployment,
                functions=functions.rolled_out,
                watched=functions.felt_at_once,
            )
        api = PublicApi(
            self, "Api", deployment=deployment, storage=storage, functions=functions, canary=canary
        )
        for each in (functions.canary, functions.letters, functions.publisher):
            if each is not None:
                each.function.add_environment("BASE_URL", api.url)
        call_by_the_clock(self, functions=functions, deployment=deployment)
        Observability(
            self,
            "Observability",
            deployment=deployment,
            storage=storage,
            functions=functions,
            watch=watch,
            deliveries=deliveries,
            api=api,
            dead_letters=dead_letters,
        )
        if deployment.region.budget is not None and not deployment.local:
            budget(self, "Budget", deployment=deployment, dollars=deployment.region.budget)
        self._outputs(api=api, storage=storage, watch=watch)

    def _outputs(self, *, api: PublicApi, storage: Storage, watch: Watch) -> None:
        """What people and tools need to know of a deployment; `infra.local` reads these and nothing else."""
        outputs = {
            "ApiUrl": api.url,
            "StateMachineArn": watch.state_machine.state_machine_arn,
            "ComplaintsTable": storage.complaints.table_name,
            "AgenciesTable": storage.agencies.table_name,
            "PeopleTable": storage.people.table_name,
            "DeliveriesTable": storage.deliveries.table_name,
            "PhotosBucket": storage.photos.bucket_name,
            "ChainHeadsBucket": storage.chain_heads.bucket_name,
        }
        if storage.public is not None:
            outputs["PublicBucket"] = storage.public.bucket_name
        if storage.user_pool is not None and storage.user_pool_client is not None:
            outputs["UserPoolId"] = storage.user_pool.user_pool_id
            outputs["UserPoolClientId"] = storage.user_pool_client.user_pool_client_id
        if storage.officers is not None:
            outputs["OfficersPoolId"] = storage.officers.pool.user_pool_id
            outputs["OfficersClientId"] = storage.officers.client.user_pool_client_id
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)

    @property
    def availability_zones(self) -> list[str]:
        """`ec2.Vpc` compares its own with these, and would have them looked up.
        Source: https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.Stack.html#availabilityzones
        """
        return self._zones
