import type { Answer, Ask, Box, Found, Listed, Question } from "./questions";
import type { Filters } from "./sieve";
import type { Complaint } from "./types";

declare const HOLDER_FILE: string;

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

/** The worker that holds the complaints, asked. Whatever it is asked waits until it has read them. */
export class Holder {
  private readonly worker = new Worker(new URL(HOLDER_FILE, import.meta.url), { type: "module" });
  private readonly waiting = new Map<number, Waiting>();
  private asked = 0;

  constructor() {
    this.worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      const { resolve, reject } = this.waiting.get(data.id)!;
      this.waiting.delete(data.id);
      if ("error" in data) reject(new Error(data.error));
      else resolve(data.value);
    });
  }

  list(filters: Filters, shown: number): Promise<Listed> {
    return this.ask({ kind: "list", filters, shown });
  }

  marks(box: Box, zoom: number): Promise<GeoJSON.Feature<GeoJSON.Point>[]> {
    return this.ask({ kind: "marks", box, zoom });
  }

  expansion(cluster: number): Promise<number> {
    return this.ask({ kind: "expand", cluster });
  }

  leaves(cluster: number): Promise<Complaint[]> {
    return this.ask({ kind: "leaves", cluster });
  }

  find(number: string): Promise<Found> {
    return this.ask({ kind: "find", number });
  }

  /** Reads the file anew. */
  again(): Promise<null> {
    return this.ask({ kind: "again" });
  }

  private ask<T>(question: Question): Promise<T> {
    const id = ++this.asked;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.worker.postMessage({ id, question } satisfies Ask);
    });
  }
}

export const holder = new Holder();
