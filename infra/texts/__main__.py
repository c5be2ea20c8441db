"""`make texts`: the page for translators, into `.build/texts.html`."""

import sys

from infra.texts.page import page
from infra.toolchain import ROOT


def main() -> int:
    path = ROOT / ".build" / "texts.html"
    path.parent.mkdir(exist_ok=True)
    path.write_text(page(), encoding="utf-8")
    print(path.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
