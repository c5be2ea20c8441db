"""Every rule of the linter finds its fault: in the right file, at the right line, and nothing else with it."""

import copy
import re
from pathlib import Path

import pytest

from infra.region.finding import RULES, Finding
from infra.region.lint import lint_regions
from infra.region.rules import places
from tests.infra import small_region
from tests.infra.small_region import EAST, MIDDLE, NORTH, SOUTH, WEST, YAML, box, feature, features

COGNITO = "{provider: cognito, email: no-reply@example.org}"
ISSUER = (
    "{issuer: https://id.example.org, audience: desk, jwks_uri: https://id.example.org/keys, client_id: desk, "
    "authorization_endpoint: https://id.example.org/auth, token_endpoint: https://id.example.org/token, "
    "agency_claim: body, role_claim: role}"
)


def _officers(said: str, *, domain: str = "domain: api.example.org\n") -> tuple[str, str]:
    return "terms: {forward", f"officers: {said}\n{domain}terms: {{forward"


def _base_map(address: str, *, kind: str = "style") -> tuple[str, str]:
    return "terms: {forward", f"base_map: {{{kind}: {address}}}\nterms: {{forward"


# rule, what stands in the file, what is put there, the text of the line where it must be found
YAML_FAULTS = [
    ("yaml", "region: small", "region: [small", "name: {kk: Шағын"),
    ("yaml", "terms: {", "terms: {}\nterms: {", "terms: {forward"),
    ("yaml", "push: {fcm", "push: *elsewhere\nretired: {fcm", "push: *elsewhere"),
    ("unknown-key", "    reminder: PT30M", "    remainder: PT30M", "remainder"),
    ("unknown-key", "quiet_hours: {from", "quite_hours: {from", "quite_hours"),
    ("missing-key", "    danger: true\n", "", "- id: open_manhole"),
    ("missing-key", "    escalation_terms: [PT2H, PT1H]", "    escalation_terms: []", "escalation_terms: []"),
    ("missing-key", COGNITO, "{}", "identity: {}"),
    ("missing-key", COGNITO, "{issuer: https://id.example.org}", "identity:"),
    ("missing-language", "{kk: Қоқыс, ru: Мусор, en: Rubbish}", "{kk: Қоқыс, en: Rubbish}", "en: Rubbish"),
    ("bad-value", "{kk: Қоқыс, ru: Мусор, en: Rubbish}", '{kk: " ", ru: Мусор, en: Rubbish}', "en: Rubbish"),
    ("wrong-type", "    danger: true", '    danger: "yes"', 'danger: "yes"'),
    ("wrong-type", "    danger: true", "    danger: yes", "danger: yes"),
    ("wrong-type", '{account: "111122223333"', "{account: 111122223333", "account: 111122223333"),
    ("wrong-type", "alarms: {email: [duty@example.org]}", "alarms: {email: duty@example.org}", "alarms:"),
    ("bad-value", "kind: district_akimat", "kind: distrikt", "kind: distrikt"),
    ("bad-value", "times: 1", "times: 4", "times: 4"),
    ("bad-value", "terms: {", "limits: {photo_bytes: 26214401}\nterms: {", "limits: {"),
    ("bad-value", "terms: {", "limits: {joins_per_person_per_day: 0}\nterms: {", "limits: {"),
    ("bad-value", "country: KZ", "country: RU", "country: RU"),
    ("bad-value", 'short_days: {2026-12-31: "17:00"}', 'short_days: {31.12.2026: "17:00"}', "short_days"),
    ("id", "      - id: size", "      - id: Size", "- id: Size"),
    ("duplicate-id", "  - {id: oblast, kind", "  - {id: city, kind: akimat, parent: oblast, name: {kk: а, ru: б, en: c}}\n"
     "  - {id: oblast, kind", "{id: city, kind"),
    ("duplicate-id", "{id: small, text", "{id: big, text", "{id: big, text: {kk: Кіші"),
    ("duration", "    answer_within: PT4H", "    answer_within: 4h", "answer_within: 4h"),
    ("duration", "retention: {logs: P90D}", "retention: {photos: P3M}", "retention:"),
    ("extends", "region: small", "region: small\nextends: nowhere", "extends: nowhere"),
    ("extends", "region: small", "region: small\nextends: small", "extends: small"),
    ("region-id", "region: small", "region: tiny", "region: tiny"),
    ("number-prefix", "number_prefix: SML", "number_prefix: SM1", "number_prefix: SM1"),
    ("time-zone", "Asia/Almaty", "Asia/Pavlodar", "Asia/Pavlodar"),
    ("email", "contact_email: city@example.org", "contact_email: city@example", "contact_email"),
    ("email", "[duty@example.org]", "[duty at example.org]", "duty at"),
    ("aws-snapstart", "eu-central-1}\npush: {fcm: {secret: small/fcm}}", "ap-east-2}\npush: null", "ap-east-2"),
    ("aws-tag", "eu-central-1}", "eu-central-1, owner: \"the city, all\"}", "owner:"),
    ("aws-account", '"111122223333"', '"1111-2222-3333"', "1111-2222-3333"),
    ("aws-account", '"111122223333"', '"000000000000"', "000000000000"),
    ("aws-push", "region: eu-central-1", "region: eu-central-2", "eu-central-2"),
    ("aws-account", "region: small\n", 'region: small\nbackup: {account: "111122223333"}\n', "backup:"),
    ("alarm-receiver", "alarms: {email: [duty@example.org]}", "alarms: {email: []}", "alarms:"),
    ("alarm-receiver", "alarms: {email: [duty@example.org]}\n", "", "region: small"),
    ("webhook-safety", "{allow_http: false}", "{allow_http: true}", "allow_http: true"),
    ("webhook-safety", "{allow_http: false}", "{allow_private: true}", "allow_private: true"),
    ("identity-issuer", COGNITO, "{issuer: http://id.example.org, audience: app}", "http://id"),
    ("identity-email", COGNITO, "{provider: cognito}", "identity: {provider: cognito}"),
    ("officers-domain", *_officers("{provider: cognito}", domain=""), "officers:"),
    ("missing-key", *_officers("{}"), "officers: {}"),
    ("missing-key", *_officers(ISSUER.replace("jwks_uri: https://id.example.org/keys, ", "")), "officers:"),
    ("officers-issuer", *_officers(ISSUER.replace("https://id.example.org/keys", "http://id.example.org/keys")), "http://id"),
    ("officers-claims", *_officers(ISSUER.replace("role_claim: role", "role_claim: body")), "role_claim"),
    ("base-map", *_base_map("http://maps.example.org/style.json"), "http://maps"),
    ("base-map", *_base_map("https://maps.example.org"), "base_map"),
    ("base-map", *_base_map("https://me:secret@maps.example.org/style.json"), "base_map"),
    ("base-map", *_base_map('"https://maps.example.org/style.json?key=secret"'), "base_map"),
    ("base-map", *_base_map('"https://maps.example.org; script-src https://evil.example/"'), "base_map"),
    ("base-map", *_base_map("http://maps.example.org/city.pmtiles", kind="pmtiles"), "http://maps"),
    ("base-map", *_base_map('"https://maps.example.org/city.pmtiles?key=secret"', kind="pmtiles"), "base_map"),
    ("missing-key", "terms: {forward", "base_map: {}\nterms: {forward", "base_map"),
    ("missing-key", *_base_map("https://a.example/style.json, pmtiles: https://a.example/city.pmtiles"), "base_map"),
    ("canary", "alarms: {", "canary: {category: rubish}\nalarms: {", "canary:"),
    ("log-retention", "{logs: P90D}", "{logs: P91D}", "P91D"),
    ("quiet-hours", 'to: "08:00"}', 'to: "22:00"}', "quiet_hours"),
    ("calendar", '{opens: "09:00", closes', '{opens: "19:00", closes', '"19:00"'),
    ("calendar", '{opens: "08:00", closes: "17:00"}', '{opens: "08:00", closes: "08:00"}', '"08:00", closes'),
    ("calendar", '{from: "13:00", to: "14:30"}', '{from: "13:00", to: "19:30"}', '"19:30"'),
    ("calendar", "moved_working: [2026-01-04]", "moved_working: [2026-01-06]", "2026-01-06"),
    ("calendar", "moved_working: [2026-01-04]", "moved_working: [2025-01-04]", "2025-01-04"),
    ("calendar", "moved_off: [2026-01-05]", "moved_off: [2026-01-03]", "2026-01-03"),
    ("calendar", "moved_off: [2026-01-05]", "moved_off: [2026-02-30]", "2026-02-30"),
    ("calendar", "{2026-12-31:", "{2026-12-27:", "2026-12-27"),
    ("calendar", '"17:00"}\n  kurban', '"20:00"}\n  kurban', '"20:00"'),
    ("calendar", "[2026-05-27]", "[2026-11-27]", "calendar:"),
    ("calendar", "weekend: [saturday, sunday]\n  moved_working: [2026-01-04]\n  moved_off: [2026-01-05]\n"
     '  short_days: {2026-12-31: "17:00"}',
     "weekend: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]", "weekend:"),
    ("calendar-year", "years: [2026, 2027]", "years: [2026, 2028]", "years:"),
    ("calendar-year", "years: [2026, 2027]", "years: [2027, 2026]", "years:"),
    ("category-other", "  - id: other\n", "  - id: others\n", "categories:"),
    ("category-other", "{default: east_akim}", "{districts: {west: city, east: city}}", "{districts: {west"),
    ("category-other", "    acknowledge_within: PT8BH", "    acknowledge_within: null", "acknowledge_within: null"),
    ("category-other", "    escalation_terms: [P7BD]", "    escalation_terms: [P7BD]\n    questions:\n"
     "      - {id: which, kind: text, required: true, text: {kk: а, ru: б, en: c}}", "{id: which"),
    ("danger-waits", "    danger: true\n", "    danger: true\n    photos_wait: PT2H\n", "photos_wait: PT2H"),
    ("not-public", "  - id: other\n", "  - id: other\n    public: {place: rounded}\n", "{place: rounded}"),
    ("not-public", "    danger: true\n", "    danger: true\n    discreet: true\n    public: {place: exact}\n", "{place:"),
    ("bad-value", "    danger: true\n", "    danger: true\n    public: {place: near}\n", "near"),
    ("duplicate-id", "  - {id: town,", "  - {id: danger, name: {kk: а, ru: б, en: c}}\n  - {id: town,", "en: c}}"),
    ("unknown-group", "    group: danger", "    group: dangers", "group: dangers"),
    ("missing-key", "    group: danger\n", "", "- id: open_manhole"),
    ("icon", "    icon: dangerous", "    icon: Open Manhole", "icon: Open"),
    ("bad-value", "    icon: dangerous", "    icon: dangerous\n    for_whom: [tourist]", "tourist"),
    ("missing-key", "    icon: dangerous", "    icon: dangerous\n    for_whom: []", "for_whom: []"),
    ("emergency-number", '{number: "112"', '{number: "one one two"', "one one two"),
    ("emergency-number", "en: Rescue}}", 'en: Rescue}}\n  - {number: "112", name: {kk: а, ru: б, en: c}}', "en: c}}"),
    ("wrong-type", '{number: "112"', "{number: 112", "number: 112"),
    ("unknown-agency", "responsible: {default: city}", "responsible: {default: citi}", "citi"),
    ("unknown-agency", "east: east_akim", "east: east_akin", "east_akin"),
    ("unknown-agency", "parent: city,", "parent: town,", "parent: town"),
    ("unknown-district", "        east: east_akim", "        east: east_akim\n        south: city", "south: city"),
    ("ladder-loop", "kind: akimat, parent: null", "kind: akimat, parent: city", "parent: oblast"),
    ("ladder-end", "responsible: {default: city}", "responsible: {default: oblast}", "kind: akimat, parent: null"),
    ("unknown-agency", "parent: city, name", "parent: city, retired: {since: 2026-03-01, moved_to: citty}, name", "citty"),
    ("retired-to", "parent: city, name", "parent: city, retired: {since: 2026-03-01, moved_to: east_akim}, name",
     "id: east"),
    ("retired-to", "parent: null,", "parent: null, retired: {since: 2026-03-01},", "parent: null"),
    ("retired-to", "max_photos: 3", "retired: {since: 2026-03-01, moved_to: rubbish}", "moved_to: rubbish"),
    ("unknown-category", "max_photos: 3", "retired: {since: 2026-03-01, moved_to: manhole}", "moved_to: manhole"),
    ("bad-value", "max_photos: 3", "retired: {since: 1 March}", "since: 1 March"),
    ("ladder-loop", "parent: null,", "parent: oblast2, retired: {since: 2026-03-01, moved_to: east_akim},\n"
     "     name: {kk: а, ru: б, en: c}}\n  - {id: oblast2, kind: akimat, parent: null,", "parent: oblast$"),
    ("ladder-end", "    parent: oblast", "    parent: oblast\n    retired: {since: 2026-03-01, moved_to: oblast}",
     "{default: city}"),
    ("category-unowned", "        east: east_akim\n", "", "responsible:$"),
    ("category-term", "    answer_within: PT4H", "    answer_within: P1BD", "answer_within: P1BD"),
    ("category-term", "    answer_within: P5BD", "    answer_within: P5D", "answer_within: P5D"),
    ("category-term", "    acknowledge_within: PT4BH", "    acknowledge_within: PT4H", "acknowledge_within: PT4H"),
    ("seconds", "    acknowledge_within: PT1H", "    acknowledge_within: PT90S", "PT90S"),
    ("seconds", "close_after_answer: P10D", "close_after_answer: PT61S", "PT61S"),
    ("acknowledge-late", "    acknowledge_within: PT1H", "    acknowledge_within: PT4H", "acknowledge_within: PT4H"),
    ("reminder-late", "    reminder: PT30M", "    reminder: PT5H", "reminder: PT5H"),
    ("reminder-late", "    reminder: PT30M", "    reminder: PT1H", "reminder: PT1H"),
    ("category-term", "    max_photos: 3", "    reminder: PT1H", "reminder: PT1H"),
    ("seconds", "    reminder: PT30M", "    reminder: PT90S", "reminder: PT90S"),
    ("duration", "    reminder: PT30M", "    reminder: a quarter", "reminder: a quarter"),
    ("escalation-grows", "[PT2H, PT1H]", "[PT2H, PT3H]", "PT3H"),
    ("escalation-grows", "[P3BD, P2BD]", "[P6BD, P2BD]", "P6BD"),
    ("least-long", "least_after_transfer: P1BD", "least_after_transfer: P5BD", "least_after_transfer: P5BD"),
    ("law-answer", "    answer_within: P5BD", "    answer_within: P16BD", "P16BD"),
    ("law-extension", "limit: PT8H", "limit: P3M", "P3M"),
    ("law-forward", "forward_within: P3BD", "forward_within: P4BD", "forward_within"),
    ("question", "        kind: choice", "        kind: text", "choices:"),
    ("question", "        choices:\n          - {id: big, text: {kk: Үлкен, ru: Большой, en: Big}}\n"
     "          - {id: small, text: {kk: Кіші, ru: Малый, en: Small}}\n", "", "- id: size"),
    ("photo-limit", "    max_photos: 3", "    max_photos: 6", "max_photos: 6"),
    ("geojson", "geography: small.geojson", "geography: great.geojson", "great.geojson"),
    ("still-to-do", "en: Oblast", "en: TODO", "en: TODO"),
    ("still-to-do", "number_prefix: SML", "number_prefix: XXX", "number_prefix: XXX"),
]  # fmt: skip


