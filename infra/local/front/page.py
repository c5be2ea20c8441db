"""The page on which officers sign in, in three languages: Cognito's own stands there on AWS."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from string import Template
from typing import Final

from infra.local.front.officer import Officer

PATH: Final = "/oauth2/authorize"
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "kk": {
        "title": "Жұмыс үстеліне кіру",
        "username": "Пайдаланушы аты",
        "password": "Құпиясөз",
        "enter": "Кіру",
        "refused": "Пайдаланушы аты немесе құпиясөз дұрыс емес.",
        "here": "Бұл бет тек осы компьютерде бар.",
    },
    "ru": {
        "title": "Вход на рабочий стол",
        "username": "Имя пользователя",
        "password": "Пароль",
        "enter": "Войти",
        "refused": "Неверное имя пользователя или пароль.",
        "here": "Эта страница есть только на этом компьютере.",
    },
    "en": {
        "title": "Sign in to the desk",
        "username": "User name",
        "password": "Password",
        "enter": "Sign in",
        "refused": "The user name or the password is wrong.",
        "here": "This page is on this computer alone.",
    },
}
_PAGE: Final = Template("""<!doctype html>
<html lang="$language">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>$title</title>
<link rel="icon" href="data:,">
<h1>$title</h1>
$refused
$officers
<form method="post" action="$path">
$hidden
<p><label>$username <input name="username" autocomplete="username" required></label></p>
<p><label>$password <input name="password" type="password" autocomplete="current-password" required></label></p>
<p><button>$enter</button></p>
</form>
<p>$here</p>
</html>
""")
_ONE: Final = Template("""<form method="post" action="$path">
$hidden
<p><button>$enter: $title</button></p>
</form>""")


def sign_in_page(
    asked: Mapping[str, str], *, language: str, officers: Sequence[Officer], refused: bool = False
) -> str:
    """`asked`: the parameters of the authorization request (RFC 6749, section 4.1.1), which go on with the form."""
    words = WORDS[language]
    return _PAGE.substitute(
        {name: escape(text) for name, text in words.items()},
        language=language,
        path=PATH,
        hidden=_hidden(asked),
        refused=f'<p role="alert">{escape(words["refused"])}</p>' if refused else "",
        officers="\n".join(_buttons(asked, language=language, officers=officers)),
    )


def _buttons(asked: Mapping[str, str], *, language: str, officers: Sequence[Officer]) -> Iterator[str]:
    for each in officers:
        signing_in = {**asked, "username": each.username, "password": each.password}
        yield _ONE.substitute(
            path=PATH,
            hidden=_hidden(signing_in),
            enter=escape(WORDS[language]["enter"]),
            title=escape(each.title[language]),
        )


def _hidden(fields: Mapping[str, str]) -> str:
    return "\n".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in fields.items()
    )
