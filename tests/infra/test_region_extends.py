"""A file on top of another: what it says holds, and each value still knows where it was written."""

from infra.region.compile import compiled
from infra.region.document import read_document
from infra.region.lint import lint_regions
from tests.infra import small_region

OVER = """\
region: tiny
extends: small
number_prefix: TNY
name: {kk: Кішкене, ru: Крошечный, en: Tiny}
stage: local
categories:
  - id: open_manhole
    acknowledge_within: null
    answer_within: PT12S
    escalation_terms: [PT60S, PT30S]
    reminder: null
  - id: noise
    name: {kk: Шу, ru: Шум, en: Noise}
    group: town
    icon: volume_up
    danger: false
    acknowledge_within: null
    answer_within: PT30S
    escalation_terms: [PT5S]
    responsible: {default: city}
identity: {issuer: "http://127.0.0.1:9000", audience: app}
push: null
quiet_hours: null
webhooks: {allow_http: true}
"""


def write(folder, over: str = OVER):
    small_region.write(folder)
    return small_region.write(folder, yaml=over, name="tiny")


def tiny(folder) -> dict:
    return compiled(read_document(write(folder)))


def test_what_the_file_says_holds_and_the_rest_is_inherited(tmp_path):
    found = tiny(tmp_path)
    assert lint_regions(tmp_path) == []
    manhole = found["categories"]["open_manhole"]
    assert (manhole["acknowledge_within"], manhole["answer_within"]) == (None, "PT12S")
    assert manhole["escalation_terms"] == ["PT60S", "PT30S"]
    assert manhole["name"]["en"] == "Open manhole"
    assert manhole["responsible"] == {"default": "city", "districts": {}}
    assert list(found["categories"]) == ["open_manhole", "rubbish", "other", "noise"]
    assert found["id"] == "tiny"
    assert found["calendar"] == compiled(read_document(tmp_path / "small.yaml"))["calendar"]


def test_an_identity_provider_is_replaced_and_not_mixed(tmp_path):
    assert tiny(tmp_path)["identity"] == {"issuer": "http://127.0.0.1:9000", "audience": "app"}


def test_so_is_a_base_map(tmp_path):
    small_region.write(
        tmp_path, yaml=f"{small_region.YAML}base_map: {{style: https://a.example/style.json}}\n"
    )
    over = f"{OVER}base_map: {{pmtiles: https://a.example/city.pmtiles}}\n"
    file = small_region.write(tmp_path, yaml=over, name="tiny")
    assert compiled(read_document(file))["base_map"] == {"pmtiles": "https://a.example/city.pmtiles"}


def test_null_takes_away_what_may_be_absent(tmp_path):
    found = tiny(tmp_path)
    assert found["quiet_hours"] is None
    assert found["push"] == {"fcm": False, "apns": False}


def test_a_fault_is_found_where_it_was_written(tmp_path):
    write(tmp_path, OVER.replace("PT12S", "12s"))
    (tmp_path / "small.yaml").write_text(
        small_region.YAML.replace("parent: city,", "parent: town,"), encoding="utf-8"
    )
    found = {(one.file.name, one.rule, one.line) for one in lint_regions(tmp_path, ["tiny"])}
    assert ("tiny.yaml", "duration", 9) in found
    assert ("small.yaml", "unknown-agency", 25) in found


def test_a_file_must_say_which_region_it_is_and_does_not_inherit_that(tmp_path):
    write(tmp_path, OVER.replace("region: tiny\n", ""))
    assert [(one.file.name, one.rule, one.line) for one in lint_regions(tmp_path)] == [
        ("tiny.yaml", "missing-key", 1)
    ]
