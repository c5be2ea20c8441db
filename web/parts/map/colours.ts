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
};

export function coloursOf(dark: boolean): Colours {
  return dark ? DARK : LIGHT;
}
