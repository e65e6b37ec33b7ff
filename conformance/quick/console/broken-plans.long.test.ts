import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApiName } from "@ottla/broker/controlled";
import type { Admin } from "@ottla/client";
import type { ClusterChange } from "@ottla/expert/plan";
import type { FaultHandle, Kafka } from "@ottla/testing";
import { ConsoleFixture } from "./console-fixture.ts";

/** A change behind one that is done before, and what is lost while it is made. */
interface BrokenChange {
  readonly change: ClusterChange | ((admin: Admin) => Promise<ClusterChange>);
  /** By which it is made. */
  readonly api: ApiName;
  readonly before?: (admin: Admin, kafka: Kafka, lose: "request" | "answer") => Promise<unknown>;
  /** What the cluster has of it. */
  readonly seen: (admin: Admin) => Promise<unknown>;
  readonly made: unknown;
  /** What it has when it was taken back; undefined: as before. */
  readonly back?: unknown;
}

const place = { topic: "orders", partition: 0 };
const ACL: Extract<ClusterChange, { readonly kind: "addAcls" }>["acls"][number] = {
  resourceType: "topic",
  resourceName: "orders",
  patternType: "literal",
  principal: "User:alice",
  host: "*",
  operation: "read",
  permission: "allow",
};
const partitionsOf = async (admin: Admin, topic: string): Promise<number | undefined> =>
  (await admin.describeTopics([topic]))[0]?.value?.partitions.length;
const settingOf = async (admin: Admin, topic: string, key: string): Promise<string | null | undefined> =>
  (await admin.describeConfigs([{ type: "topic", name: topic }], { keys: [key] }))[0]?.value?.[0]?.value;
const offsetOf = async (admin: Admin): Promise<number | undefined> =>
  (await admin.listGroupOffsets("billing").catch(() => []))[0]?.value?.offset;
const committed = (admin: Admin) => admin.alterGroupOffsets("billing", [{ ...place, offset: 2 }]);
const THROTTLED = "leader.replication.throttled.replicas";
const aclCount = async (admin: Admin): Promise<number> => (await admin.describeAcls()).length;

const leaderOf = async (admin: Admin): Promise<number | null | undefined> =>
  (await admin.describeTopics(["orders"]))[0]?.value?.partitions[0]?.leader;
const replicasOf = async (admin: Admin): Promise<readonly number[] | undefined> =>
  (await admin.describeTopics(["orders"]))[0]?.value?.partitions[0]?.replicas;
const FEATURE = "transaction.version";
const hanging = async (admin: Admin) => {
  const [described] = await admin.describeProducers([place]);
  return described?.value?.find(({ currentTransactionStartOffset }) => currentTransactionStartOffset !== undefined);
};

/** All replicas of this broker are one log, and a move is done at once: one that goes on is shown as Kafka shows it, until its end is asked for and that was heard. */
async function showMove(kafka: Kafka, lose: "request" | "answer"): Promise<void> {
  let isMoving = true;
  const moving = { partitionIndex: 0, replicas: [1, 2], addingReplicas: [2], removingReplicas: [1] };
  kafka.fault({
    ...{ api: "ListPartitionReassignments", times: "always" },
    edit: (answer) => (isMoving ? { ...answer, topics: [{ name: "orders", partitions: [moving] }] } : answer),
  });
  let asked = 0;
  kafka.fault({
    ...{ api: "AlterPartitionReassignments", clientId: CONSOLE, times: "always" },
    observe: () => {
      if (++asked > 1 || lose === "answer") isMoving = false;
    },
  });
}

