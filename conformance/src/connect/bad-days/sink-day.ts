import { setTimeout as sleep } from "node:timers/promises";
import { SeededRandom } from "@ottla/base/simulated";
import { type Client, createClient } from "@ottla/client";
import type { RunningCluster } from "../../cluster.ts";
import { startOttla } from "../../ottla/broker.ts";
import { nodeBinary, repositoryRoot } from "../../paths.ts";
import { type Child, startChild } from "../../process/child.ts";
import { findFreePorts } from "../../process/free-port.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../../process/temporary-folder.ts";
import { waitUntil } from "../../process/wait-until.ts";

const WORKER = `${repositoryRoot}conformance/src/connect/bad-days/sink-worker.ts`;
/** A consumer that was killed leaves its group after so long. */
const SESSION_MS = 6_000;
const BATCH_MAX = 60;
/** Records come for at least so long on average, so that all that happens happens among them. */
const PRODUCE_MS = 15_000;

/** A day on which a sink's worker, the broker and the system behind the sink die, and the worker stands still so long that another one takes its place, and then goes on. */
export interface SinkDay {
  readonly seed: number;
  readonly topic: string;
  readonly partitions: number;
  readonly records: number;
  readonly config: Readonly<Record<string, string>>;
  /** The record of a number; `partition` is number % partitions. */
  readonly recordOf: (number: number) => { readonly key: string; readonly value: string };
  /** Another death, of the system behind; resolves when it is back. */
  readonly crash: (random: SeededRandom) => Promise<void>;
  /** Whether the system has all that it must have. */
  readonly isDone: () => boolean | Promise<boolean>;
}

/** Lives through it; resolves with what happened when the system has everything. */
export async function liveThrough(day: SinkDay): Promise<string> {
  const random = new SeededRandom(day.seed);
  const dataDir = makeTemporaryFolder("sink-day");
  const [port = 0] = await findFreePorts(1);
  const startBroker = (): Promise<RunningCluster> => startOttla({ dataDir, port });
  let broker = await startBroker();
  const client = createClient({ bootstrapServers: broker.bootstrap });
  const startWorker = (): Child =>
    startChild(nodeBinary, [
      "--conditions=source",
      WORKER,
      broker.bootstrap,
      JSON.stringify({ topics: day.topic, "consumer.override.session.timeout.ms": String(SESSION_MS), ...day.config }),
    ]);
  const deaths = { worker: 0, broker: 0, system: 0, zombies: 0 };
  const zombieAt = random.nextInt(2);
  let worker: Child | undefined;
  try {
    await client.admin().createTopics([{ name: day.topic, partitionCount: day.partitions }]);
    const produced = produce(client, day, random);
    worker = startWorker();
    for (let event = 0, done = false; !done; event++) {
      await sleep(200 + random.nextInt(1500));
      done = await Promise.race([produced.then(() => true), sleep(1, false)]);
      const roll = random.nextInt(10);
      if (event === zombieAt) {
        // In the middle of its work, and not of its start.
        await waitUntil("the worker has partitions", () => hasPartitions(client), { timeoutMs: 60_000 });
        await sleep(random.nextInt(1_500));
        const zombie = worker;
        zombie.process.kill("SIGSTOP");
        worker = startWorker();
        await sleep(SESSION_MS + 500 + random.nextInt(3_000));
        zombie.process.kill("SIGCONT");
        await sleep(random.nextInt(2_000));
        await zombie.kill();
        deaths.zombies++;
      } else if (roll < 6) {
        await worker.kill();
        worker = startWorker();
        deaths.worker++;
      } else if (roll < 8) {
        await day.crash(random);
        deaths.system++;
      } else {
        await broker.kill();
        broker = await startBroker();
        deaths.broker++;
      }
    }
    await produced;
    await waitUntil("the system has everything", day.isDone, { timeoutMs: 120_000, everyMs: 200 }).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${worker?.outputTail()}`, { cause: error });
    });
    return `${day.records} records; deaths: ${deaths.worker} of the worker, ${deaths.broker} of the broker, ${deaths.system} of the system; ${deaths.zombies} zombies`;
  } finally {
    await worker?.kill();
    await client.close();
    await broker.kill();
    removeTemporaryFolder(dataDir);
  }
}

async function hasPartitions(client: Client): Promise<boolean> {
  const groups = await client.admin().describeGroups(["connect-sink"]);
  return groups.some(({ value }) => value?.members.some(({ assignment = [] }) => assignment.length > 0) === true);
}

async function produce(client: Client, day: SinkDay, random: SeededRandom): Promise<void> {
  const producer = client.producer();
  const pauseMs = Math.max(120, (2 * PRODUCE_MS * (BATCH_MAX / 2)) / day.records);
  for (let number = 0; number < day.records; ) {
    const count = Math.min(1 + random.nextInt(BATCH_MAX), day.records - number);
    const batch = Array.from({ length: count }, (_, index) => number + index);
    await producer.send(batch.map((each) => ({ topic: day.topic, partition: each % day.partitions, ...day.recordOf(each) })));
    number += count;
    await sleep(random.nextInt(pauseMs));
  }
}
