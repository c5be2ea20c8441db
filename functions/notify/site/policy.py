"""What a browser may do with what everybody may read, in the header fields of each: nothing is sent but to where the files
lie.
"""

from collections.abc import Mapping

from functions.edge.page_policy import page_policy


def header_fields(*, files: str) -> Mapping[str, str]:
    """`files`: the origin of large ones, to which a reader is led on."""
    return page_policy(
        workers="'self' blob:", images="'self' blob: data:", called=f"'self' {files}", forms="'self'"
    )


OPEN: Mapping[str, str] = {"access-control-allow-origin": "*"}
"""Of what is everybody's, pages of others may read too."""
