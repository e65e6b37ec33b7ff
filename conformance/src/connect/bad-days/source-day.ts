import { setTimeout as sleep } from "node:timers/promises";
import { SeededRandom } from "@ottla/base/simulated";
import { createClient } from "@ottla/client";
import type { RunningCluster } from "../../cluster.ts";
import { startOttla } from "../../ottla/broker.ts";
import { nodeBinary, repositoryRoot } from "../../paths.ts";
import { type Child, startChild } from "../../process/child.ts";
import { findFreePorts } from "../../process/free-port.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../../process/temporary-folder.ts";
import { waitUntil } from "../../process/wait-until.ts";

const WORKER = `${repositoryRoot}conformance/src/connect/bad-days/source-worker.ts`;

/** A day on which a source's worker, the broker and the system that it reads die. */
export interface SourceDay {
  readonly seed: number;
  /** One partition is made. */
  readonly topic: string;
  readonly config: Readonly<Record<string, string>>;
  /** Writes to the system while it dies; resolves when everything is there. */
  readonly write: (random: SeededRandom) => Promise<void>;
  /** Another death, of the system; resolves when it is back. */
  readonly crash: (random: SeededRandom) => Promise<void>;
  /** Whether the topic, by its committed values in order, has all that it must have. */
  readonly isDone: (values: readonly string[]) => boolean;
}

/** Lives through it; resolves with what happened when the topic has everything. */
export async function liveThroughSource(day: SourceDay): Promise<string> {
  const random = new SeededRandom(day.seed);
  const dataDir = makeTemporaryFolder("source-day");
  const [port = 0] = await findFreePorts(1);
  const startBroker = (): Promise<RunningCluster> => startOttla({ dataDir, port });
  let broker = await startBroker();
  const client = createClient({ bootstrapServers: broker.bootstrap });
  const startWorker = (): Child => startChild(nodeBinary, ["--conditions=source", WORKER, broker.bootstrap, JSON.stringify(day.config)]);
  const deaths = { worker: 0, broker: 0, system: 0 };
  let worker: Child | undefined;
  try {
    await client.admin().createTopics([{ name: day.topic, partitionCount: 1 }]);
    const written = day.write(random);
    worker = startWorker();
    for (let done = false; !done; ) {
      await sleep(400 + random.nextInt(1500));
      done = await Promise.race([written.then(() => true), sleep(1, false)]);
      const roll = random.nextInt(10);
      if (roll < 6) {
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
    await written;
    const values: string[] = [];
    const consumer = client.consumer({
      groupId: "judge",
      autoOffsetReset: "earliest",
      enableAutoCommit: false,
      isolationLevel: "read_committed",
    });
    consumer.subscribe([day.topic]);
    await waitUntil(
      "the topic has everything",
      async () => {
        for (const batch of await consumer.poll(200)) for (const { value } of batch) values.push(Buffer.from(value ?? []).toString());
        return day.isDone(values);
      },
      { timeoutMs: 60_000, everyMs: 1 },
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}; ${values.length} records came\n${worker?.outputTail()}`, { cause: error });
    });
    await consumer.close();
    return `${values.length} records; deaths: ${deaths.worker} of the worker, ${deaths.broker} of the broker, ${deaths.system} of the system`;
  } finally {
    await worker?.kill();
    await client.close();
    await broker.kill();
    removeTemporaryFolder(dataDir);
  }
}
