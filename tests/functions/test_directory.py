"""The region file's bodies and categories, as each deployment brings them."""

import json
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from unittest import mock

import pytest

from functions.complaints.region import region_from_dict
from functions.edge.custom_resource import Refused, answered
from functions.records.agencies.keys import create_key, keys_of
from functions.records.agencies.subscriptions import new_subscription, subscriptions_of
from functions.records.codec import worklist_key
from functions.records.store import ComplaintStore
from functions.records.tables import SHARDS, ComplaintItem, SupervisorItem
from functions.route.directory import load as directory_load
from functions.route.directory.load import NAMED_MOST, Loaded, load
from functions.route.directory.tables import DirectoryItem
from tests.core.story import START, assigned, filed
from tests.dynamodb import tables
from tests.functions.faults import aws_calls, run_again_until_done
from tests.region_fixture import RAW

NOW = datetime(2026, 3, 3, 4, 5, 6, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


@pytest.fixture(autouse=True)
def _tables():
    with tables():
        yield


@pytest.fixture
def region():
    return deepcopy(RAW)


def directory():
    return {item.sk: item for item in DirectoryItem.query(DirectoryItem.PK)}


def history():
    return list(DirectoryItem.query(DirectoryItem.HISTORY))


def hold(agency, complaint_id, *, shard=0, model=ComplaintItem):
    """An entry of the body's worklist, as an open complaint has one."""
    model(
        f"complaint#{complaint_id}",
        "complaint" if model is ComplaintItem else f"supervisor#{agency}",
        id=complaint_id,
        agency_id=agency,
        worklist=worklist_key(agency, shard),
        urgency=f"9999#{complaint_id}",
    ).save()


def without(region, agency):
    return region | {"agencies": {id: raw for id, raw in region["agencies"].items() if id != agency}}


def test_the_first_deployment_loads_everything(region):
    loaded = load(region, now=NOW)
    assert loaded.added == len(region["agencies"]) + len(region["categories"])
    assert directory()["agency#housing"].content == region["agencies"]["housing"]
    assert directory()["category#rubbish"].content == region["categories"]["rubbish"]
    assert history() == []


def test_loading_twice_changes_nothing(region):
    load(region, now=NOW)
    before = {sk: item.to_simple_dict() for sk, item in directory().items()}
    assert load(region, now=LATER) == Loaded(added=0, changed=0, removed=0)
    assert {sk: item.to_simple_dict() for sk, item in directory().items()} == before


def test_a_change_keeps_what_held_before(region):
    load(region, now=NOW)
    old = region["agencies"]["housing"]
    region["agencies"]["housing"] = old | {"name": {"kk": "Жаңа", "ru": "Новый", "en": "New"}}
    assert load(region, now=LATER) == Loaded(added=0, changed=1, removed=0)
    (kept,) = history()
    assert (kept.content, kept.since, kept.until) == (old, NOW, LATER)
    assert directory()["agency#housing"].since == LATER
    assert directory()["agency#housing"].content["name"]["en"] == "New"


def test_a_body_without_complaints_goes_and_is_remembered(region):
    load(region, now=NOW)
    agency = next(iter(region["agencies"]))
    assert load(without(region, agency), now=LATER).removed == 1
    assert f"agency#{agency}" not in directory()
    assert [item.sk.rpartition("#")[0] for item in history()] == [f"agency#{agency}"]


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("model", [ComplaintItem, SupervisorItem])
def test_a_body_that_holds_open_complaints_stays_and_is_named(region, shard, model):
    load(region, now=NOW)
    before = {sk: item.digest for sk, item in directory().items()}
    hold("housing", "01ARZ3NDEKTSV4RRFFQ69G5FAV", shard=shard, model=model)
    changed = without(region, "housing")
    changed["categories"] = {}
    with pytest.raises(Refused, match=r"agency housing: 1 \(01ARZ3NDEKTSV4RRFFQ69G5FAV\)"):
        load(changed, now=LATER)
    assert {sk: item.digest for sk, item in directory().items()} == before
    assert history() == []


def test_every_body_that_must_stay_is_named_at_once_with_some_of_its_complaints(region):
    load(region, now=NOW)
    first, second = list(region["agencies"])[:2]
    for number in range(NAMED_MOST + 2):
        hold(first, f"A{number}", shard=number % SHARDS)
    hold(second, "B0")
    with pytest.raises(Refused) as refusal:
        load(region | {"agencies": {}}, now=LATER)
    text = str(refusal.value)
    assert f"agency {second}: 1 (B0)" in text
    assert f"agency {first}: {NAMED_MOST + 2} (" in text
    assert "retired: {since" in text
    assert sum(f"A{number}" in text for number in range(NAMED_MOST + 2)) == NAMED_MOST


def test_more_than_can_be_counted_is_said_so_and_counted_no_further(region, monkeypatch):
    load(region, now=NOW)
    monkeypatch.setattr(directory_load, "COUNTED_MOST", 4)
    for number in range(9):
        hold("housing", f"A{number}", shard=number % SHARDS)
    with pytest.raises(Refused, match="agency housing: 4 or more"):
        load(without(region, "housing"), now=LATER)


@pytest.mark.parametrize("photos", [0, 1, None], ids=["submitted", "awaiting photos", "with a body"])
def test_a_category_that_has_open_complaints_stays_and_is_named(region, photos):
    load(region, now=NOW)
    story = assigned(region_from_dict(RAW)) if photos is None else filed(region_from_dict(RAW), photos=photos)
    store = ComplaintStore()
    for change in story.changes:
        store.write(change)
    changed = region | {"categories": {id: raw for id, raw in RAW["categories"].items() if id != "rubbish"}}
    with pytest.raises(Refused, match=rf"category rubbish: 1 \({story.complaint.id}\)"):
        load(changed, now=START)
    other = region | {"categories": {id: raw for id, raw in RAW["categories"].items() if id != "pothole"}}
    assert load(other, now=START).removed == 1


# --------------------------------------------------------------------------------------- answering
EVENT = {
    "RequestType": "Update",
    "ResponseURL": "https://cloudformation.example/answer",
    "StackId": "stack",
    "RequestId": "request",
    "LogicalResourceId": "Directory",
    "PhysicalResourceId": "directory",
}


@contextmanager
def answers():
    sent = []

    @contextmanager
    def urlopen(request, timeout):
        assert timeout > 0
        sent.append(json.loads(request.data))
        yield

    with mock.patch("urllib.request.urlopen", urlopen):
        yield sent


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (None, "SUCCESS", ""),
        (Refused("housing holds complaints"), "FAILED", "housing holds complaints"),
        (KeyError("a name of somebody"), "FAILED", "KeyError; see the log"),
        (TimeoutError(), "FAILED", "TimeoutError"),
    ],
)
def test_cloudformation_is_always_answered(error, status, said):
    def work(event):
        if error:
            raise error
        return "directory"

    with answers() as sent:
        answered(EVENT, SimpleNamespace(log_stream_name="stream"), work, physical_id="directory")
    (answer,) = sent
    assert answer["Status"] == status
    assert said in answer["Reason"]
    assert "somebody" not in answer["Reason"]
    assert {name: answer[name] for name in ("StackId", "RequestId", "PhysicalResourceId")} == {
        "StackId": "stack",
        "RequestId": "request",
        "PhysicalResourceId": "directory",
    }


