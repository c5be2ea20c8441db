import type { Feature, Tombstone } from "./types";

/** What `open/complaints.geojson` says, read as it comes: it has one feature a line, and one tombstone. */
export class Lines {
  readonly features: Feature[] = [];
  readonly tombstones: Tombstone[] = [];
  private rest = "";

  take(text: string): void {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop()!;
    for (const line of lines) this.read(line);
  }

  end(): void {
    this.read(this.rest);
    this.rest = "";
  }

  private read(line: string): void {
    if (line.startsWith('{"type":"Feature",')) {
      this.features.push(JSON.parse(bare(line)) as Feature);
    } else if (line.startsWith('{"number":')) {
      this.tombstones.push(JSON.parse(bare(line)) as Tombstone);
    }
  }
}

function bare(line: string): string {
  const end = line.trimEnd();
  return end.endsWith(",") ? end.slice(0, -1) : end;
}
