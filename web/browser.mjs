// Unpacks Chromium into the folder for temporary files (TMPDIR) and tells how to start it, as JSON:
// `executable`, `args` and `env`, what its process needs beside its parent's environment.
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

const packed = fileURLToPath(new URL("../bin", import.meta.resolve("@sparticuz/chromium")));
await inflate(join(packed, "al2023.tar.br"));
delete process.env.FONTCONFIG_PATH;
setupLambdaEnvironment(join(tmpdir(), "al2023", "lib"));
const { FONTCONFIG_PATH, LD_LIBRARY_PATH } = process.env;
console.log(
  JSON.stringify({
    executable: await chromium.executablePath(),
    args: chromium.args.filter((each) => !UNWANTED.has(each)),
    env: { FONTCONFIG_PATH, LD_LIBRARY_PATH },
  }),
);
