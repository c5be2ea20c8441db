"""What walks the guides reads them as a reader does, and lets nothing else pass for what they show."""

import os
from pathlib import Path

import pytest

from tests.e2e.guide import Shell, Step, agrees, steps

PAGE = """
```sh
make up
```

```console
$ curl -s "$API/v1/complaints" \\
    -d '{"a":
         1}'
{"id": "01M8AFT5YZ0CJPZF97GHPZ349J", …}
$ said() {
    echo "$1"
  }
$ said done
done
```
"""


def test_commands_are_read_with_their_lines_and_what_is_shown() -> None:
    assert list(steps(PAGE)) == [
        Step(
            command='curl -s "$API/v1/complaints" \\\n    -d \'{"a":\n         1}\'',
            shown='{"id": "01M8AFT5YZ0CJPZF97GHPZ349J", …}\n',
            line=7,
        ),
        Step(command='said() {\n    echo "$1"\n  }', shown="", line=11),
        Step(command="said done", shown="done\n", line=14),
    ]


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        (
            '{"id":"01M8AFT5YZ0CJPZF97GHPZ349J","rest":…}',
            '{"id":"01M8BFT5YZ0CJPZF97GHPZ349K","rest":{"a":1}}',
        ),
        ("due 2026-11-25T23:17:07.033Z", "due 2027-01-02T03:04:05Z"),
        ("LCL-26-H2WX7E by 29 November, 19:01", "LCL-27-000001 by 3 May, 07:00"),
        ('"cursor": "abc"', '"cursor": "xyz"'),
        ("one\n  two", "one two\n"),
        ("", "whatever"),
    ],
)
def test_what_differs_by_its_nature_agrees(shown: str, printed: str) -> None:
    assert agrees(shown=shown, printed=printed)


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ('{"status": "assigned"}', '{"status": "submitted"}'),
        ('{"id":"01M8AFT5YZ0CJPZF97GHPZ349J"}', '{"id":null}'),
        ('"cursor": "abc"', '"cursor": null'),
        ("200", ""),
    ],
)
def test_what_says_something_else_does_not(shown: str, printed: str) -> None:
    assert not agrees(shown=shown, printed=printed)


def test_a_variable_is_there_for_the_next_command_and_a_fault_is_printed(tmp_path: Path) -> None:
    with Shell(folder=tmp_path, environment={"PATH": os.environ["PATH"]}) as shell:
        shell.run(Step(command="A=kept", shown="", line=1))
        assert shell.run(Step(command='echo "$A"; ls nowhere', shown="kept\nls: …", line=2)).startswith(
            "kept\nls:"
        )


def test_what_ended_badly_is_known_also_where_it_said_nothing(tmp_path: Path) -> None:
    with Shell(folder=tmp_path, environment={"PATH": os.environ["PATH"]}) as shell:
        for command, status in (("true", 0), ("false", 1), ("A=$(exit 3)", 3), ("A=b", 0)):
            shell.run(Step(command=command, shown="", line=1))
            assert shell.status == status


def test_what_only_looks_is_given_again_until_it_has_come(tmp_path: Path) -> None:
    (tmp_path / "late.sh").write_text("test -e seen && echo here; touch seen")
    with Shell(folder=tmp_path, environment={"PATH": os.environ["PATH"]}) as shell:
        assert "here" in shell.run(Step(command="bash late.sh", shown="here", line=1))
