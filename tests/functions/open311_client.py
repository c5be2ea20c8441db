"""A client of Open311 GeoReport v2 that knows the specification and nothing of this system: it begins at the address of a
discovery, reads XML, files, polls and follows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode
from xml.etree import ElementTree

type Ask = Callable[[str, str, str | None], tuple[int, str, str]]
"""Of a method, an address and a form: the status, the media type and the body."""

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"


class Refused(Exception):
    """The server said no: its status, and what its user is to be told."""

    def __init__(self, status: int, said: list[tuple[str, str]]) -> None:
        super().__init__(status, said)
        self.status, self.said = status, said


@dataclass
class Open311Client:
    discovery: str
    ask: Ask
    api_key: str = ""
    jurisdiction: str = ""

    def endpoint(self) -> str:
        """The specification's, if it gives XML."""
        found = self._read("GET", self.discovery)
        for each in found.iter("endpoint"):
            formats = [format.text for format in each.iter("format")]
            if each.findtext("specification") == SPECIFICATION and "text/xml" in formats:
                return str(each.findtext("url"))
        raise LookupError(SPECIFICATION)

    def services(self) -> dict[str, bool]:
        """Whether each has questions, by its code."""
        found = self._read("GET", self._address("services.xml"))
        return {
            str(each.findtext("service_code")): each.findtext("metadata") == "true"
            for each in found.iter("service")
        }

    def questions(self, code: str) -> list[tuple[str, bool, list[str]]]:
        """Code, whether an answer is required, and the keys that may be chosen."""
        found = self._read("GET", self._address(f"services/{code}.xml"))
        return [
            (
                str(each.findtext("code")),
                each.findtext("required") == "true",
                [str(value.findtext("key")) for value in each.iter("value")],
            )
            for each in sorted(found.iter("attribute"), key=lambda each: int(each.findtext("order") or 0))
        ]

    def file(self, code: str, *, lat: float, long: float, description: str, **more: str) -> str:
        """The new request's id: at once, or by way of a token."""
        form = {"api_key": self.api_key, "jurisdiction_id": self.jurisdiction, "service_code": code}
        form |= {"lat": str(lat), "long": str(long), "description": description} | more
        if self.services()[code]:
            form |= {
                f"attribute[{question}]": keys[0] if keys else "1"
                for question, required, keys in self.questions(code)
                if required
            }
        found = self._read("POST", self._address("requests.xml"), form)
        request = found.find("request")
        assert request is not None
        if token := request.findtext("token"):
            found = self._read("GET", self._address(f"tokens/{token}.xml"))
        return str(found.findtext("request/service_request_id"))

    def status(self, request_id: str) -> str | None:
        """None while the server does not know it yet."""
        try:
            found = self._read("GET", self._address(f"requests/{request_id}.xml"))
        except Refused as refused:
            if refused.status != 404:
                raise
            return None
        return found.findtext("request/status")

    def updates(self, request_id: str, *, since: str, until: str) -> dict[str, tuple[str, str]]:
        """Status and text, by the update's id; of one request, as mySociety's clients read them."""
        query = {"start_date": since, "end_date": until}
        found = self._read("GET", self._address("servicerequestupdates.xml", **query))
        return {
            str(each.findtext("update_id")): (
                str(each.findtext("status")),
                str(each.findtext("description")),
            )
            for each in found.iter("request_update")
            if each.findtext("service_request_id") == request_id
        }

    def _address(self, resource: str, **query: str) -> str:
        # Sent empty where there is none: the specification has both mean the same.
        return f"{self.endpoint()}/{resource}?{urlencode({'jurisdiction_id': self.jurisdiction} | query)}"

    def _read(self, method: str, address: str, form: Mapping[str, str] | None = None) -> ElementTree.Element:
        status, media_type, body = self.ask(method, address, None if form is None else urlencode(form))
        assert media_type.startswith("text/xml"), (media_type, body)
        found = ElementTree.fromstring(body.encode())
        if status >= 400:
            raise Refused(
                status,
                [(each.findtext("code") or "", each.findtext("description") or "") for each in found],
            )
        return found
