"""What a browser may do with what everybody may read, in the header fields of each: nothing is sent but to where the files
lie, and to where the region's base map does.
"""

from collections.abc import Mapping

from functions.edge.page_policy import page_policy, sources


def header_fields(*, files: str, base_map: str | None) -> Mapping[str, str]:
    """`files`: the origin of large ones, to which a reader is led on; `base_map`: the origin of a base map, if any."""
    return page_policy(
        workers="'self'",
        images=sources("'self' blob: data:", base_map),
        called=sources("'self'", files, base_map),
        forms="'self'",
    )


OPEN: Mapping[str, str] = {"access-control-allow-origin": "*"}
"""Of what is everybody's, pages of others may read too."""
