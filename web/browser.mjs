// Unpacks Chromium into the folder for temporary files (TMPDIR) and tells how to start it, as JSON:
// `executable`, `args` and `env`, what its process needs beside its parent's environment.
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import chromium, { inflate, setupLambdaEnvironment } from "@sparticuz/chromium";

// These are for Lambda, which lets a process have no children; or take away what the tests are about.
const UNWANTED = new Set([
  "--single-process",
  "--allow-running-insecure-content",
  "--disable-site-isolation-trials",
  "--disable-web-security",
]);

// A page itself is drawn without the GPU that is only imitated here: WebGL alone needs it, and it takes a quarter of the time.
// Nor does a script have threads of its own that compile it beside what waits for it.
const WANTED = ["--disable-gpu-compositing", "--disable-gpu-rasterization", "--js-flags=--single-threaded"];

// A process that is started beside each page for the next one, which may not come.
const FEATURES = "--disable-features=";
const UNWANTED_FEATURE = "SpareRendererForSitePerProcess";
const isFeatures = (each) => each.startsWith(FEATURES);

const packed = fileURLToPath(new URL("../bin", import.meta.resolve("@sparticuz/chromium")));
await inflate(join(packed, "al2023.tar.br"));
setupLambdaEnvironment(join(tmpdir(), "al2023", "lib"));
const executable = await chromium.executablePath();

// The package's own file looks for the fonts in /tmp, wherever they were unpacked; without any, the browser ends.
const fonts = join(tmpdir(), "fonts.conf");
writeFileSync(
  fonts,
  `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(tmpdir(), "fonts")}</dir>
  <cachedir>${join(tmpdir(), "fonts-cache")}</cachedir>
</fontconfig>
`,
);
const args = chromium.args.filter((each) => !UNWANTED.has(each));
const features = [...args.filter(isFeatures).map((each) => each.slice(FEATURES.length)), UNWANTED_FEATURE];
console.log(
  JSON.stringify({
    executable,
    args: [...args.filter((each) => !isFeatures(each)), ...WANTED, FEATURES + features.join(",")],
    env: { FONTCONFIG_FILE: fonts, LD_LIBRARY_PATH: process.env.LD_LIBRARY_PATH },
  }),
);
