import { setTimeout as sleep } from "node:timers/promises";
import { waitUntil } from "../../process/wait-until.ts";
import type { BrokenThing, FaultWorld } from "../fault.ts";
import { dropTopics, makeTopic } from "./make-topic.ts";
import { untilWhole } from "./settled.ts";

const LEADER = 1;
const FOLLOWER = 3;
/** It runs for so long, then stands still: long enough to be heard of by the controller each time, too short to copy what was written meanwhile. */
const RUNS_MS = 60;
const STANDS_MS = 1_500;
const VALUE = Buffer.alloc(100_000, 120);
const RECORDS_AT_ONCE = 40;

/** A follower that has a few hundredths of a processor, of a leader that is written to all the time. */
export async function slowFollower(world: FaultWorld): Promise<BrokenThing> {
  const topic = "shop.faults.written";
  await makeTopic(world, topic, {
    assignments: [[LEADER, 2, FOLLOWER]],
    configs: { "retention.bytes": "200000000", "segment.bytes": "50000000" },
  });
  const ended = new AbortController();
  const working = Promise.all([standStillMostly(world, ended.signal), write(world, topic, ended.signal)]);
  working.catch(() => {});
  const heal = async (): Promise<void> => {
    if (ended.signal.aborted) return;
    ended.abort();
    await working;
    await untilWhole(world);
  };
  await waitUntil(`broker ${FOLLOWER} is behind`, async () => {
    const [described] = await world.admin.describeTopics([topic]);
    return described?.value?.partitions[0]?.isr.includes(FOLLOWER) === false;
  });
  return {
    about: `broker ${FOLLOWER}`,
    heal,
    cleanUp: async () => {
      await heal();
      await dropTopics(world, topic);
    },
  };
}

async function standStillMostly({ cluster }: FaultWorld, signal: AbortSignal): Promise<void> {
  const pid = cluster.pids[FOLLOWER - 1]!;
  try {
    while (!signal.aborted) {
      process.kill(pid, "SIGSTOP");
      await sleep(STANDS_MS, undefined, { signal }).catch(() => {});
      process.kill(pid, "SIGCONT");
      await sleep(RUNS_MS);
    }
  } finally {
    process.kill(pid, "SIGCONT");
  }
}

async function write({ client }: FaultWorld, topic: string, signal: AbortSignal): Promise<void> {
  const producer = client.producer({ acks: 1 });
  try {
    while (!signal.aborted) {
      await producer.send(Array.from({ length: RECORDS_AT_ONCE }, () => ({ topic, partition: 0, value: VALUE })));
      await sleep(200);
    }
  } finally {
    await producer.close();
  }
}
