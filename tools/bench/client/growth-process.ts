// One client that lives long: `growth-process.ts BOOTSTRAP TOPIC MINUTES`, to be run with --expose-gc. Produces, consumes, reconnects, at a rate that leaves the machine to others; prints one line of JSON per sample.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@ottla/client";

const [bootstrapServers = "", topic = "", minutes = ""] = process.argv.slice(2);
const SAMPLE_EVERY_MS = 5000;
const ROUND_RECORDS = 2000;
const ROUND_PAUSE_MS = 500;
const GUEST_PAUSE_MS = 1000;
/** V8 takes its pages one by one, each a mapping without a name that is no larger. */
const HEAP_PAGE_KIB_MAX = 256;
const endMs = performance.now() + Number(minutes) * 60_000;
const isOver = (): boolean => performance.now() > endMs;
const client = createClient({ bootstrapServers });
const value = Buffer.alloc(1000, "x");
let produced = 0;
let consumed = 0;
let reconnects = 0;

async function produce(): Promise<void> {
  const producer = client.producer({ compression: "lz4" });
  while (!isOver()) {
    for (let i = 0; i < ROUND_RECORDS; i++) {
      const wait = producer.enqueue({ topic, key: `k${i}`, value });
      if (wait !== undefined) await wait;
    }
    await producer.flush();
    await producer.send({ topic, value });
    produced += ROUND_RECORDS + 1;
    await sleep(ROUND_PAUSE_MS);
  }
  await producer.close();
}

async function consume(): Promise<void> {
  const consumer = client.consumer({ groupId: `growth-${process.pid}`, autoCommitIntervalMs: 1000 });
  consumer.subscribe(topic);
  while (!isOver()) {
    for (const batch of await consumer.poll(200)) for (const record of batch) consumed += record.value === null ? 0 : 1;
  }
  await consumer.close();
}

/** Clients that come, do a little, and go. */
async function comeAndGo(): Promise<void> {
  while (!isOver()) {
    const guest = createClient({ bootstrapServers });
    await guest.producer().send({ topic, value });
    const consumer = guest.consumer({ groupId: `guests-${process.pid}`, autoOffsetReset: "earliest" });
    consumer.subscribe(topic);
    await consumer.poll(1000);
    await guest.close();
    reconnects++;
    await sleep(GUEST_PAUSE_MS);
  }
}

/** What of this process is in memory: all of it, and V8's pages. */
function readMappings(): { readonly residentKiB: number; readonly heapPagesKiB: number } {
  let residentKiB = 0;
  let heapPagesKiB = 0;
  let isHeapPage = false;
  for (const line of readFileSync("/proc/self/smaps", "utf8").split("\n")) {
    const mapping = /^([0-9a-f]+)-([0-9a-f]+) rw-p \S+ \S+ 0\s*$/.exec(line);
    if (/^[0-9a-f]+-[0-9a-f]+ /.test(line))
      isHeapPage = mapping !== null && Number(`0x${mapping[2]}`) - Number(`0x${mapping[1]}`) <= HEAP_PAGE_KIB_MAX * 1024;
    const kiB = Number(/^Rss:\s+(\d+)/.exec(line)?.[1] ?? 0);
    residentKiB += kiB;
    if (isHeapPage) heapPagesKiB += kiB;
  }
  return { residentKiB, heapPagesKiB };
}

async function sample(): Promise<void> {
  const startedMs = performance.now();
  while (!isOver()) {
    await sleep(SAMPLE_EVERY_MS);
    globalThis.gc!();
    const { residentKiB, heapPagesKiB } = readMappings();
    const { heapUsed, external } = process.memoryUsage();
    const minute = (performance.now() - startedMs) / 60_000;
    process.stdout.write(
      `${JSON.stringify({ minute, residentBytes: residentKiB * 1024, heapPagesBytes: heapPagesKiB * 1024, heldBytes: heapUsed + external, produced, consumed, reconnects })}\n`,
    );
  }
}

await Promise.all([produce(), consume(), comeAndGo(), sample()]);
await client.close();
