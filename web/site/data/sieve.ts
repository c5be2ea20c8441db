import type { Counts } from "./questions";
import type { Complaint } from "./types";

export const STATES = ["overdue", "today", "working", "week", "answered", "ended"] as const;
export type State = (typeof STATES)[number];

export interface Filters {
  state: State | "";
  category: string;
  agency: string;
  district: string;
}

export const NO_FILTERS: Filters = { state: "", category: "", agency: "", district: "" };

const DAY = 24 * 3_600_000;
const WEEK = 7 * DAY;

export function isWorking(complaint: Complaint): boolean {
  return complaint.status === "assigned" || complaint.status === "acknowledged";
}

/** A term for an answer has passed, and none stands: also where it passed since the file was written. */
export function isOverdue(complaint: Complaint, now: number): boolean {
  return isWorking(complaint) && (complaint.overdue || dueIn(complaint, now) < 0);
}

function dueIn(complaint: Complaint, now: number): number {
  return complaint.due_at === undefined ? Infinity : Date.parse(complaint.due_at) - now;
}

export function isOf(complaint: Complaint, state: State, now: number): boolean {
  switch (state) {
    case "overdue":
      return isOverdue(complaint, now);
    case "today":
      return isWorking(complaint) && !isOverdue(complaint, now) && dueIn(complaint, now) <= DAY;
    case "working":
      return isWorking(complaint);
    case "week":
      return complaint.answered_at !== undefined && now - Date.parse(complaint.answered_at) <= WEEK;
    case "answered":
      return complaint.answered_at !== undefined;
    case "ended":
      return complaint.status === "closed" || complaint.status === "withdrawn";
  }
}

/** Whether it passes all filters but that of its state. */
export function isAbout(complaint: Complaint, { category, agency, district }: Filters): boolean {
  return (
    (!category || complaint.category === category) &&
    (!district || complaint.district === district) &&
    (!agency || complaint.agency === agency || (complaint.escalated_to ?? []).includes(agency))
  );
}

/** Counts it under each of these that it is of: once for all, as there may be tens of thousands. */
export function countIn(counts: Counts, complaint: Complaint, now: number): void {
  if (isWorking(complaint)) {
    counts.working++;
    if (isOverdue(complaint, now)) counts.overdue++;
    else if (dueIn(complaint, now) <= DAY) counts.today++;
  }
  if (complaint.answered_at !== undefined && isOf(complaint, "week", now)) counts.week++;
}

/** What is overdue longest comes first, then what is due next, then what was answered or ended last. */
export function orderOf(complaint: Complaint, now: number): readonly [rank: number, at: number] {
  if (isOverdue(complaint, now)) return [-Math.max(1, complaint.level), Date.parse(complaint.submitted_at)];
  if (isWorking(complaint)) return [1, complaint.due_at === undefined ? Infinity : Date.parse(complaint.due_at)];
  return [2, -Date.parse(complaint.answered_at ?? complaint.ended_at ?? complaint.updated_at)];
}