const BROKEN: Readonly<Record<string, BrokenChange>> = {
  config: {
    change: { kind: "config", target: { type: "topic", name: "orders" }, settings: { "segment.ms": "60000" } },
    api: "IncrementalAlterConfigs",
    seen: (admin) => settingOf(admin, "orders", "segment.ms"),
    made: "60000",
  },
  createTopic: {
    change: { kind: "createTopic", topic: "new", partitionCount: 2 },
    api: "CreateTopics",
    seen: (admin) => partitionsOf(admin, "new"),
    made: 2,
  },
  deleteTopic: {
    change: { kind: "deleteTopic", topic: "orders", onlyIfEmpty: false },
    api: "DeleteTopics",
    seen: (admin) => partitionsOf(admin, "orders"),
    made: undefined,
    back: undefined,
  },
  addPartitions: {
    change: { kind: "addPartitions", topic: "orders", partitionCount: 5 },
    api: "CreatePartitions",
    seen: (admin) => partitionsOf(admin, "orders"),
    made: 5,
    back: 5,
  },
  setGroupOffsets: {
    change: { kind: "setGroupOffsets", group: "billing", offsets: [{ ...place, offset: 7 }] },
    api: "OffsetCommit",
    before: committed,
    seen: offsetOf,
    made: 7,
  },
  deleteGroupOffsets: {
    change: { kind: "deleteGroupOffsets", group: "billing", partitions: [place] },
    api: "OffsetDelete",
    before: committed,
    seen: offsetOf,
    made: undefined,
  },
  deleteGroup: {
    change: { kind: "deleteGroup", group: "billing" },
    api: "DeleteGroups",
    before: committed,
    seen: offsetOf,
    made: undefined,
  },
  addAcls: { change: { kind: "addAcls", acls: [ACL] }, api: "CreateAcls", seen: aclCount, made: 1 },
  removeAcls: {
    change: { kind: "removeAcls", acls: [ACL] },
    api: "DeleteAcls",
    before: (admin) => admin.createAcls([ACL]),
    seen: aclCount,
    made: 0,
  },
  setQuota: {
    change: { kind: "setQuota", entity: { clientId: "app" }, quotas: { producer_byte_rate: 1_000_000 } },
    api: "AlterClientQuotas",
    seen: async (admin) => (await admin.describeClientQuotas()).map(({ quotas }) => Object.fromEntries(quotas)),
    made: [{ producer_byte_rate: 1_000_000 }],
  },
  reassign: {
    change: { kind: "reassign", moves: [{ ...place, replicas: [2] }] },
    api: "AlterPartitionReassignments",
    before: (admin) => admin.alterPartitionReassignments([{ ...place, replicas: [1] }]),
    seen: replicasOf,
    made: [2],
  },
  removeThrottles: {
    change: { kind: "removeThrottles", topics: ["orders"], brokers: [] },
    api: "IncrementalAlterConfigs",
    before: (admin) => admin.alterConfigs([{ type: "topic", name: "orders", changes: [{ op: "set", name: THROTTLED, value: "*" }] }]),
    seen: (admin) => settingOf(admin, "orders", THROTTLED),
    made: "",
    back: "*",
  },
  electLeaders: {
    change: { kind: "electLeaders", election: "preferred", partitions: [place] },
    api: "ElectLeaders",
    before: async (admin, kafka) => {
      await admin.alterPartitionReassignments([{ ...place, replicas: [1, 2] }]);
      await kafka.topic("orders").moveLeader(2);
    },
    seen: leaderOf,
    made: 1,
    back: 1,
  },
  cancelReassignment: {
    change: { kind: "cancelReassignment", partitions: [place] },
    api: "AlterPartitionReassignments",
    before: async (admin, kafka, lose) => {
      await admin.alterPartitionReassignments([{ ...place, replicas: [1] }]);
      await showMove(kafka, lose);
    },
    seen: async (admin) => [(await admin.listPartitionReassignments([place])).length, await replicasOf(admin)],
    made: [0, [1]],
    back: [0, [2]],
  },
  abortTransaction: {
    change: async (admin) => {
      const { producerId, producerEpoch, currentTransactionStartOffset } = (await hanging(admin))!;
      const startOffset = currentTransactionStartOffset!;
      return { ...place, kind: "abortTransaction", startOffset, producerId, producerEpoch, coordinatorEpoch: 0 };
    },
    api: "WriteTxnMarkers",
    before: async (_admin, kafka) => {
      const producer = kafka.client().producer({ transactionalId: "nightly" });
      await producer.begin();
      await producer.send({ topic: "orders", value: "hangs" });
    },
    seen: async (admin) => (await hanging(admin))?.currentTransactionStartOffset,
    made: undefined,
    back: undefined,
  },
  upgradeFeature: {
    change: { kind: "upgradeFeature", feature: FEATURE, level: 2 },
    api: "UpdateFeatures",
    before: (admin) => admin.updateFeatures([{ name: FEATURE, level: 1, type: "safeDowngrade" }]),
    seen: async (admin) => (await admin.describeFeatures()).finalized.get(FEATURE),
    made: 2,
    back: 2,
  },
};

const KAFKA = {
  brokers: 2,
  topics: { orders: 1, first: 1 },
  settings: { "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer", "super.users": "User:ANONYMOUS" },
};
const FIRST: ClusterChange = { kind: "config", target: { type: "topic", name: "first" }, settings: { "retention.ms": "60000" } };
const CONSOLE = "console";

