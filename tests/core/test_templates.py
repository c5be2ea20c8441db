"""What can be filled in of a complaint, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.templates import PLACEHOLDERS, placeholder_fault


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", None),
        ("По обращению {number} в районе {district}: {category}, {category}.", None),
        ("{name}", "unknown_placeholder"),
        ("{ number }", "unknown_placeholder"),
        ("{Number}", "unknown_placeholder"),
        ("{}", "unknown_placeholder"),
        ("{number.__class__}", "unknown_placeholder"),
        ("{number", "stray_brace"),
        ("number}", "stray_brace"),
        ("{{number}}", "stray_brace"),
        ("}{number}{", "stray_brace"),
    ],
)
def test_a_stray_brace_and_a_strange_name_are_faults(text: str, key: str | None) -> None:
    assert placeholder_fault(text) == key


@given(st.text("{}number ", max_size=40))
def test_what_is_without_fault_is_filled_in_whole(text: str) -> None:
    if placeholder_fault(text) is None:
        filled = text
        for name in PLACEHOLDERS:
            filled = filled.replace(f"{{{name}}}", "")
        assert not set("{}") & set(filled)
