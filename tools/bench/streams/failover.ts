import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "@ottla/client";
import { makeTemporaryFolder, removeTemporaryFolder } from "@ottla/conformance/process/temporary-folder";
import { waitUntil } from "@ottla/conformance/process/wait-until";
import { Comparison } from "../measure/comparison.ts";
import { Contestant } from "./contestant.ts";
import { committedRecords, countRecords, makeInputTopics, PARTITIONS } from "./input-topics.ts";
import { bodyOf, sidesOf, type StreamsBenchPart } from "./part.ts";

const INSTANCES = 3;
const KEYS = 1_000_000;
const RECORDS_PER_SECOND = 2_000;
const TICK_MS = 10;
const SESSION_MS = 6_000;
const BEFORE_MS = 3_000;
const AFTER_MS = 30_000;
const COMMIT_INTERVAL_MS = 100;
const READY_MS = 300_000;
/** A commit takes some ms of {@link COMMIT_INTERVAL_MS}: so many moments are tried until one is in the middle of one. */
const TRIES = 100;
/** By then the broker has what was on its way to it. */
const ARRIVED_MS = 15;
/** No commit takes so long. */
const COMMIT_MS = 200;

interface Case {
  readonly name: string;
  readonly standbys: number;
  /** The killed one leaves a transaction open, which is chance elsewhere. */
  readonly isInCommit: boolean;
}

const cases: readonly Case[] = [
  { name: "without a copy elsewhere", standbys: 0, isInCommit: false },
  { name: "with a copy elsewhere", standbys: 1, isInCommit: false },
  { name: "without a copy, in the middle of a commit", standbys: 0, isInCommit: true },
];

/** How long tasks stand still when the instance that has them is killed: with a copy of their stores elsewhere, and without. */
export const failoverPart: StreamsBenchPart = {
  title: "one of three instances killed",
  async run(options, { cluster, client }) {
    const { records = KEYS } = options;
    await makeInputTopics(client);
    await fillKeys(client, records);
    const comparison = new Comparison();
    for (let round = 0; round < options.rounds; round++) {
      for (const [number, { name: row, standbys, isInCommit }] of cases.entries()) {
        for (const side of sidesOf(options, round)) {
          const applicationId = `bench-failover-${side}-${number}-${round}`;
          const folders = Array.from({ length: INSTANCES }, () => makeTemporaryFolder("streams-failover"));
          const application = {
            shape: "count",
            applicationId,
            isExact: true,
            stores: "memory",
            commitIntervalMs: COMMIT_INTERVAL_MS,
          } as const;
          const settings = { ...application, standbys, sessionTimeoutMs: SESSION_MS, bootstrap: cluster.bootstrap };
          const instances: Contestant[] = [];
          try {
            for (const [i, folder] of folders.entries())
              instances.push(await Contestant.start(side, { ...settings, clientId: clientIdOf(i), folder }));
            await Promise.all(instances.map((instance) => instance.running()));
            const all = await countRecords(client, ["left"]);
            await waitUntil("all keys are counted", async () => (await committedRecords(client, applicationId)) >= all, {
              timeoutMs: READY_MS,
            });
            const victim = await busiestWhenDivided(client, applicationId);
            let killedMs = 0;
            const pauses = await pausesAfter(client, async () => {
              if (isInCommit) await stopInCommit(client, instances[victim]!);
              killedMs = performance.now();
              await instances[victim]!.kill();
            });
            const others = instances.filter((_, i) => i !== victim);
            const heardMs = Math.max(...others.map((each) => each.firstAfter("REBALANCING", killedMs) ?? killedMs));
            const runningMs = Math.max(...others.map((each) => each.firstAfter("RUNNING", heardMs) ?? heardMs));
            comparison.add(`${row}: from the kill until all others say REBALANCING, s`, side, (heardMs - killedMs) / 1000);
            comparison.add(`${row}: from then until all say RUNNING, s`, side, (runningMs - heardMs) / 1000);
            comparison.add(`${row}: longest pause of a partition, s`, side, Math.max(...pauses) / 1000, { than: "kafka", atMost: 1 });
          } finally {
            await Promise.all(instances.map((instance) => instance.close()));
            folders.forEach((folder) => removeTemporaryFolder(folder));
          }
        }
      }
    }
    const said = `An application counts ${records / 1e6} million keys exactly once in ${PARTITIONS} partitions, ${RECORDS_PER_SECOND} records a second come; SIGKILL to the one of ${INSTANCES} instances that has two of them, and whose session ends after ${SESSION_MS / 1000} s. The pause is that between two committed answers of a partition.`;
    return bodyOf(said, comparison);
  },
};