def line_with(text: str, part: str) -> int:
    """The first line with `part` in it, or with `part` at its end where that is marked by `$`."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in f"{line}$")


def test_the_small_region_has_no_findings(tmp_path):
    small_region.write(tmp_path)
    assert lint_regions(tmp_path) == []


@pytest.mark.parametrize(("rule", "old", "new", "at"), YAML_FAULTS, ids=lambda value: None)
def test_a_fault_in_the_yaml_is_found_at_its_line_and_nothing_else(tmp_path, rule, old, new, at):
    assert YAML.count(old) == 1, f"{old!r} must stand once in the small region"
    text = YAML.replace(old, new)
    file = small_region.write(tmp_path, yaml=text)
    findings = lint_regions(tmp_path)
    assert [(found.file, found.rule, found.line) for found in findings] == [(file, rule, line_with(text, at))]
    assert findings[0].message
    assert findings[0].remedy


def changed(index: int, **properties) -> list[dict]:
    found = features()
    found[index]["properties"] |= properties
    return found


def shaped(index: int, *rings) -> list[dict]:
    found = features()
    found[index]["geometry"]["coordinates"] = list(rings)
    return found


def swapped() -> list[dict]:
    found = features()
    for one in found:
        one["geometry"]["coordinates"] = [
            [[lat, lon] for lon, lat in ring] for ring in one["geometry"]["coordinates"]
        ]
    return found[1:2] + features()[:1] + features()[2:]


SMALL = 0.01
# It comes back to its western side before the end.
CROSSING = [
    *([MIDDLE, SOUTH], [EAST, SOUTH], [EAST, NORTH], [MIDDLE, NORTH - SMALL]),
    *([MIDDLE + SMALL, NORTH], [MIDDLE, NORTH], [MIDDLE, SOUTH]),
]
GEOJSON_FAULTS = [
    ("geojson", changed(1, kind="quarter"), '"id": "west"'),
    ("geojson", features()[1:], "{"),
    ("geojson", [*features(), feature("boundary", "again", box(WEST, SOUTH, EAST, NORTH))], '"id": "again"'),
    ("id", changed(2, id="East Side"), '"id": "East Side"'),
    ("missing-language", changed(2, name={"kk": "Аты", "ru": "Имя"}), '"id": "east"'),
    ("duplicate-id", [*features(), feature("district", "east", box(MIDDLE, SOUTH, EAST, NORTH))], '"id": "east"'),
    ("coordinates", shaped(2, box(MIDDLE, SOUTH, 177.0, NORTH)), '"id": "east"'),
    ("ring", shaped(2, box(MIDDLE, SOUTH, EAST, NORTH)[:-1]), '"id": "east"'),
    ("ring", shaped(2, box(MIDDLE, SOUTH, EAST, NORTH)[::-1]), '"id": "east"'),
    ("polygon", shaped(2, CROSSING),
     '"id": "east"'),
    ("district-gap", shaped(2, box(MIDDLE + SMALL, SOUTH, EAST, NORTH)), '"id": "small"'),
    ("district-outside", shaped(2, box(MIDDLE, SOUTH, EAST + SMALL, NORTH)), '"id": "east"'),
    ("district-overlap", shaped(2, box(MIDDLE - SMALL, SOUTH, EAST, NORTH)), '"id": "east"'),
    ("still-to-do", changed(2, name={"kk": "TODO", "ru": "Имя", "en": "Name"}), '"id": "east"'),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "collection", "at"), GEOJSON_FAULTS, ids=lambda value: None)
def test_a_fault_in_the_geojson_is_found_at_its_feature(tmp_path, rule, collection, at):
    small_region.write(
        tmp_path, collection={"type": "FeatureCollection", "features": copy.deepcopy(collection)}
    )
    file = tmp_path / "small.geojson"
    found = [finding for finding in lint_regions(tmp_path) if finding.file == file]
    text = file.read_text()
    assert (rule, line_with(text, at)) in {(finding.rule, finding.line) for finding in found}
    # Where a district cannot be read at all, what is built on it is at fault too, and only that.
    assert {finding.rule for finding in found} <= {rule, "geojson", "district-gap", "district-overlap"}


def test_outlines_that_no_answer_has_room_for_are_refused(tmp_path, monkeypatch):
    small_region.write(tmp_path)
    assert lint_regions(tmp_path) == []
    monkeypatch.setattr(places, "BYTES_MOST", 100)
    (found,) = lint_regions(tmp_path)
    assert (found.rule, found.file.name) == ("geojson-size", "small.geojson")


def test_a_line_thinner_than_the_tolerance_is_no_gap_and_no_overlap(tmp_path):
    half_a_metre = 0.5 / 111_320
    small_region.write(
        tmp_path,
        collection={
            "type": "FeatureCollection",
            "features": shaped(2, box(MIDDLE + half_a_metre, SOUTH, EAST, NORTH)),
        },
    )
    assert lint_regions(tmp_path) == []


def test_longitude_and_latitude_the_wrong_way_round_are_named_as_such(tmp_path):
    small_region.write(tmp_path, collection={"type": "FeatureCollection", "features": swapped()})
    assert any(
        "swapped" in finding.remedy for finding in lint_regions(tmp_path) if finding.rule == "coordinates"
    )


@pytest.mark.parametrize("text", ["", "{", "[]", '{"type": "FeatureCollection"}', '{"features": [7]}'])
def test_what_is_no_geojson_is_a_finding_and_no_crash(tmp_path, text):
    small_region.write(tmp_path)
    (tmp_path / "small.geojson").write_text(text)
    assert "geojson" in {finding.rule for finding in lint_regions(tmp_path)}


def test_a_misspelt_category_in_a_file_that_extends_another_is_not_a_new_one(tmp_path):
    small_region.write(tmp_path)
    text = (
        "region: tiny\nextends: small\nnumber_prefix: TNY\n"
        "categories:\n  - id: open_manholl\n    answer_within: PT2H\n"
    )
    file = small_region.write(tmp_path, yaml=text, name="tiny")
    found = [one for one in lint_regions(tmp_path) if one.rule == "unknown-category"]
    assert [(one.file, one.line) for one in found] == [(file, 5)]
    assert "open_manhole" in found[0].message


def test_all_findings_come_at_once(tmp_path):
    text = YAML.replace("number_prefix: SML", "number_prefix: sml").replace("Asia/Almaty", "Mars/Base")
    text = text.replace("{default: city}", "{default: nobody}").replace(
        "answer_within: P5BD", "answer_within: P50BD"
    )
    small_region.write(tmp_path, yaml=text)
    assert [one.rule for one in lint_regions(tmp_path)] == [
        "number-prefix",
        "time-zone",
        "unknown-agency",
        "law-answer",
    ]


@pytest.mark.parametrize(
    "key", [line.split(":")[0] for line in YAML.splitlines() if not line.startswith(" ")]
)
@pytest.mark.parametrize("value", ["", '""', "7", "[7]", "{a: {b: [7]}}", "text", "[{id: [7]}]"])
def test_nonsense_under_any_key_is_found_and_crashes_nothing(tmp_path, key, value):
    text = re.sub(rf"(?m)^{key}:.*\n(  .*\n)*", f"{key}: {value}\n", YAML)
    small_region.write(tmp_path, yaml=text)
    none_allowed = value == "" and key in ("push", "quiet_hours")
    assert (lint_regions(tmp_path) == []) == none_allowed


def test_every_rule_has_a_fault_that_shows_it():
    elsewhere = {"unknown-category", "calendar-ends", "removed", "region-name", "geojson-size"}
    shown = {case[0] for case in [*YAML_FAULTS, *GEOJSON_FAULTS]} | elsewhere
    assert shown == set(RULES)


def test_a_finding_reads_like_a_compilers(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    small_region.write(tmp_path, yaml=YAML.replace("parent: city,", "parent: citty,"))
    assert str(lint_regions(tmp_path)[0]) == (
        "small.yaml:25: unknown-agency: There is no agency 'citty'. Did you mean 'city'? "
        "Remedy: Name one of the agencies of this file, or add this one to them."
    )


def test_a_finding_names_a_rule_that_exists():
    with pytest.raises(ValueError, match="not a rule"):
        Finding(Path("x.yaml"), 1, "invented", "message", "remedy")
