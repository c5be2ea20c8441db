// Builds a page into the folder that is named: index.html, and what it asks for under names that follow the content.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const web = fileURLToPath(new URL(".", import.meta.url));

/** Loaded by whoever shows a map, once the rest stands. */
const MAP = {
  MAP_WORKER_FILE: { "map-worker": "maplibre-gl/dist/maplibre-gl-worker.mjs" },
  MAP_STYLE_FILE: { "map-style": "parts/map/map.css" },
};
const OF_THE_MAP = ["maplibre-gl", "pmtiles", "fflate", "polylabel", "tinyqueue"];

/** By page: what it begins with, what it names and loads by itself (the files' names are put in place of these), and whose
 * work it carries, as their licences ask it to say. */
const PAGES = {
  desk: { start: "desk/main.tsx", loaded: MAP, carried: ["preact", "openapi-fetch", ...OF_THE_MAP] },
  site: {
    start: "site/main.tsx",
    loaded: {
      HOLDER_FILE: { holder: "site/data/worker.ts" },
      ...MAP,
    },
    carried: ["preact", "@maplibre/geojson-vt", ...OF_THE_MAP],
  },
};

const [page, into] = process.argv.slice(2);
if (!into || !(page in PAGES)) throw new Error(`usage: node build.mjs ${Object.keys(PAGES).join("|")} FOLDER`);
const { start, loaded, carried } = PAGES[page];

rmSync(into, { recursive: true, force: true });
mkdirSync(into, { recursive: true });

/** The names of the files made. */
async function made(entryPoints, define = {}) {
  const { metafile } = await build({
    absWorkingDir: web,
    entryPoints,
    define,
    outdir: into,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    charset: "utf8",
    target: ["chrome111", "firefox113", "safari16.4"],
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  return Object.entries(metafile.outputs).map(([path, { entryPoint }]) => ({ name: basename(path), entryPoint }));
}

const define = {};
for (const [name, entry] of Object.entries(loaded)) {
  const [file] = await made(entry);
  define[name] = JSON.stringify(`./${file.name}`);
}
const files = await made({ [page]: start }, define);
const script = files.find(({ entryPoint }) => entryPoint === start);
const style = files.find(({ name }) => name.startsWith(`${page}-`) && name.endsWith(".css"));
const html = readFileSync(join(web, page, "index.html"), "utf8")
  .replace("STYLE", style.name)
  .replace("SCRIPT", script.name);
writeFileSync(join(into, "index.html"), html);

const licences = carried.map((name) => {
  const folder = join(web, "node_modules", name);
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  // A package that has none in it has it here.
  const places = [join(folder, "LICENSE"), join(folder, "LICENSE.txt"), join(web, "licences", `${name}.txt`)];
  const licence = places.find((file) => existsSync(file));
  if (!licence) throw new Error(`${name} has no licence: lay its text into web/licences`);
  return `${name} ${version}\n\n${readFileSync(licence, "utf8")}`;
});
writeFileSync(join(into, "licences.txt"), licences.join("\n\n"));
