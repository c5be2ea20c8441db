/** An archive of tiles (PMTiles) as a base map: read in parts from where it lies, and drawn in a style of our own. Nothing else
 * is asked of anybody: there are no fonts and no images.
 */
import type { LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import { PMTiles, Protocol, TileType } from "pmtiles";

import type { Colours } from "./colours";

const protocol = new Protocol({ metadata: true });
/** What MapLibre asks for under `pmtiles://`, whichever style names it. */
export const read = protocol.tile;

const PICTURES = [TileType.Png, TileType.Jpeg, TileType.Webp, TileType.Avif];
/** CSS pixels: pictures that are larger are sharp on screens that are. */
const PICTURE = 256;
/** Their licence (ODbL) has them named; an archive that is of others says so. */
const MAKERS = '<a href="https://www.openstreetmap.org/copyright" target="_blank" rel="noopener">© OpenStreetMap</a>';
const BASE = "qamqor-base";

/** Rejects where the archive does not come, or has tiles that cannot be drawn. */
export async function styleOf(address: string, colours: Colours): Promise<StyleSpecification> {
  const archive = protocol.get(address) ?? new PMTiles(address);
  protocol.add(archive);
  const [{ tileType }, metadata] = await Promise.all([archive.getHeader(), archive.getMetadata()]);
  const { attribution = MAKERS } = metadata as { attribution?: string };
  const source = { url: `pmtiles://${address}`, attribution };
  if (PICTURES.includes(tileType)) {
    return style({ type: "raster", tileSize: PICTURE, ...source }, [{ id: BASE, type: "raster", source: BASE }]);
  }
  if (tileType !== TileType.Mvt) throw new Error(`${address} has tiles of type ${tileType}`);
  return style({ type: "vector", ...source }, layersOf(colours));
}

function style(source: SourceSpecification, layers: LayerSpecification[]): StyleSpecification {
  return { version: 8, sources: { [BASE]: source }, layers };
}

const GREEN = [
  ...["park", "garden", "golf_course", "cemetery", "recreation_ground", "playground", "pitch", "dog_park", "zoo"],
  ...["wood", "forest", "grass", "meadow", "scrub", "orchard", "wetland"],
  ...["nature_reserve", "national_park", "protected_area"],
];
const WAYS = ["path", "rail", "pier"];

/** Layers and kinds as the Protomaps basemap has them, version 4: https://docs.protomaps.com/basemaps/layers */
function layersOf({ ground, land, green, water, building, road, kerb, way, border }: Colours): LayerSpecification[] {
  const of = (layer: string) => ({ id: `${BASE}-${layer}`, source: BASE, "source-layer": layer });
  const isArea = ["==", ["geometry-type"], "Polygon"];
  const isLine = ["==", ["geometry-type"], "LineString"];
  const isOf = (...kinds: string[]): unknown => ["in", ["get", "kind"], ["literal", kinds]];
  const round = { "line-cap": "round", "line-join": "round" };
  return [
    { id: `${BASE}-ground`, type: "background", paint: { "background-color": ground } },
    { ...of("earth"), type: "fill", filter: isArea, paint: { "fill-color": land } },
    { ...of("landuse"), type: "fill", filter: ["all", isArea, isOf(...GREEN)], paint: { "fill-color": green } },
    { ...of("water"), type: "fill", filter: isArea, paint: { "fill-color": water } },
    {
      ...of("water"),
      id: `${BASE}-rivers`,
      type: "line",
      filter: isLine,
      layout: round,
      paint: { "line-color": water, "line-width": widening(1, 6) },
    },
    { ...of("buildings"), type: "fill", minzoom: 13, filter: isArea, paint: { "fill-color": building } },
    {
      ...of("roads"),
      id: `${BASE}-ways`,
      type: "line",
      minzoom: 12,
      filter: isOf(...WAYS),
      paint: { "line-color": way, "line-width": widening(0.5, 2), "line-dasharray": [3, 2] },
    },
    {
      ...of("roads"),
      id: `${BASE}-kerbs`,
      type: "line",
      minzoom: 12,
      filter: isOf(...STREETS),
      layout: round,
      paint: { "line-color": kerb, "line-gap-width": wide(), "line-width": 1 },
    },
    { ...of("roads"), type: "line", filter: isOf(...STREETS), layout: round, paint: { "line-color": road, "line-width": wide() } },
    {
      ...of("boundaries"),
      type: "line",
      filter: isOf("country", "region"),
      paint: { "line-color": border, "line-width": 1, "line-dasharray": [4, 3] },
    },
  ] as LayerSpecification[];
}

const STREETS = ["highway", "major_road", "minor_road", "aeroway"];

/** Pixels, from where streets are first told apart to where one stands among them. */
function widening(far: number | unknown[], near: number | unknown[]): unknown {
  return ["interpolate", ["exponential", 1.6], ["zoom"], 10, far, 18, near];
}

function wide(): unknown {
  const by = (highway: number, major: number, minor: number): unknown[] => [
    "match",
    ["get", "kind"],
    ["highway", "aeroway"],
    highway,
    "major_road",
    major,
    minor,
  ];
  return widening(by(2, 1.2, 0.4), by(26, 20, 13));
}
