"""What every move of a person answers: the complaint in short, with the uploads of the photos that it declared."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_lambda_powertools.event_handler import Response, content_types

from functions.complaints.complaint import ActorKind, Complaint
from functions.complaints.region import Region
from functions.edge.language import Spoken
from functions.edge.telemetry import correlation_id, follow
from functions.edge.uploads import uploads_of
from functions.intake.api.views import ComplaintReceipt, receipt


@dataclass(frozen=True, kw_only=True)
class Receipts:
    """Receipts of one region's complaints, whose photos go to `bucket`."""

    region: Region
    bucket: str

    def shown(self, complaint: Complaint, *, speech: Spoken) -> ComplaintReceipt:
        return receipt(complaint, region=self.region, language=speech.language)

    def created(
        self, complaint: Complaint, photo_ids: Sequence[str], *, speech: Spoken
    ) -> Response[ComplaintReceipt]:
        """The answer to what declared photos: how to send those of them that have not come yet."""
        follow(complaint_id=complaint.id, correlation_id=correlation_id())
        uploads = uploads_of(complaint, by=ActorKind.CITIZEN, among=photo_ids, bucket=self.bucket)
        return Response(
            status_code=201,
            content_type=content_types.APPLICATION_JSON,
            body=receipt(complaint, uploads=uploads, region=self.region, language=speech.language),
            headers={"location": f"/v1/complaints/{complaint.id}"},
        )