/** The broker is gone from the moment at which it was asked for the change: before it made it, or behind. */
async function breakPlan(
  name: string,
  { change: given, api, before, seen, made, ...rest }: BrokenChange,
  lose: "request" | "answer",
): Promise<void> {
  const why = `${name}, the ${lose} lost`;
  await using ottla = await ConsoleFixture.start(KAFKA, async (kafka) => ({
    client: kafka.client({ clientId: CONSOLE, apiTimeoutMs: 5_000, requestTimeoutMs: 2_500 }),
  }));
  const admin = ottla.kafka.client().admin();
  await ottla.kafka.topic("orders").produce(Array.from({ length: 9 }, (_, n) => ({ value: `${n}` })));
  await before?.(admin, ottla.kafka, lose);
  const change = typeof given === "function" ? await given(admin) : given;
  const seenBefore = await seen(admin);
  assert.notDeepEqual(seenBefore, made, `${why}: it is to be made`);
  const { body: plan } = await ottla.post("/plans", { changes: [FIRST, change] });
  assert.equal(plan.steps?.length, 2, `${why}: ${JSON.stringify(plan)}`);
  const agreed = plan.steps.map(({ subject }: { readonly subject: string }) => subject);
  const apply = () => ottla.post(`/plans/${plan.planId}/apply`, { digest: plan.digest, agreed });
  const told = async () => (await ottla.get("/plans")).body.plans.find(({ planId }: { readonly planId: string }) => planId === plan.planId);

  const faults: FaultHandle[] = [];
  const isMeant = (topics: readonly string[]): boolean => api !== "IncrementalAlterConfigs" || topics.includes("orders");
  const meant = ottla.kafka.fault({
    ...{ api, clientId: CONSOLE, lose },
    when: ({ body, topics }) => isMeant([...topics, JSON.stringify(body).includes("segment.ms") ? "orders" : ""]),
    observe: () => void faults.push(ottla.kafka.fault({ clientId: CONSOLE, lose: "request", times: "always" })),
  });
  faults.push(meant);
  const broken = await apply();
  assert.equal(meant.count, 1, `${why}: it was asked once, ${JSON.stringify(broken.body)}`);
  assert.ok(broken.status >= 400, `${why}: ${JSON.stringify(broken.body)}`);
  const failed = await told();
  assert.deepEqual([failed.state, failed.goesOn], ["failed", true], why);
  assert.equal(failed.progress.at(-1), `ended here: ${broken.body.message}`, why);
  const idOf = (kind: string): string => plan.steps.find((each: { readonly change: ClusterChange }) => each.change.kind === kind)?.id;
  const endedLines = (progress: readonly string[], id: string): boolean => progress.some((line) => line.startsWith(`step ${id} done`));
  const firstId = plan.steps.find(({ subject }: { readonly subject: string }) => subject.includes("first")).id;
  const otherId = plan.steps.find(({ id }: { readonly id: string }) => id !== firstId).id;
  assert.ok(idOf(change.kind) !== undefined);
  // What is told to be done is done, and the change is not told to be.
  assert.equal(endedLines(failed.progress, otherId), false, `${why}: ${failed.progress.join("; ")}`);
  assert.equal(endedLines(failed.progress, firstId), (await settingOf(admin, "first", "retention.ms")) === "60000", why);
  assert.deepEqual(await seen(admin), lose === "answer" ? made : seenBefore, why);

  for (const fault of faults) fault.remove();
  const again = await apply();
  assert.deepEqual([again.status, again.body.state], [200, "done"], `${why}: ${JSON.stringify(again.body)}`);
  assert.deepEqual([await seen(admin), await settingOf(admin, "first", "retention.ms")], [made, "60000"], why);
  const once = await apply();
  assert.deepEqual([once.status, once.body.code], [409, "PLAN_RUNNING"], `${why}: nothing is left of it`);
  const undone = await ottla.post(`/plans/${plan.planId}/undo`, { digest: plan.digest });
  assert.equal(undone.status, 200, `${why}: ${JSON.stringify(undone.body)}`);
  assert.deepEqual(await seen(admin), "back" in rest ? rest.back : seenBefore, `${why}, taken back`);
}

test("a broker that goes in the middle of a plan of any kind leaves one that says what is done, and is carried out to its end later", async () => {
  const all = Object.entries(BROKEN).flatMap(([name, broken]) => [breakPlan(name, broken, "request"), breakPlan(name, broken, "answer")]);
  const failed = (await Promise.allSettled(all)).flatMap((each) => (each.status === "rejected" ? [each.reason as unknown] : []));
  if (failed.length > 0) throw new AggregateError(failed, `${failed.length} of ${all.length}`);
});
