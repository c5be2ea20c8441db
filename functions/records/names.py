"""Which complaint is meant by a name that people have for it.

Apart from the store, which workers load too: they are given ids alone.
"""

from functions.complaints.faults import NotFound
from functions.complaints.ids import is_id, read_number
from functions.records.tables import NumberItem


def meant(name: str) -> str:
    """The id of the complaint with this id or, as somebody typed it, this short number; raises NotFound.

    One request for a number, none for an id.
    """
    if is_id(name):
        return name
    number = read_number(name)
    if number is None:
        raise NotFound(name)
    try:
        return NumberItem.get(f"number#{number}", NumberItem.SK).complaint_id
    except NumberItem.DoesNotExist as error:
        raise NotFound(name) from error
