"""The figures of the public files, counted each night."""

from typing import Final

from aws_cdk import aws_s3 as s3

from infra.stacks.function import Code, Function, allow

FIGURES: Final = Code(
    handler="functions.notify.figures.handler.handler",
    sources=("functions/notify/figures",),
    lock="figures",
    services=("s3",),
    # A whole core: a million complaints take 14 s of one, and 100 MiB.
    memory=1769,
    timeout=300,
)


def let_count(figures: Function, *, public: s3.IBucket) -> None:
    """It reads the months' files, and writes one of its own."""
    allow(figures, ["s3:ListBucket"], [public.bucket_arn])
    allow(figures, ["s3:GetObject"], [public.arn_for_objects("open/*")])
    allow(figures, ["s3:PutObject"], [public.arn_for_objects("open/figures.json")])
