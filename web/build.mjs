// Builds the desk into the folder that is named: index.html, and what it asks for under names that follow the content.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const web = fileURLToPath(new URL(".", import.meta.url));
const [into] = process.argv.slice(2);
if (!into) throw new Error("usage: node build.mjs FOLDER");

rmSync(into, { recursive: true, force: true });
mkdirSync(into, { recursive: true });
const { metafile } = await build({
  absWorkingDir: web,
  entryPoints: { desk: "desk/main.tsx" },
  outdir: into,
  entryNames: "[name]-[hash]",
  bundle: true,
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
const made = Object.keys(metafile.outputs).map((path) => basename(path));
const named = (ending) => made.find((name) => name.endsWith(ending));
const page = readFileSync(join(web, "desk/index.html"), "utf8")
  .replace("STYLE", named(".css"))
  .replace("SCRIPT", named(".js"));
writeFileSync(join(into, "index.html"), page);

// Their licences ask that copies carry them.
const carried = ["preact", "openapi-fetch"].map((name) => {
  const { version } = JSON.parse(readFileSync(join(web, "node_modules", name, "package.json"), "utf8"));
  return `${name} ${version}\n\n${readFileSync(join(web, "node_modules", name, "LICENSE"), "utf8")}`;
});
writeFileSync(join(into, "licences.txt"), carried.join("\n\n"));