function clientIdOf(instance: number): string {
  return `instance-${instance}`;
}

/** Which instance has two of the four partitions, when each has one: who joins first has all until the others have what it counted. */
async function busiestWhenDivided(client: Client, applicationId: string): Promise<number> {
  let busiest = -1;
  await waitUntil(
    "the partitions are divided among all instances",
    async () => {
      const [described] = await client.admin().describeGroups([applicationId]);
      const group = described?.value;
      if (group?.state !== "Stable") return false;
      const counts = Array.from({ length: INSTANCES }, () => 0);
      for (const { clientId, assignment = [] } of group.members) {
        const instance = counts.findIndex((_, i) => clientId.startsWith(clientIdOf(i)));
        if (instance >= 0) counts[instance] = assignment.filter(({ topic }) => topic === "left").length;
      }
      busiest = counts.indexOf(2);
      return counts.every((count) => count > 0) && busiest >= 0;
    },
    { timeoutMs: READY_MS, everyMs: 200 },
  );
  return busiest;
}

/** Lets it stand still where the transaction that it has begun is not at its end. */
async function stopInCommit(client: Client, { pid }: Contestant): Promise<void> {
  const open = async (): Promise<ReadonlySet<string>> => {
    const listed = await client.admin().listTransactions({ states: ["Ongoing"] });
    return new Set(listed.map(({ transactionalId }) => transactionalId));
  };
  for (let i = 0; i < TRIES; i++) {
    await sleep(Math.random() * COMMIT_INTERVAL_MS);
    process.kill(pid, "SIGSTOP");
    await sleep(ARRIVED_MS);
    const before = await open();
    if (before.size > 0) {
      await sleep(COMMIT_MS);
      // The others' are over by then, and each next one is short.
      const first = await open();
      await sleep(ARRIVED_MS);
      const second = await open();
      if ([...before].some((id) => first.has(id) && second.has(id))) return;
    }
    process.kill(pid, "SIGCONT");
    await sleep(COMMIT_INTERVAL_MS);
  }
  throw new Error(`In ${TRIES} moments the instance had no transaction open.`);
}

async function fillKeys(client: Client, keys: number): Promise<void> {
  const producer = client.producer({ lingerMs: 5, batchSizeBytes: 65_536 });
  for (let i = 0; i < keys; i++) {
    const room = producer.enqueue({ topic: "left", key: `key-${i}`, value: "x" });
    if (room !== undefined) await room;
  }
  await producer.close();
}

/** The longest time without an answer, in ms, by partition of `out`. */
async function pausesAfter(client: Client, kill: () => Promise<unknown>): Promise<readonly number[]> {
  const consumer = client.consumer({ isolationLevel: "read_committed", autoOffsetReset: "latest" });
  const places = Array.from({ length: PARTITIONS }, (_, partition) => ({ topic: "out", partition }));
  consumer.assign(places);
  consumer.seekToEnd();
  for (const place of places) await consumer.position(place);
  const producer = client.producer({ lingerMs: 0 });
  let sent = 0;
  const startMs = performance.now();
  const timer = setInterval(() => {
    for (const due = ((performance.now() - startMs) * RECORDS_PER_SECOND) / 1000; sent < due; sent++) {
      void producer.enqueue({ topic: "left", key: `key-${sent % 1000}`, value: "y" });
    }
  }, TICK_MS);
  const last = places.map(() => startMs + BEFORE_MS);
  const longest = places.map(() => 0);
  let isKilled = false;
  try {
    while (performance.now() < startMs + BEFORE_MS + AFTER_MS) {
      for (const batch of await consumer.poll(20)) {
        const nowMs = performance.now();
        if (isKilled) longest[batch.partition] = Math.max(longest[batch.partition]!, nowMs - last[batch.partition]!);
        last[batch.partition] = nowMs;
      }
      if (isKilled || performance.now() < startMs + BEFORE_MS) continue;
      isKilled = true;
      await kill();
    }
  } finally {
    clearInterval(timer);
    await producer.close();
    await consumer.close();
  }
  // One that is silent to the end has paused until then.
  const endMs = performance.now();
  return longest.map((pause, partition) => Math.max(pause, endMs - last[partition]!));
}
