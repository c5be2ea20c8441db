"""What the firewall says to whom it refuses, as data: the firewall is made of it, and the document of the API shows it."""

from typing import Any, Final

from functions.edge.problems import TYPE_BASE

REFUSED: Final = "refused"
TOO_MANY: Final = "too-many"
ANSWERS: Final[dict[str, dict[str, Any]]] = {
    REFUSED: {
        "type": TYPE_BASE + "refused-by-firewall",
        "title": "Сұрау қабылданбады. Запрос отклонён. Request refused.",
        "status": 403,
        "detail": "Сұрау шабуылға ұқсайды. Запрос похож на атаку. The request looks like an attack.",
    },
    TOO_MANY: {
        "type": TYPE_BASE + "too-many-from-address",
        "title": "Сұрау тым көп. Слишком много запросов. Too many requests.",
        "status": 429,
        "detail": "Бес минуттан кейін қайталаңыз. Повторите через пять минут. Try again in five minutes.",
    },
}
"""In all three languages: the firewall knows no caller's."""
