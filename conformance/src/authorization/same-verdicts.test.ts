// npm run test:authorization: every request under every ACL, at ours and at Apache Kafka side by side; each answer has the same errors, names and operations.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import { initProducerIdApi, makeInitProducerIdRequest } from "@ottla/protocol/apis/init-producer-id";
import {
  makeOffsetCommitRequest,
  makeOffsetCommitRequestPartition,
  makeOffsetCommitRequestTopic,
  offsetCommitApi,
} from "@ottla/protocol/apis/offset-commit";
import { Probe } from "../answers/probe.ts";
import type { RunningCluster } from "../cluster.ts";
import { waitUntil } from "../process/wait-until.ts";
import { startCluster, testProfile } from "../target.ts";
import { aclCells, applyCell, closeToOthers, GUARDED_HOST } from "./acl-cells.ts";
import { guardedRequests } from "./guarded-requests.ts";

interface Side {
  readonly admin: Probe;
  readonly guarded: Probe;
}

const config = {
  ...testProfile,
  "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
  "allow.everyone.if.no.acl.found": "true",
};
let clusters: readonly RunningCluster[] = [];
let sides: readonly [Side, Side];

before(async () => {
  clusters = await Promise.all([startCluster("ottla", { config }), startCluster("kafka", { config })]);
  sides = (await Promise.all(clusters.map(prepare))) as [Side, Side];
});

after(async () => {
  for (const { admin, guarded } of sides ?? []) {
    admin.close();
    guarded.close();
  }
  await Promise.all(clusters.map((cluster) => cluster.kill()));
});

async function prepare({ bootstrap }: RunningCluster): Promise<Side> {
  const admin = new Probe(bootstrap, "probe");
  await admin.prepare();
  await admin.createTopic("seen");
  await admin.createTopic("other");
  await waitUntil("transactions are coordinated", async () => {
    // Who looks for a coordinator has its topic made.
    for (const [keyType, name] of [
      [0, "group"],
      [1, "transactional"],
    ] as const)
      await admin.raw(findCoordinatorApi, 3, makeFindCoordinatorRequest({ key: admin.named(name), keyType }));
    const request = makeInitProducerIdRequest({
      transactionalId: admin.named("transactional"),
      transactionTimeoutMs: 10_000,
      producerId: -1,
      producerEpoch: -1,
    });
    const answer = await admin.raw(initProducerIdApi, 4, request);
    return typeof answer !== "string" && answer.errorCode === 0;
  });
  const partitions = [makeOffsetCommitRequestPartition({ partitionIndex: 0, committedOffset: 1, committedMetadata: "" })];
  const topics = ["seen", "other"].map((name) => makeOffsetCommitRequestTopic({ name: admin.named(name), partitions }));
  await admin.raw(offsetCommitApi, 8, makeOffsetCommitRequest({ groupId: admin.named("group"), generationIdOrMemberEpoch: -1, topics }));
  await closeToOthers(admin);
  const guarded = new Probe(bootstrap, "probe", GUARDED_HOST);
  return { admin, guarded };
}

async function answersIn({ admin, guarded }: Side, cell: number): Promise<readonly (readonly [string, unknown])[]> {
  for (const name of ["seen.doomed", "doomed.by-id", "seen.by-id"]) await admin.createTopic(name).catch(() => undefined);
  await applyCell(admin, aclCells[cell]!);
  guarded.learn(admin);
  const answers: [string, unknown][] = [];
  for (const { name, ask } of guardedRequests) answers.push([name, inAnyOrder(withoutFresh(await ask(guarded, cell)))]);
  return answers;
}

/** Topics that requests of other cells created come at their own time. */
function withoutFresh(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.filter((each) => !/"seen\.(fresh|doomed)/.test(JSON.stringify(each))).map(withoutFresh);
  if (typeof answer !== "object" || answer === null) return answer;
  return Object.fromEntries(Object.entries(answer).map(([field, each]) => [field, withoutFresh(each)]));
}

/** Kafka keeps much in hash tables: the order of a list says nothing. */
function inAnyOrder(answer: unknown): unknown {
  if (Array.isArray(answer)) {
    const each = answer.map(inAnyOrder).map((value) => [JSON.stringify(value), value] as const);
    return each.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
  }
  if (typeof answer !== "object" || answer === null) return answer;
  return Object.fromEntries(Object.entries(answer).map(([field, value]) => [field, inAnyOrder(value)]));
}

/** What is otherwise here for a reason. */
const known: readonly RegExp[] = [
  // There are no followers: whoever may fetch as one is served as a consumer, and an id that no topic has is told as such.
  /^Fetch \d+, as a replica: responses\.\d+\.partitions\.0\.errorCode: (0, Kafka 6|100, Kafka 29)$/,
  /^Fetch \d+, as a replica: responses\.\d+\.partitions\.0\.(highWatermark|lastStableOffset|logStartOffset): 0, Kafka -1$/,
];

/** Where two answers differ, a line each: `topics.0.errorCode: 29, Kafka 3`. */
function differences(ours: unknown, kafka: unknown, path = ""): readonly string[] {
  if (JSON.stringify(ours) === JSON.stringify(kafka)) return [];
  if (typeof ours !== "object" || typeof kafka !== "object" || ours === null || kafka === null)
    return [`${path}: ${JSON.stringify(ours)}, Kafka ${JSON.stringify(kafka)}`];
  const fields = new Set([...Object.keys(ours), ...Object.keys(kafka)]);
  const at = (answer: object, field: string): unknown => (answer as Readonly<Record<string, unknown>>)[field];
  return [...fields].flatMap((field) => differences(at(ours, field), at(kafka, field), path === "" ? field : `${path}.${field}`));
}

describe("every request answers as at Apache Kafka, where the client may", () => {
  for (const [cell, { name }] of aclCells.entries()) {
    test(name, async () => {
      const [ours, kafka] = await Promise.all(sides.map((side) => answersIn(side, cell)));
      const different = ours!.flatMap(([request, answer], at) => {
        const expected = kafka![at]![1];
        return differences(answer, expected)
          .map((difference) => `${request}: ${difference}`)
          .filter((line) => !known.some((pattern) => pattern.test(line)));
      });
      assert.deepEqual(different, []);
    });
  }
});
