// Swagger UI fetches an issuer's own description to offer signing in there, and this page may fetch from nowhere else.
// A token is given by hand, as it is where the issuer is Cognito.
function byHand(scheme) {
  if (scheme.type !== "openIdConnect") return scheme;
  return { type: "http", scheme: "bearer", bearerFormat: "JWT", description: scheme.description };
}

// Swagger UI shows no extensions of the document itself, and no address of what it did not fetch.
function further(samples) {
  const shown = ([language, code]) =>
    `<details><summary>Verifying a webhook in ${language}</summary>\n\n\`\`\`\n${code}\`\`\`\n\n</details>`;
  return ["The same for programs: [openapi.json](openapi.json).", ...Object.entries(samples).map(shown)];
}

const described = await (await fetch("openapi.json")).json();
const schemes = described.components.securitySchemes;
for (const name of Object.keys(schemes)) schemes[name] = byHand(schemes[name]);
described.info.description = [described.info.description, ...further(described["x-verification"] ?? {})].join("\n\n");
// The API is where this page is, a stage before its paths included.
described.servers = [{ url: new URL(".", location).href }];
document.title = `${described.info.title}: API`;

const night = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", night.matches);
night.addEventListener("change", follow);
follow();

SwaggerUIBundle({
  dom_id: "#api",
  spec: described,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  // No one else is told of the document.
  validatorUrl: null,
});
