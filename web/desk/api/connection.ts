/** Whether the API can be reached, for whoever shows it. */
export type Connection = "good" | "slow" | "offline";

let state: Connection = navigator.onLine ? "good" : "offline";
const watchers = new Set<(now: Connection) => void>();

export function connection(): Connection {
  return state;
}

/** How a request fared. That there is no connection the browser says: an answer may have been on its way. */
export function report(fared: "good" | "slow"): void {
  const now = navigator.onLine ? fared : "offline";
  if (now === state) return;
  state = now;
  watchers.forEach((tell) => tell(now));
}

export function watchConnection(tell: (now: Connection) => void): () => void {
  watchers.add(tell);
  return () => watchers.delete(tell);
}

addEventListener("offline", () => report("slow"));
addEventListener("online", () => report("good"));

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
