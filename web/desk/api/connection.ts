/** Whether the API can be reached, for whoever shows it. */
export type Connection = "good" | "slow" | "offline";

/** When the browser said that there is none: believed until something is answered that was asked since. */
let lostAt = navigator.onLine ? undefined : performance.now();
let state: Connection = lostAt === undefined ? "good" : "offline";
const watchers = new Set<(now: Connection) => void>();

export function connection(): Connection {
  return state;
}

/** An answer came, to what was sent at this time: an older one may have been on its way. */
export function came(fared: "good" | "slow", sentAt: number): void {
  if (lostAt !== undefined && sentAt > lostAt) lostAt = undefined;
  tellAll(fared);
}

/** An answer is missed: there is none, or none yet. */
export function missed(): void {
  if (!navigator.onLine) lostAt ??= performance.now();
  tellAll("slow");
}

function tellAll(fared: "good" | "slow"): void {
  const now = lostAt === undefined ? fared : "offline";
  if (now === state) return;
  state = now;
  watchers.forEach((tell) => tell(now));
}

export function watchConnection(tell: (now: Connection) => void): () => void {
  watchers.add(tell);
  return () => watchers.delete(tell);
}

addEventListener("offline", () => {
  lostAt = performance.now();
  tellAll("slow");
});
addEventListener("online", () => {
  lostAt = undefined;
  tellAll("good");
});

/** Resolves after so long, or as soon as the connection is back. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    addEventListener("online", done);
  });
}
