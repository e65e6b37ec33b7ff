import { readdirSync, statSync } from "node:fs";
import { readProcessUsage } from "../process/process-usage.ts";
import { waitUntil } from "../process/wait-until.ts";
import { probeMetadata } from "../wire/metadata-probe.ts";

/** What a broker takes at one moment. */
export interface SoakSample {
  readonly residentBytes: number;
  readonly openFiles: number;
  readonly diskBytes: number;
  /** How long a Metadata request took that came while others were served. */
  readonly answerMs: number;
}

export async function soakSample(pid: number, dataFolder: string, bootstrap: string): Promise<SoakSample> {
  const [host = "", port = ""] = bootstrap.split(":");
  const askedMs = performance.now();
  // One that is not answered within the probe's own time is asked again: what counts is when an answer came.
  await waitUntil("the broker answers", async () => (await probeMetadata(host, Number(port))).length > 0);
  return {
    answerMs: performance.now() - askedMs,
    residentBytes: readProcessUsage(pid).residentBytes,
    openFiles: readdirSync(`/proc/${pid}/fd`).length,
    diskBytes: sizeOf(dataFolder),
  };
}

/** Files may go while it is looked. */
function sizeOf(folder: string): number {
  let bytes = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const stat = statSync(`${folder}/${name}`, { throwIfNoEntry: false });
    if (stat?.isFile()) bytes += stat.size;
  }
  return bytes;
}

/** The most of each over some samples. */
export function mostOf(samples: readonly SoakSample[]): SoakSample {
  const most = (field: keyof SoakSample): number => Math.max(...samples.map((sample) => sample[field]));
  return { residentBytes: most("residentBytes"), openFiles: most("openFiles"), diskBytes: most("diskBytes"), answerMs: most("answerMs") };
}
