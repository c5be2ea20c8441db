"""Where a photo's files are: no two share a place, and a key is read back as it was made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.records.photo_keys import (
    CLEAN,
    PUBLIC,
    QUARANTINE,
    REDACT,
    PhotoKey,
    clean_key,
    copies_prefix,
    public_key,
    public_thumbnail_key,
    quarantine_key,
    read_clean_key,
    read_quarantine_key,
    read_redact_key,
    redact_key,
    thumbnail_key,
)

IDS = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=26, max_size=26)


@given(complaint_id=IDS, photo_id=IDS, revisions=st.sets(st.integers(1, 999), min_size=2, max_size=2))
def test_every_file_has_a_place_of_its_own(complaint_id: str, photo_id: str, revisions: set[int]) -> None:
    keys = [make(complaint_id, photo_id) for make in (quarantine_key, clean_key, thumbnail_key, redact_key)]
    for revision in revisions:
        keys += [
            make(complaint_id, photo_id, revision=revision) for make in (public_key, public_thumbnail_key)
        ]
    assert len(set(keys)) == len(keys)
    prefixes = [QUARANTINE, CLEAN, CLEAN, REDACT] + [PUBLIC] * 4
    assert [key.startswith(prefix) for key, prefix in zip(keys, prefixes, strict=True)] == [True] * 8
    mine = copies_prefix(complaint_id, photo_id)
    assert [key.startswith(mine) for key in keys] == [False] * 4 + [True] * 4


@given(complaint_id=IDS, photo_id=IDS)
def test_a_key_is_read_back(complaint_id: str, photo_id: str) -> None:
    where = PhotoKey(complaint_id, photo_id)
    assert read_quarantine_key(quarantine_key(*where)) == where
    assert read_redact_key(redact_key(*where)) == where
    assert read_clean_key(clean_key(*where)) == where
    assert read_clean_key(thumbnail_key(*where)) is None


@pytest.mark.parametrize(
    "key",
    [
        "photos/",
        "photos/01A.jpg",
        "photos//01B.jpg",
        "photos/01A/.jpg",
        "photos/01A/01B",
        "photos/01A/01B.png",
        "photos/01A/01B/01C.jpg",
        "quarantine/01A/01B",
        "public/01A/01B.1.jpg",
    ],
)
def test_what_is_no_clean_photos_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="not the key of a clean photo"):
        read_clean_key(key)


@pytest.mark.parametrize("key", ["redact/01A", "redact/01A/", "redact/01A/01B/01C", "photos/01A/01B.jpg"])
def test_what_is_no_mark_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="not a key of redact/"):
        read_redact_key(key)
