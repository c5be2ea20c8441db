/** What the published document will say and does not say yet. To be deleted with it: `paths` is then `./schema`'s own. */
import type { Problem } from "./problem";
import type { components, paths as Published } from "./schema";

type Schemas = components["schemas"];
type Json<T> = { headers: Record<string, unknown>; content: { "application/json": T } };
type Refused = { headers: Record<string, unknown>; content: { "application/problem+json": Problem } };
type Names = { "Idempotency-Key": string };
type Given = { query?: object; header?: object; path?: object };
type Parameters<G extends Given> = {
  query?: G["query"];
  cookie?: never;
} & (G extends { header: infer H } ? { header: H } : { header?: never }) &
  (G extends { path: infer P } ? { path: P } : { path?: never });
type Write<G extends Given, Body, Answer> = {
  parameters: Parameters<G>;
  requestBody: { content: { "application/json": Body } };
  responses: { 200: Json<Answer>; 400: Refused };
};
type Read<G extends Given, Answer> = {
  parameters: Parameters<G>;
  requestBody?: never;
  responses: { 200: Json<Answer>; 400: Refused };
};

export type Texts = { kk: string; ru: string; en: string };
export type Role = "viewer" | "officer" | "head";
export interface Me {
  agency: { id: string; name: Texts };
  officer: { id: string; name: string | null; role: Role; language: string | null } | null;
  scopes: string[];
}
export interface Officer {
  id: string;
  name: string | null;
  email?: string | null;
  role: Role;
  state: "invited" | "active" | "left";
  last_seen_at: string | null;
}
export interface NewOfficer {
  email: string;
  name: string;
  role: Role;
  language: string;
}
export interface Template {
  id: string;
  category: string | null;
  outcome: "resolved" | "declined" | null;
  text: Texts;
  order: number;
  enabled: boolean;
}
export interface Counts {
  open: number;
  due_today: number;
  overdue: number;
  escalated_to_us: number;
  unassigned: number;
  as_of: string;
}
export type Work = Schemas["Work"] & {
  excerpt?: string | null;
  address?: string | null;
  thumbnail?: { url: string; expires_at: string } | null;
  assigned_to?: string | null;
  danger?: boolean;
};
export interface Worklist {
  items: Work[];
  cursor: string | null;
}
export interface WorkQuery {
  status?: string | undefined;
  category?: string | undefined;
  district?: string | undefined;
  overdue?: boolean | undefined;
  role?: "owner" | "supervisor" | undefined;
  assigned_to?: string | undefined;
  q?: string | undefined;
  cursor?: string | undefined;
  limit?: number | undefined;
}
export interface Proof {
  distance: "within_50" | "within_200" | "far" | "unknown";
  taken: "after" | "before" | "unknown";
  reused: null | "this_complaint" | "other_complaint";
}
export type Photo = Schemas["PhotoView"] & { proof?: Proof | null };
export type HistoryEvent = Schemas["AuditEvent"] & { officer?: string | null };
export type Detail = Omit<Schemas["AgencyComplaintDetail"], "photos" | "events"> & {
  photos: Photo[];
  events: HistoryEvent[];
  assigned_to?: string | null;
};
export interface Near {
  id: string;
  number: string;
  status: Schemas["Status"];
  category: string;
  submitted_at: string;
  distance_m: number;
  /** Of one that is open: the body that has it. */
  agency?: string | null;
  /** Of an earlier one: how it was answered. */
  outcome?: "resolved" | "declined" | null;
  text?: string | null;
}
export interface DeskSignIn {
  authorization_endpoint: string;
  token_endpoint: string;
  end_session_endpoint: string | null;
  client_id: string;
  scope: string;
}
export type Region = Schemas["RegionView"] & { desk?: DeskSignIn | null };
export interface BulkResult {
  results: { id: string; status: number; problem?: Problem | null }[];
}

interface Added {
  "/v1/region": { get: Read<{}, Region> };
  "/v1/agency/me": {
    get: Read<{}, Me>;
    patch: Write<{}, { language: string }, Me>;
  };
  "/v1/agency/counts": { get: Read<{}, Counts> };
  "/v1/agency/complaints": { get: Read<{ query: WorkQuery }, Worklist> };
  "/v1/agency/complaints/{id}": {
    get: Read<{ path: { id: string }; query: { cursor?: string; limit?: number } }, Detail>;
  };
  "/v1/agency/complaints/{id}/nearby": {
    get: Read<{ path: { id: string } }, { nearby: Near[]; before: Near[] }>;
  };
  "/v1/agency/complaints/{id}/assign": {
    post: Write<{ path: { id: string }; header: Names }, { to: string | null }, unknown>;
  };
  "/v1/agency/bulk": {
    post: Write<{ header: Names }, { move: "acknowledge"; ids: string[] }, BulkResult>;
  };
  "/v1/agency/templates": {
    get: Read<{}, { items: Template[] }>;
    post: Write<{ header: Names }, Omit<Template, "id">, Template>;
  };
  "/v1/agency/templates/{id}": {
    patch: Write<{ path: { id: string } }, Partial<Omit<Template, "id">>, Template>;
    delete: Read<{ path: { id: string } }, unknown>;
  };
  "/v1/agency/officers": {
    get: Read<{}, { items: Officer[] }>;
    post: Write<{ header: Names }, NewOfficer, Officer>;
  };
  "/v1/agency/officers/{id}": {
    patch: Write<{ path: { id: string } }, { role: Role }, Officer>;
    delete: Read<{ path: { id: string } }, unknown>;
  };
  "/v1/agency/officers/{id}/reset-second-factor": {
    post: Read<{ path: { id: string } }, unknown>;
  };
}

export type paths = Omit<Published, keyof Added> & Added;
