import type { LiveExample, Result, Scene } from "./live-example.ts";
import { Results } from "./results.ts";
import { Application, type Cluster } from "./world.ts";

/** Written at once, between two looks. */
const PART = 250;
const NUDGE_EVERY_MS = 300;
const DONE_WITHIN_MS = 90_000;

export interface CheckOptions {
  readonly name: string;
  /** How often the application is killed (SIGKILL) while events are written. */
  readonly kills: number;
  readonly tell: (what: string) => void;
}

/**
 * Runs an example's scene exactly once, kills the application in the middle of it, and compares what was written with what is known: every record once, none twice, none wrong. Resolves with the problems; none: all is right.
 * Rejects when the topics are there with records in them already: what is known would not be all.
 */
export async function check(cluster: Cluster, example: LiveExample, { name, kills, tell }: CheckOptions): Promise<readonly string[]> {
  await cluster.makeTopics(example.topics);
  await refuseOldRecords(cluster, example);
  const scene = example.scene();
  await using results = await Results.open(cluster.client, example.resultTopics, "earliest");
  const found: Result[] = [];
  const look = (): Promise<void> => results.take((result) => void found.push(result));
  const applicationId = `check-${name}-${Date.now()}`;
  const start = (): Application =>
    new Application(name, cluster, {
      applicationId,
      guarantee: "exactlyOnce",
      transactionTimeoutMs: 3_000,
      ...(cluster.isOwn ? { sessionTimeoutMs: 1_000, heartbeatIntervalMs: 200 } : { sessionTimeoutMs: 6_000 }),
    });
  let application = start();
  try {
    await application.running();
    await using producer = cluster.client.producer();
    const write = async (inputs: Scene["events"]): Promise<void> => {
      const records = inputs.map(({ topic, key, value, timestamp }) => ({ topic, key, value: JSON.stringify(value), timestamp }));
      await producer.send(records);
    };
    await write(scene.tables);
    await processed(cluster, example, applicationId, scene.tables);
    let foundAtKill = 0;
    const parts = Math.ceil(scene.events.length / PART);
    const killAt = new Set(Array.from({ length: kills }, (_, at) => Math.floor(((at + 1) * parts) / (kills + 1))));
    for (let part = 0; part < parts; part++) {
      if (killAt.has(part)) {
        // In the midst of its work: it has written something since the last time.
        const workUntilMs = Date.now() + DONE_WITHIN_MS;
        while (found.length <= foundAtKill && Date.now() < workUntilMs) await look();
        foundAtKill = found.length;
        tell(`killed after ${part * PART} of ${scene.events.length} events and ${found.length} results`);
        await application.kill();
        application = start();
      }
      await write(scene.events.slice(part * PART, (part + 1) * PART));
      await look();
    }
    tell(`${scene.events.length} events are written, ${found.length} results are there`);
    const untilMs = Date.now() + DONE_WITHIN_MS;
    let nudgedAtMs = 0;
    for (let round = 0; Date.now() < untilMs && scene.problems(found).length > 0; ) {
      if (Date.now() - nudgedAtMs > NUDGE_EVERY_MS) {
        await write(scene.nudges(round++));
        nudgedAtMs = Date.now();
      }
      await look();
      if (application.news.error !== undefined) throw new Error(`The application ended: ${application.news.error}`);
    }
  } finally {
    await application.close();
  }
  // What was in its hands when it ended is written, too.
  await results.takeAll((result) => void found.push(result));
  tell(`${found.length} results in the end`);
  return scene.problems(found);
}

/** Tables are read before what is looked up in them. */
async function processed(cluster: Cluster, example: LiveExample, groupId: string, tables: Scene["tables"]): Promise<void> {
  const topics = new Set(tables.map(({ topic }) => topic));
  const untilMs = Date.now() + DONE_WITHIN_MS;
  // A global table's topic is read by no group: there the application runs when it has been read, and goes on reading at once.
  for (const topic of topics) {
    for (;;) {
      const offsets = await cluster.client.admin().listGroupOffsets(groupId);
      const committed = offsets.filter((each) => each.topic === topic).reduce((sum, { value }) => sum + (value?.offset ?? 0), 0);
      const isGlobal = topic === "merchants" && example.topics["merchants"] !== undefined;
      if (isGlobal || committed >= tables.filter((each) => each.topic === topic).length) break;
      if (Date.now() > untilMs) throw new Error(`The application did not read ${topic}.`);
    }
  }
}

async function refuseOldRecords(cluster: Cluster, { topics }: LiveExample): Promise<void> {
  const partitions = Object.entries(topics).flatMap(([topic, count]) =>
    Array.from({ length: count }, (_, partition) => ({ topic, partition })),
  );
  const ends = await cluster.client.admin().listOffsets(partitions.map((each) => ({ ...each, spec: "latest" })));
  const used = ends.find(({ value }) => (value?.offset ?? 0) > 0);
  if (used !== undefined)
    throw new Error(
      `Topic ${used.topic} has records already: give a cluster whose topics ${Object.keys(topics).join(", ")} are not there or empty.`,
    );
}
