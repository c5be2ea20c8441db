import type { State } from "../../parts/map/marks";
import type { Filters } from "./sieve";
import type { Complaint, Tombstone } from "./types";

export type Box = [west: number, south: number, east: number, north: number];

/** What the page asks of the worker that holds the complaints. */
export type Question =
  | { kind: "list"; filters: Filters; shown: number }
  | { kind: "marks"; box: Box; zoom: number }
  | { kind: "expand"; cluster: number }
  | { kind: "leaves"; cluster: number }
  | { kind: "find"; number: string }
  | { kind: "again" };

export interface Ask {
  id: number;
  question: Question;
}

export type Answer = { id: number; value: unknown } | { id: number; error: string };

export type Counts = Record<"overdue" | "today" | "working" | "week", number>;

export interface Listed {
  rows: Complaint[];
  total: number;
  /** Of all that pass the filters but that of the state. */
  counts: Counts;
  /** When the last of them changed; empty where there is none. */
  changed: string;
  /** Which occur. */
  agencies: string[];
  categories: string[];
}

export interface Found {
  found: Complaint | null;
  tombstone: Tombstone | null;
}

/** What the map knows of one point. */
export interface Mark {
  number: string;
  overdue: 0 | 1;
  state: State;
}
