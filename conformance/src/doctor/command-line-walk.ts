import assert from "node:assert/strict";
import { systemClock } from "@ottla/base/node";
import { drawUpPlan } from "@ottla/expert/apply";
import { type ClusterChange, printPlan } from "@ottla/expert/plan";
import { writeFileSync } from "node:fs";
import { nodeBinary, repositoryRoot } from "../paths.ts";
import { type Finished, runCommand, startChild } from "../process/child.ts";
import { waitUntil } from "../process/wait-until.ts";
import type { FaultWorld } from "./fault.ts";
import { dropTopics, makeTopic } from "./faults/make-topic.ts";

const COMMAND = ["--conditions=source", `${repositoryRoot}packages/cli/src/main.ts`];
const TIMEOUT_MS = 300_000;
const RATES = ["leader.replication.throttled.rate", "follower.replication.throttled.rate"];
const LISTS = ["leader.replication.throttled.replicas", "follower.replication.throttled.replicas"];
/** The copy takes some ten seconds, so that it goes on when its program is gone. */
const MOVE_BYTES_PER_S = 500_000;
const RECORD = Buffer.alloc(500_000, 120);

/** What was walked, and where it went wrong; undefined where it did not. */
export interface Walk {
  readonly name: string;
  readonly failure: string | undefined;
}

/** The ways through the program itself, as a user goes them. */
export async function walkCommandLine(world: FaultWorld, folder: string): Promise<readonly Walk[]> {
  const walks = [
    ["doctor --fix, apply, doctor is silent, apply --undo", mendAndTakeBack],
    ["a throttled move, killed with SIGKILL, resumed: the throttles are there meanwhile, and gone after", moveKilled],
  ] as const;
  const done: Walk[] = [];
  for (const [name, walk] of walks) {
    try {
      await walk(world, folder);
      done.push({ name, failure: undefined });
    } catch (error) {
      done.push({ name, failure: error instanceof Error ? error.message : String(error) });
    }
  }
  return done;
}

const ottla = ({ cluster }: FaultWorld, ...words: readonly string[]): Promise<Finished> =>
  runCommand(nodeBinary, [...COMMAND, ...words], { env: { OTTLA_BOOTSTRAP_SERVER: cluster.bootstrap }, timeoutMs: TIMEOUT_MS });

async function mendAndTakeBack(world: FaultWorld, folder: string): Promise<void> {
  const topic = "shop.walk.segments";
  await makeTopic(world, topic, { configs: { "retention.ms": "3600000", "segment.ms": "604800000" } });
  try {
    const plan = `${folder}/walk.yaml`;
    const isSaid = async (): Promise<boolean> => {
      const { status, stdout } = await ottla(world, "doctor", "--json", "--only", "TOP-14");
      assert.equal(status, stdout.includes(topic) ? 1 : 0);
      return stdout.includes(topic);
    };
    assert.equal((await ottla(world, "doctor", "--only", "TOP-14", "--fix", plan)).status, 1);
    const applied = await ottla(world, "apply", plan, "--yes");
    assert.equal(applied.status, 0, applied.stderr);
    assert.equal(await isSaid(), false, "the doctor still says it after apply");
    const undone = await ottla(world, "apply", plan, "--undo");
    assert.equal(undone.status, 0, undone.stderr);
    assert.equal(await isSaid(), true, "what was taken back is not there");
  } finally {
    await dropTopics(world, topic);
  }
}

async function moveKilled(world: FaultWorld, folder: string): Promise<void> {
  const topic = "shop.walk.moving";
  await makeTopic(world, topic, { assignments: [[1, 2]] });
  await world.client.producer().send(Array.from({ length: 16 }, () => ({ topic, value: RECORD })));
  const change: ClusterChange = {
    kind: "reassign",
    moves: [{ topic, partition: 0, replicas: [1, 2, 3] }],
    throttleBytesPerS: MOVE_BYTES_PER_S,
  };
  const applying = { admin: world.admin, clock: systemClock, signal: new AbortController().signal };
  const { plan } = await drawUpPlan(applying, [{ change }]);
  const path = `${folder}/move.yaml`;
  writeFileSync(path, printPlan(plan, { bootstrapServer: world.cluster.bootstrap }));
  try {
    const words = ["apply", path, "--yes", "--yes-to", "HIGH"];
    const env = { ...process.env, OTTLA_BOOTSTRAP_SERVER: world.cluster.bootstrap };
    const first = startChild(nodeBinary, [...COMMAND, ...words], { env });
    await waitUntil("the move goes on behind its throttles", async () => {
      const moving = await world.admin.listPartitionReassignments();
      return moving.some((each) => each.topic === topic) && (await throttles(world, topic)).length === 8;
    });
    await first.kill();
    assert.equal((await throttles(world, topic)).length, 8, "what a killed program has set stays until it is resumed");
    const refused = await ottla(world, ...words);
    assert.match(refused.stderr, /give --resume/);
    const resumed = await ottla(world, ...words, "--resume");
    assert.equal(resumed.status, 0, resumed.stderr);
    const [described] = await world.admin.describeTopics([topic]);
    assert.deepEqual(described?.value?.partitions[0]?.replicas, [1, 2, 3]);
    assert.deepEqual(await throttles(world, topic), []);
  } finally {
    await world.admin.alterPartitionReassignments([{ topic, partition: 0, replicas: null }]);
    await dropTopics(world, topic);
  }
}

/** The throttles that are set: on the topic, and on the three brokers of the move. */
async function throttles({ admin }: FaultWorld, topic: string): Promise<readonly string[]> {
  const resources = [{ type: "topic" as const, name: topic }, ...["1", "2", "3"].map((name) => ({ type: "broker" as const, name }))];
  const shown = await admin.describeConfigs(resources, { keys: [...RATES, ...LISTS] });
  return shown.flatMap(({ name, value = [] }) =>
    value.filter((entry) => entry.source.startsWith("dynamic") && entry.value).map((entry) => `${name} ${entry.name}`),
  );
}
