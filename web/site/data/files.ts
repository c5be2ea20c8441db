import type { AllFigures, Region } from "./types";

async function read<T>(file: string): Promise<T> {
  const response = await fetch(file);
  if (!response.ok) throw new NotRead(response.status);
  return (await response.json()) as T;
}

export class NotRead extends Error {
  constructor(readonly status: number) {
    super(String(status));
  }
}

export function readRegion(): Promise<Region> {
  return read("/open/region.json");
}

/** Null where none were counted yet. */
export async function readFigures(): Promise<AllFigures | null> {
  try {
    return await read("/open/figures.json");
  } catch (error) {
    if (error instanceof NotRead && error.status === 404) return null;
    throw error;
  }
}
