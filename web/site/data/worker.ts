/** Holds all complaints beside the page, and tells it what it shows: the page itself never waits for tens of thousands. */
import { Supercluster } from "@maplibre/geojson-vt";

import { Lines } from "./lines";
import type { Answer, Ask, Counts, Listed, Mark, Question } from "./questions";
import { countIn, type Filters, isAbout, isOf, isOverdue, isWorking, NO_FILTERS, orderOf } from "./sieve";
import type { Complaint, Feature, Tombstone } from "./types";

const FILE = "/open/complaints.geojson";
/** Further away nothing is gathered anew: each step takes its time, and a region is in view by then. */
const COARSEST = 8;
/** As near as the map comes: a hundred metres, to which most places are rounded, are 35 pixels then. */
const FINEST = 14;
const PLACED = 60;

interface Kept {
  features: Feature[];
  tombstones: Tombstone[];
}

let reading = begin();
let filters: Filters = NO_FILTERS;
let sieved: Feature[] | null = null;
let clusters: Supercluster | null = null;

/** Whoever asks is told that it failed; until then nobody has to be. */
function begin(): Promise<Kept> {
  const begun = read();
  begun.catch(() => null);
  return begun;
}

async function read(): Promise<Kept> {
  const response = await fetch(FILE);
  if (!response.ok) throw new Error(String(response.status));
  const lines = new Lines();
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    lines.take(value);
  }
  lines.end();
  return lines;
}

function sieve(kept: Kept, asked: Filters, now: number): Feature[] {
  if (sieved === null || JSON.stringify(asked) !== JSON.stringify(filters)) {
    filters = asked;
    clusters = null;
    const { state } = asked;
    const chosen = kept.features.filter(
      ({ properties }) => isAbout(properties, asked) && (!state || isOf(properties, state, now)),
    );
    const ordered = chosen.map((feature) => ({ feature, order: orderOf(feature.properties, now) }));
    ordered.sort((one, other) => one.order[0] - other.order[0] || one.order[1] - other.order[1]);
    sieved = ordered.map(({ feature }) => feature);
  }
  return sieved;
}

function list(kept: Kept, asked: Filters, shown: number): Listed {
  const now = Date.now();
  const found = sieve(kept, asked, now);
  const counts: Counts = { overdue: 0, today: 0, working: 0, week: 0 };
  let changed = "";
  for (const { properties } of kept.features) {
    if (properties.updated_at > changed) changed = properties.updated_at;
    if (isAbout(properties, asked)) countIn(counts, properties, now);
  }
  return {
    rows: found.slice(0, shown).map(({ properties }) => properties),
    total: found.length,
    counts,
    changed,
    agencies: [...new Set(kept.features.map(({ properties }) => properties.agency))],
    categories: [...new Set(kept.features.map(({ properties }) => properties.category))],
  };
}

function clustered(kept: Kept): Supercluster {
  if (clusters === null) {
    const now = Date.now();
    clusters = new Supercluster({
      radius: 54,
      minZoom: COARSEST,
      maxZoom: FINEST,
      map: (properties) => ({ overdue: (properties as Mark).overdue }),
      reduce: (sum, properties) => {
        sum["overdue"] = (sum["overdue"] as number) + (properties["overdue"] as number);
      },
    });
    clusters.load(
      sieve(kept, filters, now).flatMap(({ id, geometry, properties }) =>
        geometry === null ? [] : [{ type: "Feature", id, geometry, properties: mark(properties, now) }],
      ),
    );
  }
  return clusters;
}

function mark(complaint: Complaint, now: number): Mark {
  const overdue = isOverdue(complaint, now);
  return {
    number: complaint.number,
    overdue: overdue ? 1 : 0,
    state: overdue ? "overdue" : isWorking(complaint) ? "working" : "done",
  };
}

async function answer(question: Question): Promise<unknown> {
  if (question.kind === "again") {
    reading = begin();
    sieved = null;
  }
  const kept = await reading;
  switch (question.kind) {
    case "list":
      return list(kept, question.filters, question.shown);
    case "marks":
      return clustered(kept).getClusters(question.box, question.zoom);
    case "expand":
      return clustered(kept).getClusterExpansionZoom(question.cluster);
    case "leaves": {
      const numbers = clustered(kept)
        .getLeaves(question.cluster, PLACED)
        .map((each) => (each.properties as Mark).number);
      return complaints(kept, numbers);
    }
    case "find": {
      const [found = null] = complaints(kept, [question.number]);
      return { found, tombstone: kept.tombstones.find((each) => each.number === question.number) ?? null };
    }
    case "again":
      return null;
  }
}

function complaints(kept: Kept, numbers: readonly string[]): Complaint[] {
  const asked = new Set(numbers);
  return kept.features.filter(({ id }) => asked.has(id)).map(({ properties }) => properties);
}

addEventListener("message", ({ data: { id, question } }: MessageEvent<Ask>) => {
  const reply = (said: Answer): void => postMessage(said);
  answer(question).then(
    (value) => reply({ id, value }),
    (error: unknown) => reply({ id, error: String(error) }),
  );
});
