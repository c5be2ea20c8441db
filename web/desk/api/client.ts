import createClient from "openapi-fetch";

import { session } from "../session/session";
import { language } from "../texts/language";
import { came, missed, pause } from "./connection";
import type { paths } from "./schema";
import { isProblem, Refused, SessionEnded, Unreachable } from "./problem";

/** Waits between tries, in milliseconds; a try takes so long at most, and counts as slow after a while. */
const WAITS = [500, 1_000, 2_000, 4_000, 8_000];
const TRY_MOST = 30_000;
const SLOW_AFTER = 4_000;
const PASSING = new Set([429, 502, 503, 504]);

/** A write is tried again only under its Idempotency-Key: then it is done once, however often it is sent. */
function isRepeatable(request: Request): boolean {
  return request.method === "GET" || request.headers.has("idempotency-key");
}

async function once(request: Request): Promise<Response> {
  const sent = new Request(request.clone(), { signal: AbortSignal.timeout(TRY_MOST) });
  sent.headers.set("accept-language", language());
  const token = session.token();
  if (token) sent.headers.set("authorization", `Bearer ${token}`);
  const slow = setTimeout(missed, SLOW_AFTER);
  try {
    return await fetch(sent);
  } finally {
    clearTimeout(slow);
  }
}

async function repeated(request: Request): Promise<Response> {
  for (let tried = 0; ; tried++) {
    const wait = isRepeatable(request) ? WAITS[tried] : undefined;
    const sentAt = performance.now();
    try {
      const answer = await once(request);
      if (!PASSING.has(answer.status) || wait === undefined) {
        came("good", sentAt);
        return answer;
      }
      came("slow", sentAt);
      await pause(Math.max(wait, 1_000 * Number(answer.headers.get("retry-after") ?? 0)));
    } catch {
      missed();
      if (wait === undefined) throw new Unreachable();
      await pause(wait);
    }
  }
}

/** The gateway refuses a token by itself, without a problem document: 401 where there is none, 403 where it is none. */
async function isTokenRefused(answer: Response): Promise<boolean> {
  if (answer.status === 401) return true;
  return answer.status === 403 && !isProblem(await answer.clone().json().catch(() => null));
}

async function authorized(request: Request): Promise<Response> {
  if (session.isOld()) await session.refreshed();
  const answer = await repeated(request);
  if (!(await isTokenRefused(answer))) return answer;
  if (!(await session.refreshed())) {
    session.end();
    throw new SessionEnded();
  }
  const second = await repeated(request);
  if (await isTokenRefused(second)) {
    session.end();
    throw new SessionEnded();
  }
  return second;
}

export const api = createClient<paths>({ baseUrl: location.origin, fetch: authorized });

/** What the API answered. Raises Refused, Unreachable, SessionEnded. */
export async function answered<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (response.ok) return data as T;
  throw new Refused(
    isProblem(error) ? error : { type: "about:blank", title: response.statusText || "?", status: response.status },
  );
}

/** The same, and `otherwise` where there is no such route or thing. */
export async function answeredOr<T, U>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
  otherwise: U,
): Promise<T | U> {
  try {
    return await answered(call);
  } catch (error) {
    if (error instanceof Refused && (error.status === 404 || error.status === 403)) return otherwise;
    throw error;
  }
}
