/** What MapLibre draws, in the colours of the pages' style. */
export interface Colours {
  ground: string;
  area: string;
  border: string;
  name: string;
  overdue: string;
  above: string;
  working: string;
  done: string;
  group: string;
  rim: string;
  count: string;
  /** Of a base map that is an archive. */
  land: string;
  green: string;
  water: string;
  building: string;
  road: string;
  kerb: string;
  way: string;
}

const LIGHT: Colours = {
  ground: "#e3e9ed",
  area: "#fbfcfd",
  border: "#9fb0ba",
  name: "#4b5d67",
  overdue: "#b3261e",
  above: "#5b21a6",
  working: "#00617a",
  done: "#2b7a4b",
  group: "#33505e",
  rim: "#ffffff",
  count: "#ffffff",
  land: "#eaeeee",
  green: "#d5e6d2",
  water: "#b4d3e4",
  building: "#d7dbdc",
  road: "#ffffff",
  kerb: "#c3ccd1",
  way: "#aebac0",
};

const DARK: Colours = {
  ground: "#0a1216",
  area: "#1b2a32",
  border: "#4a606c",
  name: "#a9bac3",
  overdue: "#ff9c92",
  above: "#cbadff",
  working: "#6fcbe4",
  done: "#84d6a0",
  group: "#b5c9d3",
  rim: "#0e171c",
  count: "#04222b",
  land: "#18242b",
  green: "#1c3329",
  water: "#0d3a52",
  building: "#26363f",
  road: "#41545f",
  kerb: "#0e171c",
  way: "#3a4c56",
};

export function coloursOf(dark: boolean): Colours {
  return dark ? DARK : LIGHT;
}
