/** Proof Key for Code Exchange, RFC 7636, by SHA-256. */
export function verifier(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

export async function challenge(of: string): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(of))));
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
