"""What an agency is told of an endpoint that fails: by e-mail through a topic, and as a notice over the API.

Each message carries the agency's id as an attribute: the region file's `contact_email` is subscribed with a filter on it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from functions.complaints.clock import iso
from functions.notify.webhooks.endpoints import Endpoint, Endpoints, Notice

CLAIMED_FOR: Final = timedelta(minutes=5)
AGENCY_ATTRIBUTE: Final = "agency_id"
"""The message attribute that the subscriptions of agencies' addresses filter on."""
LANGUAGES: Final = ("kk", "ru", "en")

SUBJECTS: Final[Mapping[str, str]] = {
    "failing_1h": "Qamqor: webhooks have been failing for an hour",
    "failing_24h": "Qamqor: webhooks have been failing for a day",
    "failing_72h": "Qamqor: webhooks have been failing for three days",
    "pause_in_24h": "Qamqor: webhooks will be paused in 24 hours",
    "paused_failing": "Qamqor: webhooks are paused",
    "paused_gone": "Qamqor: webhooks are paused, the endpoint said 410 Gone",
}
"""Subjects of SNS e-mail are ASCII and below 100 characters (SNS API reference, Publish)."""

_SAID: Final[Mapping[str, Mapping[str, str]]] = {
    "failing": {
        "kk": "{url} мекенжайына хабарлама жеткізілмеуде, басталған уақыты: {since} (сәтсіз әрекет саны: {failures}). "
        "Ештеңе жоғалмайды: мекенжай жауап берген соң бәрі ретімен жіберіледі.",
        "ru": "На адрес {url} с {since} не доставляются сообщения (неудачных попыток: {failures}). "
        "Ничего не потеряно: когда адрес ответит, всё будет отправлено по порядку.",
        "en": "Nothing has been delivered to {url} since {since} (failed attempts: {failures}). "
        "Nothing is lost: once the endpoint answers, all of it is sent in order.",
    },
    "pause_in_24h": {
        "kk": "{url} мекенжайы жауап бермейді, басталған уақыты: {since}. 24 сағаттан кейін жазылым тоқтатылады; "
        "содан кейін оны API арқылы қайта қосу керек. Хабарламалар 30 күн сақталады.",
        "ru": "Адрес {url} не отвечает с {since}. Через 24 часа подписка будет приостановлена; "
        "после этого её нужно возобновить через API. Сообщения хранятся 30 дней.",
        "en": "{url} has not answered since {since}. In 24 hours the subscription will be paused "
        "and has to be resumed over the API then. Messages are kept for 30 days.",
    },
    "paused": {
        "kk": "{url} мекенжайына жазылым тоқтатылды. Хабарламалар 30 күн сақталады; "
        "мекенжай түзелген соң жазылымды API арқылы қайта қосыңыз.",
        "ru": "Подписка на адрес {url} приостановлена. Сообщения хранятся 30 дней; "
        "когда адрес будет исправен, возобновите её через API.",
        "en": "The subscription to {url} is paused. Messages are kept for 30 days; "
        "when the endpoint works again, resume it over the API.",
    },
}


type Key = tuple[str, datetime]


class Mailer:
    """Callable: sends an endpoint's unmailed notices, and notes that they are on their way.

    Whoever mails a notice claims it first, so that it is mailed once however many see it, and marks it after: what a
    crash leaves claimed is mailed by another when CLAIMED_FOR is over.
    """

    def __init__(
        self,
        *,
        topic_arn: str,
        endpoints: Endpoints,
        publish: Callable[..., Any],
        now: Callable[[], datetime],
    ) -> None:
        self._topic_arn, self._endpoints, self._publish, self._now = topic_arn, endpoints, publish, now

    def __call__(self, endpoint: Endpoint) -> Endpoint:
        """Raises what SNS raises; what was mailed before it is marked."""
        now = self._now()
        if not _unmailed(endpoint, now=now):
            return endpoint
        endpoint, notices = self._claimed(endpoint, now=now)
        sent: set[Key] = set()
        try:
            for notice in notices:
                self._publish(
                    TopicArn=self._topic_arn,
                    Subject=SUBJECTS[notice.kind],
                    Message=message_of(endpoint, notice),
                    MessageAttributes={
                        AGENCY_ATTRIBUTE: {"DataType": "String", "StringValue": endpoint.agency_id},
                        "kind": {"DataType": "String", "StringValue": notice.kind},
                    },
                )
                sent.add(_key(notice))
        finally:
            if sent:
                endpoint = self._endpoints.change(endpoint, lambda each: _with(each, sent, mailed=True))
        return endpoint

    def _claimed(self, endpoint: Endpoint, *, now: datetime) -> tuple[Endpoint, Sequence[Notice]]:
        """The notices that are now this one's to mail."""
        mine: Sequence[Notice] = ()

        def claim(each: Endpoint) -> Endpoint:
            nonlocal mine
            mine = _unmailed(each, now=now)
            return _with(each, set(map(_key, mine)), claimed_until=now + CLAIMED_FOR)

        return self._endpoints.change(endpoint, claim), mine


def message_of(endpoint: Endpoint, notice: Notice) -> str:
    """The text in all three languages; nothing in it but the agency's own URL, times and counts."""
    family = notice.kind if notice.kind in _SAID else notice.kind.partition("_")[0]
    health = endpoint.health
    facts = {
        "url": endpoint.url.partition("?")[0],
        "since": iso(health.failing_since or notice.at),
        "failures": health.failures,
    }
    texts = [_SAID[family][language].format(**facts) for language in LANGUAGES]
    footer = f"agency: {endpoint.agency_id}\nsubscription: {endpoint.subscription_id}"
    return "\n\n".join([*texts, footer])


def _unmailed(endpoint: Endpoint, *, now: datetime) -> Sequence[Notice]:
    return [
        notice
        for notice in endpoint.notices
        if not notice.mailed and (notice.claimed_until is None or notice.claimed_until <= now)
    ]


def _with(endpoint: Endpoint, keys: set[Key], **changes: Any) -> Endpoint:
    return replace(
        endpoint,
        notices=tuple(
            replace(notice, **changes) if _key(notice) in keys else notice for notice in endpoint.notices
        ),
    )


def _key(notice: Notice) -> Key:
    return notice.kind, notice.at
