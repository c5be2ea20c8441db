"""What each figure means, beside the figures in the file itself: in kk, ru, en, and `sql`, which counts it again from the
rows of the months' files (`status <> 'hidden'`) in DuckDB's words.
"""

from collections.abc import Mapping
from typing import Final

_ANSWERED: Final = "answered_in_time is not null and overdue is distinct from 'true'"


def _said(kk: str, ru: str, en: str, *, sql: str) -> Mapping[str, str]:
    return {"kk": kk, "ru": ru, "en": en, "sql": sql}


def _those(condition: str) -> str:
    return f"count(*) filter (where {condition})"


def _spread(column: str) -> str:
    return f"count({column}), quantile_disc({column}, 0.5), quantile_disc({column}, 0.9)"


_JUDGED: Final = _those(f"({_ANSWERED}) or overdue = 'true'")
_IN_TIME: Final = f"({_ANSWERED}) and answered_in_time = 'true'"


DEFINITIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "received": _said(
        "Түскен жария өтініштер: қазір осы органда, санатта немесе ауданда тұрғандары. Жасырылғандары кірмейді.",
        "Поступившие публичные обращения, которые сейчас относятся к этому органу, категории или району. "
        "Скрытые не входят.",
        "Public complaints received that are now this body's, category's or district's. Hidden ones are not in it.",
        sql="count(*)",
    ),
    "in_time": _said(
        "Алғаш уәде етілген мерзімде жауап берілгендері; жауапты өтініш беруші теріске шығармаған.",
        "Ответ дан в первый обещанный срок и не отклонён заявителем.",
        "Answered within the term that was first promised, and the answer was not refuted.",
        sql=_those(_IN_TIME),
    ),
    "late": _said(
        "Жауап берілген, бірақ алғаш уәде етілген мерзімнен кеш.",
        "Ответ дан, но позже первого обещанного срока.",
        "Answered, but after the term that was first promised.",
        sql=_those(f"({_ANSWERED}) and answered_in_time = 'false'"),
    ),
    "overdue": _said(
        "Мерзімі өткен, жауап жоқ немесе жауап теріске шығарылған.",
        "Срок прошёл, а действующего ответа нет.",
        "A term has passed and no answer stands.",
        sql=_those("overdue = 'true'"),
    ),
    "judged": _said(
        "Жауап берілгендері және мерзімі өтіп, жауапсыз тұрғандары: үлес осылардан есептеледі.",
        "Отвеченные и просроченные без ответа: от их числа считается доля.",
        "Answered, and overdue without an answer: the share is of these.",
        sql=_JUDGED,
    ),
    "in_time_share": _said(
        "Мерзімінде жауап берілгендерінің үлесі: жауап берілгендері мен мерзімі өтіп, жауапсыз тұрғандарының "
        "ішінде. Үнсіздік көрсеткішті жақсартпайды.",
        "Доля ответов в срок среди всех отвеченных и просроченных без ответа. Молчание показатель не улучшает.",
        "The share answered in time, of all that were answered or are overdue without an answer. "
        "Silence never improves it.",
        sql=f"{_those(_IN_TIME)} / nullif({_JUDGED}, 0)",
    ),
    "rank": _said(
        "Мерзімінде жауап беру үлесі бойынша орны. Оннан аз жағдай болса, орын берілмейді.",
        "Место по доле ответов в срок. Если случаев меньше десяти, место не присваивается.",
        "The place by the share answered in time. Under ten cases there is none.",
        sql=f"rank() over (order by {_those(_IN_TIME)} / {_JUDGED} desc)",
    ),
    "open": _said(
        "Жұмыста, мерзімі әлі өткен жоқ.",
        "В работе, срок ещё не прошёл.",
        "Being worked on, and no term has passed.",
        sql=_those("status in ('assigned', 'acknowledged') and overdue is distinct from 'true'"),
    ),
    "given_up": _said(
        "Мерзім өтіп кеткеннен кейін, жауапсыз қайтарып алынғандары.",
        "Отозваны заявителем после пропущенного срока, без ответа.",
        "Withdrawn by the reporter after a missed term, without an answer.",
        sql=_those(
            "status = 'withdrawn' and missed_terms > 0 and answered_in_time is null and overdue is distinct from 'true'"
        ),
    ),
    "refuted": _said(
        "Өтініш беруші жауаппен кемінде бір рет келіспегендері.",
        "Заявитель хотя бы раз отклонил ответ: сделанное не было сделано.",
        "The reporter refuted an answer at least once: what was said to be done was not.",
        sql=_those("refuted > 0"),
    ),
    "confirmed": _said(
        "Өтініш беруші орындалғанын растағандары.",
        "Заявитель подтвердил, что сделано.",
        "The reporter confirmed that it was done.",
        sql=_those("confirmed = 'true'"),
    ),
    "escalated": _said(
        "Мерзім өткендіктен жоғары органға жеткізілгендері: сол деңгейге немесе одан жоғары жеткендерінің саны.",
        "Переданы вышестоящему органу из-за пропущенного срока: сколько дошли до этого уровня или выше.",
        "Escalated to a higher body for a missed term: how many have come to this level or further.",
        sql=_those("level >= ?"),
    ),
    "extended": _said(
        "Мерзімі кемінде бір рет ұзартылғандары.",
        "Срок хотя бы раз продлён.",
        "The term was extended at least once.",
        sql=_those("extended > 0"),
    ),
    "passed_on": _said(
        "Осында келгенше кемінде бір рет басқа органға берілгендері.",
        "Хотя бы раз переданы из одного органа в другой.",
        "Passed from one body to another at least once.",
        sql=_those("passed_on > 0"),
    ),
    "proofs": _said(
        "Жауабында дәлел фотосы барлары.",
        "Ответы с фотографией-доказательством.",
        "Answers with a photo as proof.",
        sql=_those("proof is not null"),
    ),
    "proofs_far": _said(
        "Дәлел фотосы өтініш орнынан алыста түсірілгендері.",
        "Фотография-доказательство снята далеко от места обращения.",
        "The proof was photographed far from the place.",
        sql=_those("proof = 'far'"),
    ),
    "proofs_reused": _said(
        "Дәлел фотосы бұрын қолданылғандары.",
        "Та же фотография уже использовалась.",
        "The proof is a photo that was used before.",
        sql=_those("proof_reused = 'true'"),
    ),
    "hours_to_acknowledge": _said(
        "Жұмысқа қабылдағанға дейінгі органның жұмыс сағаттары. Медиана: жартысында бұдан ұзақ болмаған; "
        "p90: оннан тоғызында бұдан ұзақ болмаған.",
        "Рабочие часы органа до принятия в работу. Медиана: в половине случаев не дольше; "
        "p90: в девяти случаях из десяти не дольше.",
        "Open hours of the body until it began work. Median: no longer in half of the cases; "
        "p90: no longer in nine of ten.",
        sql=_spread("hours_to_acknowledge"),
    ),
    "hours_to_answer": _said(
        "Жауап берілгенге дейінгі органның жұмыс сағаттары, тек жауап берілгендері бойынша. Медиана: жартысында "
        "бұдан ұзақ болмаған; p90: оннан тоғызында бұдан ұзақ болмаған.",
        "Рабочие часы органа до ответа, только по отвеченным. Медиана: в половине случаев не дольше; "
        "p90: в девяти случаях из десяти не дольше.",
        "Open hours of the body until it answered, of those answered alone. Median: no longer in half of the "
        "cases; p90: no longer in nine of ten.",
        sql=_spread("hours_to_answer"),
    ),
    "hidden": _said(
        "Жарияланымнан жасырылғандары: себебі әр өтініштің бетінде.",
        "Скрытые от публикации: причина указана на странице каждого.",
        "Hidden from the public: the page of each says why.",
        sql=_those("status = 'hidden'"),
    ),
}
