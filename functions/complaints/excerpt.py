"""The first words of what somebody wrote: as much as a line of a list has room for. Pure."""

from typing import Final

EXCERPT_MOST: Final = 140


def excerpt(text: str) -> str:
    """In one line and cut at a word, with an ellipsis where more follows; EXCERPT_MOST characters with it."""
    line = " ".join(text.split())
    if len(line) <= EXCERPT_MOST:
        return line
    room = line[:EXCERPT_MOST]
    words = room.rpartition(" ")[0] or room[:-1]
    return f"{words}…"
