import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { systemClock } from "@ottla/base/node";
import { runsOf, SeededRandom, SimulatedDisk } from "@ottla/base/simulated";
import { type Client, createClient } from "@ottla/client";
import { type ApplyWorld, applyPlan, drawUpPlan, Journal, undoPlan } from "@ottla/expert/apply";
import { type ClusterChange, digestOf, type Plan, type PlannedAcl } from "@ottla/expert/plan";
import { CommandLineFixture } from "../../testing/command-line-fixture.ts";

const PATH = "plan.yaml.journal";
const KILLED = new Error("killed");
const ACL: PlannedAcl = {
  resourceType: "topic",
  resourceName: "orders",
  patternType: "literal",
  principal: "User:alice",
  host: "*",
  operation: "write",
  permission: "allow",
};
const CHANGES: readonly ClusterChange[] = [
  { kind: "createTopic", topic: "orders.dlq", partitionCount: 2, configs: { "retention.ms": "-1" } },
  { kind: "config", target: { type: "topic", name: "orders" }, settings: { "retention.ms": "900000", "segment.ms": null } },
  { kind: "config", target: { type: "brokers" }, settings: { "log.cleaner.backoff.ms": "16000" } },
  { kind: "setGroupOffsets", group: "billing", offsets: [{ topic: "orders", partition: 0, offset: 1 }] },
  { kind: "deleteGroup", group: "old" },
  { kind: "setQuota", entity: { user: null }, quotas: { producer_byte_rate: 1_000_000 } },
  { kind: "addAcls", acls: [ACL] },
  { kind: "removeAcls", acls: [{ ...ACL, principal: "User:*" }] },
];

let ottla: CommandLineFixture;
let client: Client;
let plan: Plan;
let planned: string;
const signal = new AbortController().signal;

before(async () => {
  ottla = await CommandLineFixture.start(undefined, {
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": "User:ANONYMOUS",
  });
  client = createClient({ bootstrapServers: ottla.broker.bootstrap });
  const admin = client.admin();
  await admin.createTopics([{ name: "orders", partitionCount: 1, configs: { "segment.ms": "100000" } }]);
  await ottla.run(["produce", "orders"], { stdin: "1\n2\n3\n" });
  await admin.alterGroupOffsets("billing", [{ topic: "orders", partition: 0, offset: 3 }]);
  await admin.alterGroupOffsets("old", [{ topic: "orders", partition: 0, offset: 2 }]);
  await admin.createAcls([{ ...ACL, principal: "User:*" }]);
  const drawn = await drawUpPlan(
    { admin, clock: systemClock, signal },
    CHANGES.map((change) => ({ change })),
  );
  assert.deepEqual(drawn.unplanned, []);
  ({ plan } = drawn);
  planned = await stateOf();
});
after(async () => {
  await client.close();
  await ottla.stop();
});

/** What the plan is about, as the cluster shows it. */
async function stateOf(): Promise<string> {
  const admin = client.admin();
  const topics = (await admin.listTopics()).map(({ name, partitionCount }) => `${name} ${partitionCount}`);
  const configs = await admin.describeConfigs([
    { type: "topic", name: "orders" },
    { type: "broker", name: "" },
  ]);
  const settings = configs.flatMap(({ value }) =>
    (value ?? []).filter(({ source }) => source.startsWith("dynamic")).map(({ name, value: text }) => `${name}=${text}`),
  );
  const groups = await admin.listOffsetsOfGroups(["billing", "old"]);
  const offsets = groups.map(({ name, value }) => `${name}@${value?.map((commit) => commit.value?.offset).join()}`);
  const quotas = (await admin.describeClientQuotas()).map((each) => [...each.quotas].join());
  const acls = (await admin.describeAcls()).map(({ principal }) => principal).sort();
  return [topics, settings.sort(), offsets, quotas, acls].map((each) => each.join(" ")).join("; ");
}

/** A world in which the process ends at the nth call to the cluster: before it goes out, or after it was made. */
function worldThatEnds(atCall: number, when: "before" | "after"): ApplyWorld {
  let calls = 0;
  const end = new AbortController();
  const die = (): never => {
    end.abort(KILLED);
    throw KILLED;
  };
  const admin = new Proxy(client.admin(), {
    get(target, name) {
      const method = Reflect.get(target, name) as (...given: unknown[]) => Promise<unknown>;
      return async (...given: unknown[]) => {
        calls++;
        if (calls > atCall || (calls === atCall && when === "before")) die();
        const answer = await method.apply(target, given);
        if (calls >= atCall) die();
        return answer;
      };
    },
  });
  return { admin, clock: systemClock, signal: end.signal };
}

const ignore = { begun: () => {}, progress: () => {}, ended: () => {} };
const highRisk = new Set(Array.from({ length: CHANGES.length }, (_, i) => String(i + 1)));
type Act = (world: ApplyWorld, journal: Journal) => Promise<void>;
const carryOut: Act = (world, journal) => applyPlan(world, plan, journal, { highRisk }, ignore);
const takeBack: Act = (world, journal) => undoPlan(world, plan, journal, ignore);

/** Acts until it is killed, if it is, and then again from what the disk has kept. */
async function actTwice(disk: SimulatedDisk, act: Act, atCall: number, when: "before" | "after", random: SeededRandom): Promise<boolean> {
  let isKilled = false;
  const first = await Journal.open(disk, PATH, digestOf(plan), () => systemClock.nowMs());
  await act(worldThatEnds(atCall, when), first).catch((error: unknown) => {
    assert.equal(error, KILLED);
    isKilled = true;
  });
  disk.crash({ mode: "power", random });
  const second = await Journal.open(disk, PATH, digestOf(plan), () => systemClock.nowMs());
  await act(worldThatEnds(Number.POSITIVE_INFINITY, "before"), second);
  second.close();
  return isKilled;
}

test("a plan that is killed at any call, with the power gone, is carried out whole when resumed, and taken back whole", async () => {
  const isEvery = runsOf({ quick: 0, long: 1 }) > 0;
  let wanted: string | undefined;
  for (let call = 1; ; call += isEvery ? 1 : 19) {
    let isKilled = false;
    for (const when of ["before", "after"] as const) {
      const random = new SeededRandom(call);
      const disk = new SimulatedDisk();
      isKilled = (await actTwice(disk, carryOut, call, when, random)) || isKilled;
      wanted ??= await stateOf();
      assert.equal(await stateOf(), wanted, `killed ${when} call ${call}`);
      isKilled = (await actTwice(disk, takeBack, call, when, random)) || isKilled;
      assert.equal(await stateOf(), planned, `taken back, killed ${when} call ${call}`);
    }
    if (!isKilled) break;
  }
});
