"""A region with everything that a region file can ask for: what holds of its stacks holds of all.

But for copies in a second account: of regions without them the rules on backups are explained (docs/waivers.md).
"""

from pathlib import Path
from shutil import copy
from typing import Final

from infra.region import REGIONS

FILE: Final = """\
region: whole
extends: pavlodar
stage: cloud
name: {kk: Толық, ru: Полный, en: Whole}
number_prefix: WHL
size: oblast
domain: api.whole.example
officers: {provider: cognito}
malware_scan: true
budget: 300
webhooks: {fixed_addresses: true}
canary: {category: trial}
agencies:
  - {id: operator, kind: department, parent: null, name: {kk: Оператор, ru: Оператор, en: Operator}}
  - {id: trials, kind: department, parent: operator, name: {kk: Сынақ, ru: Проверка, en: Trials}}
categories:
  - id: trial
    group: other
    icon: monitor_heart
    name: {kk: Сынақ, ru: Проверка, en: Trial}
    danger: false
    acknowledge_within: null
    answer_within: P2BD
    escalation_terms: [P1BD]
    reminder: null
    responsible: {default: trials}
"""


def write_whole_region(folder: Path) -> Path:
    """The folder, with the region's file in it and what that extends, which is of another stage."""
    for name in ("pavlodar.yaml", "pavlodar.geojson"):
        copy(REGIONS / name, folder)
    base = folder / "pavlodar.yaml"
    base.write_text(base.read_text() + "\nstage: local\n")
    (folder / "whole.yaml").write_text(FILE)
    return folder
