"""Directory data: the deployment itself loads the bodies and categories, and fails where it must not go on."""

import hashlib
import json
from typing import Final

from aws_cdk import CustomResource
from constructs import Construct

from infra.stacks.deployment import Deployment
from infra.stacks.function import Code, Function, use_table
from infra.stacks.push import ANSWERED_WITHIN
from infra.stacks.storage import Storage

DIRECTORY: Final = Code(
    handler="functions.route.directory.handler.handler",
    sources=("functions/route/directory",),
    lock="route",
    services=("dynamodb",),
    timeout=120,
)


class Directory(Construct):
    def __init__(self, scope: Construct, id: str, *, deployment: Deployment, storage: Storage) -> None:
        super().__init__(scope, id)
        self.loader = Function(
            self,
            "Loader",
            deployment=deployment,
            code=DIRECTORY,
            environment={
                "AGENCIES_TABLE": storage.agencies.table_name,
                "COMPLAINTS_TABLE": storage.complaints.table_name,
            },
        )
        use_table(self.loader, storage.agencies, "Query", "GetItem", "PutItem", "UpdateItem", "DeleteItem")
        use_table(self.loader, storage.complaints, "BatchGetItem", indexes=("timers", "worklist"))
        self.data = CustomResource(
            self,
            "Data",
            service_token=self.loader.function.function_arn,
            resource_type="Custom::Directory",
            service_timeout=ANSWERED_WITHIN,
            properties={"Digest": _digest(deployment.region.compiled)},
        )
        # Not before the function may read the tables.
        self.data.node.add_dependency(self.loader.role)


def _digest(compiled: bytes) -> str:
    """A deployment that changes no body and no category has nothing to load."""
    region = json.loads(compiled)
    directory = {name: region[name] for name in ("agencies", "categories")}
    return hashlib.sha256(json.dumps(directory, sort_keys=True).encode()).hexdigest()
