/** Who is at the desk: signed in by code flow with PKCE (RFC 9700, section 2.1.1), the tokens in memory alone. */
import type { DeskSignIn } from "../api/types";
import { Unreachable } from "../api/problem";
import { challenge, verifier } from "./pkce";

const ASKED = "qamqor.signin";
const EARLY = 60_000;

interface Asked {
  state: string;
  verifier: string;
  /** Where to go on afterwards. */
  at: string;
}

interface Tokens {
  access: string;
  refresh: string | null;
  /** When to fetch new ones, a little before these end. */
  until: number;
}

class Session {
  #endpoints: DeskSignIn | null = null;
  #tokens: Tokens | null = null;
  #refreshing: Promise<boolean> | null = null;
  #told: (ended: boolean) => void = () => {};

  /** `told` hears that the session has ended. */
  begin(endpoints: DeskSignIn, told: (ended: boolean) => void): void {
    this.#endpoints = endpoints;
    this.#told = told;
  }

  token(): string | null {
    return this.#tokens?.access ?? null;
  }

  end(): void {
    this.#tokens = null;
    this.#told(true);
  }

  /** Leaves for the sign-in page; it comes back to where it was. */
  async signIn(): Promise<void> {
    const asked: Asked = { state: verifier(), verifier: verifier(), at: location.hash };
    sessionStorage.setItem(ASKED, JSON.stringify(asked));
    const { authorization_endpoint, client_id, scope } = this.#endpoints!;
    const address = new URL(authorization_endpoint, location.href);
    address.search = new URLSearchParams({
      response_type: "code",
      client_id,
      redirect_uri: redirectUri(),
      scope,
      state: asked.state,
      code_challenge: await challenge(asked.verifier),
      code_challenge_method: "S256",
    }).toString();
    location.assign(address);
  }

  /** Takes what the sign-in page sent back, if it did: "in", or "failed", or "none" of it. */
  async arrive(): Promise<"in" | "failed" | "none"> {
    const query = new URLSearchParams(location.search);
    if (!query.has("code") && !query.has("error")) return "none";
    const kept = sessionStorage.getItem(ASKED);
    sessionStorage.removeItem(ASKED);
    const asked = kept === null ? null : (JSON.parse(kept) as Asked);
    history.replaceState(null, "", location.pathname + (asked?.at ?? ""));
    if (!asked || query.get("state") !== asked.state || !query.has("code")) return "failed";
    const done = this.#fetchTokens({
      grant_type: "authorization_code",
      code: query.get("code")!,
      redirect_uri: redirectUri(),
      code_verifier: asked.verifier,
    });
    return (await done.catch(() => false)) ? "in" : "failed";
  }

  /** New tokens, asked for once however many wait for them; whether they were had. Raises Unreachable. */
  refreshed(): Promise<boolean> {
    const refresh = this.#tokens?.refresh;
    if (!refresh) return Promise.resolve(false);
    this.#refreshing ??= this.#fetchTokens({ grant_type: "refresh_token", refresh_token: refresh }).finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  /** Whether the token is about to end. */
  isOld(): boolean {
    return this.#tokens !== null && Date.now() > this.#tokens.until;
  }

  signOut(): void {
    this.#tokens = null;
    sessionStorage.clear();
    const { end_session_endpoint, client_id } = this.#endpoints!;
    if (end_session_endpoint === null) return location.reload();
    const address = new URL(end_session_endpoint, location.href);
    address.search = new URLSearchParams({
      client_id,
      // Cognito's name for it, and OpenID Connect's.
      logout_uri: redirectUri(),
      post_logout_redirect_uri: redirectUri(),
    }).toString();
    location.assign(address);
  }

  async #fetchTokens(asked: Record<string, string>): Promise<boolean> {
    const { token_endpoint, client_id } = this.#endpoints!;
    const body = new URLSearchParams({ ...asked, client_id });
    const answer = await fetch(new URL(token_endpoint, location.href), { method: "POST", body }).catch(() => {
      throw new Unreachable();
    });
    if (answer.status >= 500) throw new Unreachable();
    if (!answer.ok) return false;
    const said = (await answer.json()) as { access_token: string; refresh_token?: string; expires_in?: number };
    this.#tokens = {
      access: said.access_token,
      refresh: said.refresh_token ?? this.#tokens?.refresh ?? null,
      until: Date.now() + (said.expires_in ?? 3_600) * 1_000 - EARLY,
    };
    return true;
  }
}

function redirectUri(): string {
  return location.origin + location.pathname;
}

export const session = new Session();
