/** The public files, as they are written: `functions/notify/publisher` and `functions/notify/figures`. */

import type { BaseMap } from "../../parts/map/ground";

export type Names = Partial<Record<string, string>>;

interface Outline {
  type: "MultiPolygon";
  coordinates: number[][][][];
}

export interface Region {
  id: string;
  name: Names;
  number_prefix: string;
  languages: string[];
  time_zone: string;
  api: string;
  base_map?: BaseMap | null;
  boundary: Outline;
  districts: { id: string; name: Names; geometry: Outline }[];
  category_groups: { id: string; name: Names; order: number }[];
  categories: { id: string; name: Names; group: string; order: number }[];
  agencies: { id: string; name: Names; kind: string; parent: string | null }[];
}

export type Status = "assigned" | "acknowledged" | "answered" | "closed" | "withdrawn";

/** What a feature says of a complaint; what does not apply is left out. */
export interface Complaint {
  number: string;
  status: Status;
  category: string;
  district?: string;
  agency: string;
  escalated_to?: string[];
  level: number;
  joined: number;
  submitted_at: string;
  due_at?: string;
  answered_at?: string;
  ended_at?: string;
  overdue: boolean;
  answered_in_time?: boolean;
  updated_at: string;
  part_of?: string;
  parts?: string[];
}

export interface Feature {
  type: "Feature";
  id: string;
  geometry: { type: "Point"; coordinates: [number, number] } | null;
  properties: Complaint;
}

export interface Tombstone {
  number: string;
  hidden_at: string;
  reason: string;
}

export interface Spread {
  of: number;
  median: number | null;
  p90: number | null;
}

export const COUNTED = [
  "received",
  "in_time",
  "late",
  "overdue",
  "open",
  "given_up",
  "confirmed",
  "refuted",
  "extended",
  "passed_on",
  "proofs",
  "proofs_far",
  "proofs_reused",
] as const;

export type Figures = Record<(typeof COUNTED)[number], number> & {
  judged: number;
  in_time_share: number | null;
  rank: number | null;
  ranked: number | null;
  escalated: Record<string, number>;
  hours_to_acknowledge: Spread;
  hours_to_answer: Spread;
};

export interface Group {
  all: Figures;
  months: Record<string, Figures>;
}

export const KINDS = ["agencies", "categories", "districts"] as const;
export type Kind = (typeof KINDS)[number];

export type AllFigures = {
  region: string;
  as_of: string;
  fewest: number;
  definitions: Record<string, Names>;
  months: string[];
  hidden: Record<string, number>;
  whole: Group;
} & Record<Kind, Record<string, Group>>;
