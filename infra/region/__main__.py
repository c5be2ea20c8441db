"""Work with region files: `python -m infra.region lint | where | new | schema | compile`."""

import argparse
import json
import re
import sys
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

from functions.complaints.region import Region, region_from_dict
from functions.complaints.routing import NobodyResponsible, in_region
from infra.region.compile import compile_region
from infra.region.deployed import NotDeployed, read_deployed, removals
from infra.region.document import REGIONS, region_ids
from infra.region.finding import Finding, RegionFault
from infra.region.horizon import ended_calendars, ending_calendars, still_named
from infra.region.lint import lint_regions
from infra.region.new import new_region
from infra.region.schema import ID_PATTERN, LANGUAGES, json_schema_text
from infra.region.unreached import unreached
from infra.region.where import PlacesFault, explanation, read_places, wrong_places
from infra.standard_output import that_may_close


def main(arguments: list[str] | None = None) -> int:
    """0 when all is well, 1 with findings, 2 when asked wrongly."""
    options, status = _parser().parse_args(arguments), 0
    with that_may_close():
        try:
            status = int(options.run(options))
        except RegionFault as fault:
            print(fault, file=sys.stderr)
            return 1
        except BrokenPipeError:
            raise
        except (PlacesFault, NotDeployed, OSError) as error:
            print(error, file=sys.stderr)
            return 2
    return status


def _lint(options: argparse.Namespace) -> int:
    unknown = set(options.regions) - set(region_ids(options.folder))
    if unknown:
        print(f"no region file for {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    findings = [
        *lint_regions(options.folder, options.regions or None),
        *ended_calendars(options.folder, options.regions or None, today=options.today),
        *(_removed(options) if options.deployed is not None else ()),
    ]
    for finding in sorted(findings):
        print(finding)
    for warn in (ending_calendars, still_named, unreached):
        for warning in warn(options.folder, options.regions or None, today=options.today):
            print(warning, file=sys.stderr)
    return 1 if findings else 0


def _removed(options: argparse.Namespace) -> list[Finding]:
    """Of the regions that are linted, those that are deployed; a new one takes nothing away."""
    wanted = options.regions or region_ids(options.folder)
    found: list[Finding] = []
    for region_id, deployed in read_deployed(options.deployed).items():
        if region_id not in wanted:
            continue
        with suppress(RegionFault):
            # What cannot be read has its finding already.
            found += removals(options.folder / f"{region_id}.yaml", deployed)
    return found


def _where(options: argparse.Namespace) -> int:
    region = _region(options)
    if options.csv is not None:
        return _where_csv(region, options.csv)
    if options.lat is None or options.lon is None or options.category is None:
        print("where needs --lat, --lon and --category, or --csv", file=sys.stderr)
        return 2
    if options.category not in region.categories:
        print(f"no category {options.category!r}; there are {', '.join(region.categories)}", file=sys.stderr)
        return 2
    try:
        text = explanation(
            region,
            category_id=options.category,
            lat=options.lat,
            lon=options.lon,
            at=datetime.now(UTC),
            language=options.language,
        )
    except NobodyResponsible as error:
        print(error, file=sys.stderr)
        return 1
    print(text)
    # Nobody can report there.
    return 0 if in_region(region, lat=options.lat, lon=options.lon) else 1


def _where_csv(region: Region, file: Path) -> int:
    places = read_places(file)
    wrong = list(wrong_places(region, places, at=datetime.now(UTC)))
    for place, what in wrong:
        print(f"{file}:{place.line}: {place.lat}, {place.lon} ({place.note or place.category}): {what}")
    print(f"{len(places) - len(wrong)} of {len(places)} places as expected")
    return 1 if wrong or not places else 0


def _new(options: argparse.Namespace) -> int:
    if re.search(ID_PATTERN, options.name) is None:
        print(f"{options.name!r} is no id: lower-case letters, digits, - and _", file=sys.stderr)
        return 2
    for file in new_region(options.name, options.folder):
        print(f"wrote {file}")
    for finding in lint_regions(options.folder, [options.name]):
        print(finding)
    return 0


def _schema(options: argparse.Namespace) -> int:
    file: Path = options.folder / "region.schema.json"
    file.write_text(json_schema_text(), encoding="utf-8")
    print(f"wrote {file}")
    return 0


def _compile(options: argparse.Namespace) -> int:
    sys.stdout.buffer.write(compile_region(options.region, folder=options.folder))
    return 0


def _region(options: argparse.Namespace) -> Region:
    return region_from_dict(json.loads(compile_region(options.region, folder=options.folder)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.region", description=__doc__)
    parser.add_argument("--folder", type=Path, default=REGIONS, help="where the region files are")
    commands = parser.add_subparsers(required=True)

    lint = commands.add_parser("lint", help="check region files; exit status 1 with findings")
    lint.add_argument("regions", nargs="*", help="only these regions")
    lint.add_argument(
        "--deployed",
        type=Path,
        help="the region file that is deployed, or a folder of them: nothing of it may be gone that is not retired",
    )
    today = datetime.now(UTC).date()
    lint.add_argument("--today", type=date.fromisoformat, default=today, help="for the end of calendars")
    lint.set_defaults(run=_lint)

    where = commands.add_parser("where", help="which body answers at a place, and why")
    where.add_argument("--region", required=True)
    where.add_argument("--lat", type=float)
    where.add_argument("--lon", type=float)
    where.add_argument("--category")
    where.add_argument("--language", choices=LANGUAGES, default="en")
    where.add_argument("--csv", type=Path, help="check a list of places: lat,lon,category,agency,note")
    where.set_defaults(run=_where)

    new = commands.add_parser("new", help="write a region file to fill in")
    new.add_argument("--name", required=True, help="the region's id, such as astana")
    new.set_defaults(run=_new)

    schema = commands.add_parser("schema", help="write region.schema.json, which editors read")
    schema.set_defaults(run=_schema)

    compiled = commands.add_parser("compile", help="print the compiled region")
    compiled.add_argument("--region", required=True)
    compiled.set_defaults(run=_compile)
    return parser


if __name__ == "__main__":
    sys.exit(main())
