"""The words of a letter, and the request that sends it.

Header fields for leaving with one press: RFC 2369 (List-Unsubscribe) and RFC 8058 (List-Unsubscribe-Post).
"""

from typing import Any, Final

from functions.complaints.letters import Counts
from functions.complaints.texts import text

SENDER: Final = "Qamqor"
ONE_CLICK: Final = "List-Unsubscribe=One-Click"


def request_of(
    counts: Counts, *, name: str, address: str, sender: str, language: str, desk: str, unsubscribe: str
) -> dict[str, Any]:
    """The arguments of SES's `send_email`. Of complaints it has numbers alone."""
    lines = [
        name,
        text("letter.open", language, count=counts.open),
        text("letter.due_today", language, count=counts.due_today),
        text("letter.overdue", language, count=counts.overdue),
        text("letter.desk", language, link=desk),
        text("letter.why", language),
        text("letter.off", language, link=unsubscribe),
    ]
    return {
        "FromEmailAddress": f"{SENDER} <{sender}>",
        "Destination": {"ToAddresses": [address]},
        "Content": {
            "Simple": {
                "Subject": _utf8(text("letter.subject", language, count=counts.open)),
                "Body": {"Text": _utf8("\n\n".join(lines))},
                "Headers": [
                    {"Name": "List-Unsubscribe", "Value": f"<{unsubscribe}>"},
                    {"Name": "List-Unsubscribe-Post", "Value": ONE_CLICK},
                    {"Name": "Auto-Submitted", "Value": "auto-generated"},
                ],
            }
        },
    }


def _utf8(words: str) -> dict[str, str]:
    return {"Data": words, "Charset": "UTF-8"}
