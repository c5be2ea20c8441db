"""Which complaint an operator means."""


def complaint_id_of(text: str) -> str:
    """The id of the complaint with this id or number, as somebody may have read it out. Raises NotFound."""
    from functions.records.names import meant

    return meant(text)
