import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@ottla/client";
import { serdes, streams, StreamsBuilder } from "@ottla/streams";
import { readProcessUsage } from "../../../conformance/src/process/process-usage.ts";
import { waitUntil } from "../../../conformance/src/process/wait-until.ts";
import { LongestHold } from "./longest-hold.ts";
import type { SizesOptions } from "./sizes-part.ts";
import { writeAll } from "./write-all.ts";

const MIB = 1024 * 1024;

/** A table of ten million keys in lmdb, filled from its topic, and all of its rows read as lines over HTTP. */
export async function manyKeys({ bootstrap, keys, tell }: SizesOptions): Promise<void> {
  await using client = createClient({ bootstrapServers: bootstrap });
  await client.admin().createTopics([{ name: "rows", partitionCount: 1 }]);
  // Spread over the store, as keys come.
  const keyOf = (i: number): string => `key-${(Math.imul(i, 0x9e3779b1) >>> 0).toString(36).padStart(7, "0")}`;
  await writeAll(client, keys, (i) => ({ topic: "rows", key: keyOf(i), value: `value-${i}` }));
  const b = new StreamsBuilder();
  b.table("rows", { key: serdes.string, value: serdes.string, store: { name: "rows", persistent: true } });
  const stateDir = mkdtempSync(join(tmpdir(), "ottla-many-keys-"));
  try {
    const before = memory();
    let highest = before;
    using _watch = watch(() => {
      const now = memory();
      highest = { residentMib: Math.max(highest.residentMib, now.residentMib), heapMib: Math.max(highest.heapMib, now.heapMib) };
    });
    using hold = new LongestHold();
    await using app = streams(b.build({ optimization: "all" }), {
      applicationId: "many-keys",
      bootstrapServers: bootstrap,
      stateDir,
      commitIntervalMs: 1_000,
    });
    const beganMs = performance.now();
    const beganCpu = process.cpuUsage();
    const server = await app.serve();
    await app.start();
    await waitUntil(
      "all keys are committed",
      async () => {
        const [committed] = await client.admin().listGroupOffsets("many-keys");
        return (committed?.value?.offset ?? 0) >= keys;
      },
      { timeoutMs: 1_800_000, everyMs: 100 },
    );
    tell(`${keys} keys taken into a table in lmdb: s`, ((performance.now() - beganMs) / 1_000).toFixed(1));
    tell("  CPU, s", cpuSince(beganCpu));
    tell("  heap more than before, at most, MiB", (highest.heapMib - before.heapMib).toFixed(0));
    tell("  memory more than before, at most, pages of the file included, MiB", (highest.residentMib - before.residentMib).toFixed(0));
    tell("  file, MiB", (statSync(join(stateDir, "many-keys", "0_0", "data.mdb")).size / MIB).toFixed(0));
    tell("  longest hold of the loop, ms of CPU", hold.take());
    highest = memory();
    const asked = memory();
    const askedMs = performance.now();
    const askedCpu = process.cpuUsage();
    const response = await fetch(`http://${server.authority}/v1/stores/rows/keys`, { headers: { accept: "application/x-ndjson" } });
    if (response.status !== 200) throw new Error(`The rows were asked for, and the answer is ${response.status}: ${await response.text()}`);
    let lines = 0;
    for await (const chunk of response.body!) for (const byte of chunk) if (byte === 10) lines++;
    tell(`all rows as lines over HTTP: ${lines} lines, s`, ((performance.now() - askedMs) / 1_000).toFixed(1));
    tell("  CPU of both ends, s", cpuSince(askedCpu));
    tell("  heap more than before, at most, MiB", (highest.heapMib - asked.heapMib).toFixed(0));
    tell("  longest hold of the loop, ms of CPU", hold.take());
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
  }
}

function memory(): { readonly residentMib: number; readonly heapMib: number } {
  const { heapUsed, external } = process.memoryUsage();
  return { residentMib: readProcessUsage(process.pid).residentBytes / MIB, heapMib: (heapUsed + external) / MIB };
}

function watch(look: () => void): Disposable {
  const timer = setInterval(look, 100);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function cpuSince(before: NodeJS.CpuUsage): string {
  const { user, system } = process.cpuUsage(before);
  return ((user + system) / 1e6).toFixed(1);
}
