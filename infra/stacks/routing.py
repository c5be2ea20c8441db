"""What calls the functions that react: the stream of events, and uploads of photos."""

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

from infra.stacks.dead_letters import keep_failed, seen_from
from infra.stacks.function import Function


def consume_stream(function: Function, *, table: dynamodb.Table, dead_letters: sqs.Queue) -> None:
    """Changes of complaints that brought an event, in order per complaint (an item of its own: `records.outbox`), several
    complaints at once. Erasing a person changes the item too, and takes its last event away.

    A record that fails is tried for a day: a deployment that breaks a function must not lose what came meanwhile."""
    with_event = lambda_.FilterCriteria.filter(
        {
            "eventName": lambda_.FilterRule.or_("INSERT", "MODIFY"),
            "dynamodb": {
                "NewImage": {
                    "kind": {"S": lambda_.FilterRule.is_equal("complaint")},
                    # What is asked for has to be a leaf.
                    "last_event": {"M": {"seq": {"N": lambda_.FilterRule.exists()}}},
                }
            },
        }
    )
    function.live.add_event_source(
        sources.DynamoEventSource(
            table,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=100,
            parallelization_factor=10,
            bisect_batch_on_error=True,
            report_batch_item_failures=True,
            retry_attempts=1000,
            max_record_age=Duration.hours(23),
            filters=[with_event],
            on_failure=sources.SqsDlq(dead_letters),
        )
    )


def on_upload(function: Function, *, bucket: s3.Bucket, dead_letters: sqs.Queue) -> sqs.IQueue:
    """Every object that lands in quarantine. Returns the queue of what could not be handled, as other rules may name it.

    The rule's own dead letters are what Lambda did not take; what it took and the function failed at, twice more
    again, goes by the function's.
    """
    dead = seen_from(function, "UploadDeadLetters", dead_letters)
    _on_object(function, "Uploaded", bucket=bucket, keys={"prefix": "quarantine/"}, dead=dead)
    return dead


def on_clean_photo(function: Function, *, bucket: s3.Bucket, dead_letters: sqs.Queue) -> None:
    """Every clean photo, and every mark that its public copy is to be made anew. The thumbnail beside a photo is none."""
    others = ["quarantine/*", "public/*", "*.thumb.jpg", "malware-protection-*"]
    dead = seen_from(function, "RedactionDeadLetters", dead_letters)
    _on_object(function, "Cleaned", bucket=bucket, keys={"anything-but": {"wildcard": others}}, dead=dead)


def _on_object(
    function: Function, id: str, *, bucket: s3.Bucket, keys: Mapping[str, object], dead: sqs.IQueue
) -> None:
    events.Rule(
        function,
        id,
        event_pattern=events.EventPattern(
            source=["aws.s3"],
            detail_type=["Object Created"],
            detail={"bucket": {"name": [bucket.bucket_name]}, "object": {"key": [keys]}},
        ),
        targets=[
            targets.LambdaFunction(
                function.live,
                retry_attempts=24,
                max_event_age=Duration.hours(6),
                dead_letter_queue=dead,
            )
        ],
    )
    keep_failed(function, dead)
