"""What a category asks beside the comment, and whether what was answered is an answer to it."""

from collections.abc import Iterator, Mapping

from functions.complaints.faults import FieldFault
from functions.complaints.region import Category, Question
from functions.complaints.wording import is_blank

MISSING = "missing"


def answer_faults(answers: Mapping[str, str], category: Category) -> Iterator[FieldFault]:
    """What is wrong with the answers, each fault with the question's id as its pointer."""
    questions = {question.id: question for question in category.questions}
    for question_id in answers:
        if question_id not in questions:
            yield FieldFault(pointer=question_id, key="unknown_question")
    for question in questions.values():
        found = _fault(question, answers.get(question.id, ""))
        if found is not None:
            yield found


def _fault(question: Question, given: str) -> FieldFault | None:
    if is_blank(given):
        return FieldFault(pointer=question.id, key=MISSING) if question.required else None
    if question.choices and given not in {choice["id"] for choice in question.choices}:
        return FieldFault(pointer=question.id, key="unknown_choice", params={"choices": question.choices})
    if question.kind == "number" and not _is_number(given):
        return FieldFault(pointer=question.id, key="wrong_type", params={"expected": "number"})
    return None


def _is_number(text: str) -> bool:
    """As a person types one: `12`, `-3.5`, `-3,5`."""
    whole, _, part = text.strip().removeprefix("-").replace(",", ".").partition(".")
    return all(digits.isascii() and digits.isdigit() for digits in ((whole, part) if part else (whole,)))
