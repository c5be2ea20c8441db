/** What the API says when it refuses: RFC 9457, with a pointer to each field at fault. */
export interface Fault {
  pointer: string;
  detail: string;
}
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  errors?: Fault[];
}

export class Refused extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.title);
    this.problem = problem;
  }
  get status(): number {
    return this.problem.status;
  }
  /** Somebody else was there first, or the state does not allow it any more. */
  get isConflict(): boolean {
    return this.status === 409 || this.status === 412;
  }
}

/** No answer came, however often it was tried. */
export class Unreachable extends Error {}

/** Whoever is at the desk has to sign in again. */
export class SessionEnded extends Error {}

export function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "type" in body && "title" in body;
}
