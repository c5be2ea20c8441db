"""`docs/waivers.md`: everything that is left as it was found, for whoever has to answer for it.

python -m infra.checks.page     writes it
"""

from typing import Final

from infra.checks.waivers import STARS, START, WAIVERS
from infra.toolchain import ROOT

PAGE: Final = ROOT / "docs" / "waivers.md"


def page() -> str:
    rows = [
        (each.tool, each.rule, ", ".join(f"`{place}`" for place in each.at), each.reason, each.since)
        for each in WAIVERS
    ]
    rows += [
        ("IAM", f"{action} on `*`", "roles in `tests/infra/roles.yaml`", reason, START)
        for action, reason in sorted(STARS.items())
    ]
    table = "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)
    return f"""# Waivers

Written by `python -m infra.checks.page` from `infra/checks/waivers.py`. Each finding of a static check is mended or
stands here; one that does not is a failed check, and so is a waiver that nothing needs any more.

| tool | rule | place | reason | since |
|---|---|---|---|---|
{table}
"""


if __name__ == "__main__":
    PAGE.write_text(page())
    print(f"{PAGE.relative_to(ROOT)}: {len(WAIVERS)} waivers, {len(STARS)} actions on every resource")
