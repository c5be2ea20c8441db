"""Which complaint an operator means."""


def complaint_id_of(text: str) -> str:
    """The id of the complaint with this id or number, as somebody may have read it out. Raises NotFound."""
    from functions.complaints.ids import is_id, read_number
    from functions.records.store import ComplaintStore

    return text if is_id(text) else ComplaintStore().by_number(read_number(text))
