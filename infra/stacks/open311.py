"""Open311, where something is public: the function, and what it may do. It reads the public files, and files complaints."""

from typing import Final

from aws_cdk import aws_s3 as s3

from functions.complaints import partners
from functions.records.agencies.partners import PARTNERS
from infra.stacks.function import Code, Function, allow, use_partitions, use_table
from infra.stacks.storage import Storage

OPEN311: Final = Code(
    handler="functions.intake.open311.handler.handler",
    sources=("functions/intake",),
    lock="intake-api",
    services=("dynamodb", "s3"),
    # Five months of the busiest region in memory, and the core that reads them.
    # Programs ask it, which can wait two seconds more now and then.
    memory=1769,
    timeout=25,
)


def let_file_and_read(open311: Function, *, storage: Storage, public: s3.IBucket) -> None:
    """Of bodies and people it reaches partners alone."""
    use_table(open311, storage.complaints, "GetItem", "PutItem")
    use_partitions(open311, storage.agencies, PARTNERS, "GetItem", "UpdateItem")
    use_partitions(open311, storage.people, f"person#{partners.PREFIX}", "UpdateItem")
    allow(open311, ["s3:GetObject"], [public.arn_for_objects(each) for each in ("c/*", "open/*")])
    # Without it, an object that is not there looks forbidden.
    allow(open311, ["s3:ListBucket"], [public.bucket_arn])
