"""What is public, where the region's file opens a category: the function that writes the files, and the one that serves
them. The bucket stands in `storage`.
"""

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_s3 as s3

from functions.complaints import behind
from functions.edge import metrics as names
from functions.notify.publisher.progress import PK
from infra.stacks.alarms import MISSING_IS_BAD, Alarms, Told, own_metric
from infra.stacks.deployment import Deployment
from infra.stacks.function import Code, Function, allow, use_partitions, use_table
from infra.stacks.storage import Storage

PUBLISHER: Final = Code(
    handler="functions.notify.publisher.handler.handler",
    sources=("functions/notify/publisher",),
    lock="publisher",
    services=("dynamodb", "s3"),
    # A whole core: pages, and the map's compression, are nothing but work.
    memory=1769,
    # Less than a minute, after which it is called again: no two are at work.
    timeout=55,
)
SITE: Final = Code(
    handler="functions.notify.site.handler.handler",
    sources=("functions/notify/site",),
    lock="site",
    services=("s3",),
    # Nobody waits for a snapshot's sake: what it serves is kept before it, and by browsers.
    memory=512,
    timeout=25,
)
LATE_S: Final = 300
"""What changed is to be seen by everybody after so many seconds."""


def let_publish(publisher: Function, *, storage: Storage, public: s3.IBucket) -> None:
    """It reads complaints, and of the table writes how far it came and what it set aside."""
    mine = f"{behind.PREFIX}{behind.PUBLISHER}"
    use_table(publisher, storage.complaints, "Query", "Scan", indexes=("changes",))
    use_partitions(publisher, storage.complaints, PK, "GetItem", "PutItem")
    use_partitions(
        publisher,
        storage.complaints,
        mine,
        *("BatchGetItem", "GetItem", "PutItem", "UpdateItem", "DeleteItem"),
        indexes=("timers",),
    )
    allow(
        publisher,
        ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
        [public.arn_for_objects(each) for each in ("c/*", "open/*", "public/*")],
    )
    # Without it, an object that is not there looks forbidden.
    allow(publisher, ["s3:ListBucket"], [public.bucket_arn, storage.photos.bucket_arn])
    allow(publisher, ["s3:GetObject"], [storage.photos.arn_for_objects("public/*")])


def let_read(site: Function, *, public: s3.IBucket) -> None:
    allow(site, ["s3:GetObject"], [public.arn_for_objects(each) for each in ("c/*", "open/*", "public/*")])
    allow(site, ["s3:ListBucket"], [public.bucket_arn])


def unpublished(deployment: Deployment) -> cloudwatch.Metric:
    return own_metric(deployment, names.OLDEST_UNPUBLISHED, statistic="Maximum", period=Duration.minutes(5))


def ring_late(alarms: Alarms, *, deployment: Deployment) -> None:
    alarms.ring(
        "OldestUnpublished",
        Told(
            what="What changed over five minutes ago is not in the public files, or they are not being written.",
            section="oldest-unpublished",
        ),
        unpublished(deployment),
        above=LATE_S,
        of=(2, 2),
        missing=MISSING_IS_BAD,
    )
