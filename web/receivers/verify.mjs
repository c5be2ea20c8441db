import { createHmac, timingSafeEqual } from "node:crypto";

/** The message, if its sender knows the secret and it is new; `body` is a Buffer, before any parser. */
export function verified(headers, body, secret) {
  const { "webhook-id": id, "webhook-timestamp": timestamp } = headers;
  const age = Date.now() / 1000 - Number(timestamp);
  if (!(Math.abs(age) <= 300)) throw new Error("too old, or from the future");
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest();
  const fits = headers["webhook-signature"].split(" ").some((given) => {
    const [version, signature = ""] = given.split(",");
    const bytes = Buffer.from(signature, "base64");
    return version === "v1" && bytes.length === expected.length && timingSafeEqual(bytes, expected);
  });
  if (!fits) throw new Error("the signature does not fit");
  return JSON.parse(body);
}
