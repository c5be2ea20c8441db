"""A new region file with every question answered by a comment. What only the operator knows stands there as what is open
(`infra.region.rules.left_open`), and the linter refuses it until it is answered.
"""

import json
from pathlib import Path

from infra.region.document import REGIONS
from infra.region.rules.left_open import NO_ACCOUNT, NO_PREFIX, RECTANGLE, TO_DO
from infra.region.schema import LANGUAGES


def new_region(name: str, folder: Path = REGIONS) -> tuple[Path, Path]:
    """Write NAME.yaml and NAME.geojson; raises FileExistsError rather than touch a file."""
    yaml, geojson = folder / f"{name}.yaml", folder / f"{name}.geojson"
    for file, text in ((yaml, _yaml(name)), (geojson, _geojson(name))):
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    return yaml, geojson


def _geojson(name: str) -> str:
    todo = dict.fromkeys(LANGUAGES, TO_DO)
    features = [
        {
            "type": "Feature",
            "properties": {"kind": kind, "id": feature_id, "name": todo},
            "geometry": {"type": "Polygon", "coordinates": [RECTANGLE]},
        }
        for kind, feature_id in (("boundary", name), ("district", "whole"))
    ]
    whole = {"type": "FeatureCollection", "features": features}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _yaml(name: str) -> str:
    return f"""\
# yaml-language-server: $schema=region.schema.json
#
# What says {TO_DO} or {NO_PREFIX}, the account of zeros, the empty list of alarms and the rectangle in {name}.geojson are
# questions that only you can answer: `make lint-regions` refuses the file and lists those that are left.

# The region's id: also the name of this file and of its stacks. It cannot change after the first deployment.
region: {name}
# Its name as people know it.
name: {{kk: {TO_DO}, ru: {TO_DO}, en: {TO_DO}}}
# Which three letters begin every complaint's number? No other region may have them: they stand before 26-7K3M9T.
number_prefix: {NO_PREFIX}

# Into which account and AWS Region? None is in Kazakhstan; SNS must send mobile push from there.
aws:
  account: "{NO_ACCOUNT}"
  region: eu-central-1
  # Which tags does everything bear, so that the bill says whose it is?
  # owner: city-akimat
  # cost_centre: "4711"

# One zone for the whole country since 1 March 2024.
time_zone: Asia/Almaty

calendar:
  country: KZ
  # For which years are holidays and moved days known? Two in a row at least; add the next one every autumn.
  years: [2026, 2027]
  # Is the day of registration the first day of a term (same_day) or the day before it (next_day)?
  count_from: next_day
  # When do bodies work? A body with other hours says so itself.
  hours: {{opens: "09:00", closes: "18:30", breaks: [{{from: "13:00", to: "14:30"}}]}}
  weekend: [saturday, sunday]
  # Which weekend days are worked, and which weekdays are free, by order? Such as 2026-03-09.
  moved_working: []
  moved_off: []
  # On which days does work end earlier? 2026-12-31: "17:30"
  short_days: {{}}
  # The first day of Kurban Ait of each year, once it is announced; until then it is an estimate.
  kurban_ait: []

# Where does the region end, and which districts does it have? They must fill it without gap or overlap.
geography: {name}.geojson

# Which bodies are there, as offices, without persons? Each names the body above it; the highest says null.
agencies:
  - id: government_office
    # department, akimat, district_akimat, inspectorate, police, prosecutor, ministry or government
    kind: government
    parent: null
    name:
      kk: Қазақстан Республикасы Үкіметінің Аппараты
      ru: Аппарат Правительства Республики Казахстан
      en: Office of the Government of the Republic of Kazakhstan
  - id: city_akimat
    kind: akimat
    parent: government_office
    name: {{kk: {TO_DO}, ru: {TO_DO}, en: {TO_DO}}}
    # Where do you reach it, and is it told when its webhooks fail?
    # contact_email: office@example.org
    # Does it work at other hours?
    # hours: {{opens: "08:00", closes: "17:00"}}

# In which groups are categories shown, in which order? A group is shown that has a category.
category_groups:
  - {{id: danger, name: {{kk: Қауіпті жағдай, ru: Опасно для людей, en: Danger}}}}
  - {{id: town, name: {{kk: "Аула, көше және көлік", ru: "Двор, улица и транспорт", en: "Yards, streets and transport"}}}}
  - {{id: order, name: {{kk: Тәртіп пен заң, ru: Порядок и закон, en: Order and law}}}}
  - {{id: business, name: {{kk: Кәсіпкерлерге, ru: Предпринимателям, en: For entrepreneurs}}}}
  - {{id: other, name: {{kk: Басқа, ru: Другое, en: Something else}}}}

# What can be reported, in which order? pavlodar.yaml has some twenty categories to start from.
categories:
  - id: open_manhole
    name: {{kk: Ашық құдық, ru: Открытый люк, en: Open manhole}}
    group: danger
    # Which picture? The name of a Material Symbol: https://fonts.google.com/icons
    icon: dangerous
    # Who is offered it? citizen, entrepreneur, or both.
    for_whom: [citizen, entrepreneur]
    # Could somebody come to harm? Then terms run by the clock, nights and holidays too; else in working days.
    danger: true
    # Would it embarrass the person on a locked phone? true: pushes do not name it.
    discreet: false
    # May everybody follow it, on the map too? With its exact place, or a rounded one; left out, nothing of it is public.
    public: {{place: exact}}
    # Until when must the body say that it has it? null: never.
    acknowledge_within: PT1H
    # Until when must it answer? 15 working days at most (Code, art. 76).
    answer_within: PT4H
    # What term has each level above it? None longer than the one before; the last one stays.
    escalation_terms: [PT2H, PT1H]
    # How long before each deadline is the body reminded? Less than the shortest term; null: never. Left out, it is
    # reminded when a quarter of a term is left.
    reminder: PT30M
    # Does "done" need a photo?
    proof_photo_required: true
    # Within how many metres may two reports be of the same thing?
    duplicate_radius_m: 50
    # How many photos may a person add?
    max_photos: 5
    # What else must the body know? Each with id, text in three languages, kind (text, choice or number)
    # and required.
    questions: []
    # Who answers? A default body, or bodies by district, or both: {{default: …, districts: {{whole: …}}}}
    responsible: {{default: city_akimat}}
    # By how much, and how often, may the body take longer? P2M in all at most (Code, art. 76).
    extension: {{limit: PT8H, times: 1}}
  # What fits no other, and what was sent without a category. Every region has it; its default body sorts it.
  - id: other
    name: {{kk: Басқа мәселе, ru: Другое, en: Something else}}
    group: other
    icon: more_horiz
    danger: false
    # Until when is it sorted into the right category, or kept?
    acknowledge_within: PT8BH
    answer_within: P15BD
    escalation_terms: [P5BD, P3BD]
    reminder: P2BD
    proof_photo_required: false
    duplicate_radius_m: 0
    max_photos: 5
    questions: []
    # Who sorts it?
    responsible: {{default: city_akimat}}
    extension: {{limit: P2M, times: 1}}

# Whom does one call when somebody is in danger now? The most general first.
emergency_numbers:
  - {{number: "112", name: {{kk: Бірыңғай құтқару қызметі, ru: Единая служба спасения, en: All emergency services}}}}
  - {{number: "101", name: {{kk: Өрт сөндіру қызметі, ru: Пожарная служба, en: Fire service}}}}
  - {{number: "102", name: {{kk: Полиция, ru: Полиция, en: Police}}}}
  - {{number: "103", name: {{kk: Жедел медициналық жәрдем, ru: Скорая медицинская помощь, en: Ambulance}}}}
  - {{number: "104", name: {{kk: Газ қызметі, ru: Газовая служба, en: Gas emergency service}}}}

# Who signs people in? A Cognito user pool, which sends its codes from an address at a domain that SES has verified, or an
# OpenID Connect provider in the country:
# identity: {{issuer: "https://…", audience: …}}
identity: {{provider: cognito, email: {TO_DO}@example.org}}

# Do bodies without programmers have officers, who work at the desk ({{domain}}/desk/)? A user pool of their own
# ({{provider: cognito}}), or an OpenID Connect provider in the country; either needs a domain below. null: none.
officers: null

# Which secrets in Secrets Manager hold the keys for push? A platform that is left out is not used. When a secret has a
# new value, raise the platform's revision (1 unless said) and deploy.
push:
  fcm: {{secret: qamqor/{name}/fcm}}
  apns: {{secret: qamqor/{name}/apns, sandbox: false}}

terms:
  photos_wait: PT24H  # how long a complaint waits for photos that were declared
  close_after_answer: P10D  # when an answer that nobody refutes closes the complaint
  least_after_transfer: P1BD  # what a body has at least that is passed one on, before it is called late
  forward_within: P3BD  # until when another body's complaint is passed on; by law at most this
  quarantine: P1D  # how long an upload that was not checked is kept
  again_within: P90D  # how long after it was closed the same can be sent again, one rung higher
  inbox: P90D  # how long the inbox shows a message

# What may one person send?
limits: {{complaints_per_person_per_day: 20, comment_length: 2000, photo_bytes: 15000000, photos: 5}}

# When do pushes wait, unless they tell of an escalation? null: never.
quiet_hours: {{from: "22:00", to: "08:00"}}

# Others have joined, and the reporter takes it back: does it go on for them (goes_on), or end (ends)?
withdrawal: {{with_joiners: goes_on}}
proof: {{strict: false}}
open_data: {{licence: "https://creativecommons.org/licenses/by/4.0/"}}

# Does somebody offer a base map, to be drawn under the districts: a style for MapLibre, or an archive of tiles (PMTiles)?
# {{style: "https://…"}} or {{pmtiles: "https://…"}}; null: none, and nobody's server learns who looks at which place.
base_map: null

# How long is it kept?
retention: {{photos: P1095D, texts: P1095D, withdrawn: P90D, logs: P90D, audit: P1825D}}

# Do bodies filter by address? Then webhooks leave from fixed ones (a NAT gateway, which costs).
webhooks: {{fixed_addresses: false}}

# Who is woken?
alarms:
  email: []

# How many US dollars a month is it meant to cost? Those who are woken are told when they are nearly spent.
# budget: 100

# Is there a second account of the same organisation, for a copy of tables and photos each night? Without one, what is lost
# with this account is lost; a copy has what was erased for as long as it is kept.
# backup: {{account: "222233334444", vault: qamqor, days: 35}}

# Does the API have a domain of its own? CloudFront and WAF then stand before it.
domain: null

# How much comes in: some 10,000 complaints a year (small), 100,000 (city), more (oblast)? The more, the more closely it is
# watched, which costs the same whatever comes in.
size: city

# Do the API's functions start from snapshots, so that the first caller waits as long as the others? Paid by the hour; null:
# by size.
snapstart: null

# Is a complaint filed by the clock, each quarter of an hour, to see that all of it works? It needs a category that nobody
# is offered, and two bodies of the operator's own, one above the other: docs/operator.md, "A canary". Null: none.
canary: null

# Are uploads scanned by GuardDuty (which costs per object) beside being decoded and drawn anew?
malware_scan: false
"""