def test_deleting_the_stack_leaves_the_directory(region, monkeypatch, tmp_path):
    file = tmp_path / "region.json"
    file.write_text(json.dumps(region))
    monkeypatch.setenv("REGION_FILE", str(file))
    from functions.route.directory.handler import handler

    with answers() as sent:
        handler(EVENT | {"RequestType": "Create"}, SimpleNamespace(log_stream_name="s"))
        loaded = set(directory())
        handler(EVENT | {"RequestType": "Delete"}, SimpleNamespace(log_stream_name="s"))
    assert [each["Status"] for each in sent] == ["SUCCESS", "SUCCESS"]
    assert loaded
    assert set(directory()) == loaded


def test_what_a_body_that_leaves_had_made_ends_with_it(region):
    load(region, now=NOW)
    for agency in ("roads", "housing"):
        create_key(agency, scopes=("read",), name="case system", expires_at=None, now=NOW)
        new_subscription(agency, url="https://example.org", types=("complaint.*",), secret="s", now=NOW)
    loaded = load(without(region, "roads"), now=LATER)
    assert (loaded.keys_ended, loaded.subscriptions_ended) == (1, 1)
    assert [key.is_valid(LATER) for key in keys_of("roads")] == [False]
    assert subscriptions_of("roads") == ()
    assert [key.is_valid(LATER) for key in keys_of("housing")] == [True]
    assert len(subscriptions_of("housing")) == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_whichever_call_fails_the_next_deployment_ends_it_all(region, when):
    steps = number = 0
    while number <= steps:
        with tables():
            load(region, now=NOW)
            create_key("roads", scopes=("read",), name="case system", expires_at=None, now=NOW)
            new_subscription("roads", url="https://example.org", types=("complaint.*",), secret="s", now=NOW)
            with aws_calls(fail=number, when=when) as calls:
                run_again_until_done(lambda: load(without(region, "roads"), now=LATER))
            steps = max(steps, len(calls.made) if number == 0 else steps)
            assert not any(key.is_valid(LATER) for key in keys_of("roads")), number
            assert subscriptions_of("roads") == (), number
            assert "agency#roads" not in directory(), number
        number += 1
    assert steps > 5
