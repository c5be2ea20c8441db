"""Every route of the agency's door."""

from collections.abc import Sequence

from aws_lambda_powertools.event_handler.api_gateway import Router

from functions.route.api.answering import answering
from functions.route.api.around import around
from functions.route.api.assigning import assigning
from functions.route.api.bulk import bulk
from functions.route.api.conversing import conversing
from functions.route.api.correcting import correcting
from functions.route.api.desk import Desk
from functions.route.api.extending import extending
from functions.route.api.passing_on import passing_on
from functions.route.api.publishing import publishing
from functions.route.api.reading import reading
from functions.route.api.worklist import listing


def routes(*, desk: Desk, bucket: str) -> Sequence[Router]:
    return (
        listing(desk=desk, bucket=bucket),
        reading(desk=desk, bucket=bucket),
        answering(desk=desk, bucket=bucket),
        passing_on(desk),
        correcting(desk),
        extending(desk),
        conversing(desk),
        assigning(desk),
        publishing(desk),
        bulk(desk),
        around(desk),
    )
