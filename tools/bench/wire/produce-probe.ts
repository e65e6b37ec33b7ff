/**
 * Produces one record of 1 KB after another, a pause between, in a process of its own: `node produce-probe.ts BOOTSTRAP TOPIC`. For each line on its input it prints, as one
 * line of JSON, how long those since the line before took, and begins anew.
 */
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { RecordBatchBuilder } from "@ottla/protocol/records";
import { checkProduced, connected, frameOf } from "./keyed-log.ts";

/** In ms. */
export interface ProbedLatency {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const PAUSE_MS = 1;

function summarize(latencies: readonly number[]): ProbedLatency {
  const sorted = latencies.toSorted((one, other) => one - other);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;
  return { count: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: sorted.at(-1) ?? 0 };
}

async function probe(bootstrap: string, topic: string): Promise<void> {
  const builder = new RecordBatchBuilder();
  builder.append(Buffer.from("key"), Buffer.alloc(1000, 7), [], Date.now());
  const frame = frameOf(topic, builder.close());
  let latencies: number[] = [];
  let take = (_answer: Buffer): void => {};
  const socket = await connected(bootstrap, (answer) => take(answer));
  socket.once("close", () => process.exit(1));
  const lines = createInterface({ input: process.stdin });
  lines.on("line", () => {
    process.stdout.write(`${JSON.stringify(summarize(latencies))}\n`);
    latencies = [];
  });
  lines.once("close", () => process.exit(0));
  process.stdout.write("ready\n");
  for (;;) {
    const startedAt = performance.now();
    const answered = new Promise<Buffer>((resolve) => (take = resolve));
    socket.write(frame);
    checkProduced(await answered);
    latencies.push(performance.now() - startedAt);
    await sleep(PAUSE_MS);
  }
}

const [bootstrap = "", topic = ""] = process.argv.slice(2);
await probe(bootstrap, topic);
