import type { HeapProfiler } from "node:inspector";
import { Session } from "node:inspector/promises";

const SAMPLE_EVERY_BYTES = 4_096;
const SHOWN = 25;

/** What a function allocated itself, garbage included. */
interface Allocated {
  readonly function: string;
  readonly bytes: number;
}

/** Does some work and tells which functions allocated how much per record, the most first: bytes by sampling, collected ones too. */
export async function allocationsPerRecord(records: number, work: () => void): Promise<string> {
  using session = new ProfilerSession();
  await session.start();
  work();
  const allocated = byFunction(await session.stop());
  const total = allocated.reduce((sum, { bytes }) => sum + bytes, 0);
  const lines = allocated.slice(0, SHOWN).map((each) => `${(each.bytes / records).toFixed(1).padStart(9)}  ${each.function}`);
  return [`bytes allocated per record: ${(total / records).toFixed(0)}, of which`, ...lines].join("\n");
}

class ProfilerSession {
  readonly #session = new Session();

  async start(): Promise<void> {
    this.#session.connect();
    await this.#session.post("HeapProfiler.startSampling", {
      samplingInterval: SAMPLE_EVERY_BYTES,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    });
  }

  async stop(): Promise<HeapProfiler.SamplingHeapProfileNode> {
    const { profile } = await this.#session.post("HeapProfiler.stopSampling");
    return profile.head;
  }

  [Symbol.dispose](): void {
    this.#session.disconnect();
  }
}

function byFunction(head: HeapProfiler.SamplingHeapProfileNode): Allocated[] {
  const bytesOf = new Map<string, number>();
  const waiting = [head];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const { functionName, url, lineNumber } = node.callFrame;
    const name = `${functionName || "(anonymous)"} ${url.replace(/^.*\/(?=packages\/|tools\/)/, "")}:${lineNumber + 1}`;
    bytesOf.set(name, (bytesOf.get(name) ?? 0) + node.selfSize);
    waiting.push(...node.children);
  }
  return [...bytesOf].map(([name, bytes]) => ({ function: name, bytes })).sort((a, b) => b.bytes - a.bytes);
}
