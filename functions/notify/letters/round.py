"""One round: every body that is to be written to now is, once a day, and one that fails keeps no other waiting."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from functions.complaints.letter_links import link_token
from functions.complaints.letters import letter_day
from functions.complaints.region import Agency, Region
from functions.complaints.texts import in_language
from functions.edge.telemetry import logger
from functions.notify.letters.letter import request_of
from functions.records.agencies.letters import claim, known_of, link_secret, unclaim
from functions.records.agencies.subscriptions import subscriptions_of
from functions.records.waiting import waiting_for


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """How many letters went out, and at how many bodies it failed."""

    letters: int
    failed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Letters:
    """`base_url` is the API's, which the desk stands at too; `send` is SES's `send_email`."""

    region: Region
    sender: str
    base_url: str
    send: Callable[..., Any]

    def __call__(self, *, now: datetime, going_on: Callable[[], bool] = lambda: True) -> Sent:
        letters = failed = 0
        for agency in self.region.agencies.values():
            if not going_on():
                break
            try:
                letters += self._written_to(agency, now=now)
            except Exception:
                logger.exception("letter not sent", extra={"agency": agency.id})
                failed += 1
        return Sent(letters=letters, failed=failed)

    def _written_to(self, agency: Agency, *, now: datetime) -> bool:
        if agency.contact_email is None:
            return False
        day = letter_day(agency, known_of(agency.id), region=self.region, now=now)
        if day is None or any(each.status == "active" for each in subscriptions_of(agency.id)):
            return False
        counts = waiting_for(agency.id, now=now, day_ends=self._day_ends(agency, day))
        if counts.open == 0 or not claim(agency.id, day=day, now=now):
            return False
        try:
            secret = link_secret(agency.id, address=agency.contact_email, language=agency.language, now=now)
            token = link_token(agency.id, address=agency.contact_email, secret=secret)
            request = request_of(
                counts,
                name=in_language(agency.name, agency.language),
                address=agency.contact_email,
                sender=self.sender,
                language=agency.language,
                desk=f"{self.base_url}/desk/",
                unsubscribe=f"{self.base_url}/v1/letters/{token}",
            )
            self.send(**request)
        except ClientError:
            # It was refused. What was not heard of may have gone out: that day has no second one.
            unclaim(agency.id, day=day, now=now)
            raise
        logger.info("letter sent", extra={"agency": agency.id})
        return True

    def _day_ends(self, agency: Agency, day: date) -> datetime:
        """The midnight after it, in the region's zone."""
        calendar = self.region.calendar_of(agency.id)
        local = calendar.local(calendar.opens_at(day))
        return datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=local.tzinfo)
