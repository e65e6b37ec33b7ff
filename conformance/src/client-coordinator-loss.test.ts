// A cluster of its own: one that others use must not lose its nodes.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type ConsumerOptions, createClient } from "@ottla/client";
import { runMember } from "./client-cases/running-member.ts";
import { startFailoverCluster } from "./crash/failover-cluster.ts";
import { startKafka } from "./kafka/cluster.ts";
import { waitUntil } from "./process/wait-until.ts";
import { requireTarget, testProfile } from "./target.ts";

interface LosingCluster {
  readonly bootstrap: string;
  /** The node goes at once, and does not come back. */
  lose(nodeId: number): Promise<void>;
  stop(): Promise<void>;
}

const { kind, brokers } = requireTarget();

async function start(): Promise<LosingCluster> {
  if (kind === "ottla") {
    const cluster = await startFailoverCluster();
    return { bootstrap: cluster.bootstrap, lose: (node) => cluster.act({ do: "takeDown", node }), stop: () => cluster.stop() };
  }
  const cluster = await startKafka({ brokers: 3, config: testProfile });
  return {
    bootstrap: cluster.bootstrap,
    lose: async (nodeId) => void process.kill(cluster.pids[nodeId - 1]!, "SIGKILL"),
    stop: () => cluster.stop(),
  };
}

describe("a group whose coordinator is lost", { skip: brokers === 3 ? false : "needs three brokers" }, () => {
  let cluster: LosingCluster;
  before(async () => {
    cluster = await start();
  });
  after(() => cluster.stop());

  test("goes on under the next one, in both protocols: nobody loses its partitions, every record is read", async () => {
    const client = createClient({ bootstrapServers: cluster.bootstrap, requestTimeoutMs: 5000, metadataMaxAgeMs: 1000 });
    const protocols: readonly ConsumerOptions[] = [{ groupProtocol: "classic" }, { groupProtocol: "consumer" }];
    const admin = client.admin();
    const [created] = await admin.createTopics([{ name: "loss", partitionCount: 4, replicationFactor: 3 }]);
    if (created?.error) throw created.error;
    const groups = protocols.map((options) => {
      const seen = new Set<string>();
      const join = () =>
        runMember(client, "loss", { ...options, groupId: `group-${options.groupProtocol}` }, (place) => void seen.add(place));
      return { groupId: `group-${options.groupProtocol}`, seen, members: [join(), join()] };
    });
    await waitUntil(
      "both groups share",
      () => groups.every(({ members }) => members.every(({ consumer }) => consumer.assignment().length === 2)),
      {
        timeoutMs: 60_000,
      },
    );
    const producer = client.producer();
    let sent = 0;
    const produce = async () => {
      await producer.send(Array.from({ length: 40 }, (_, i) => ({ topic: "loss", partition: i % 4, value: "v" })));
      sent += 40;
    };
    await produce();
    for (const { groupId, members, seen } of groups) {
      const before = members.map((member) => member.owned());
      const described = await admin.describeGroups([groupId]);
      const coordinator = described[0]?.value?.coordinator.nodeId;
      assert.ok(coordinator !== undefined);
      if (groupId === "group-classic") {
        await cluster.lose(coordinator);
        await produce();
      }
      await waitUntil(`${groupId} has read all`, () => seen.size === sent, { timeoutMs: 60_000 });
      await waitUntil(
        `${groupId} takes commits`,
        async () => {
          const offsets = await admin.listGroupOffsets(groupId);
          return offsets.reduce((sum, each) => sum + (each.value?.offset ?? 0), 0) >= sent - 40;
        },
        { timeoutMs: 60_000 },
      );
      assert.deepEqual(
        members.map((member) => member.owned()),
        before,
      );
      assert.ok(members.every(({ events }) => !events.some((event) => event.startsWith("lost"))));
    }
    await Promise.all(groups.flatMap(({ members }) => members.map((member) => member.close())));
    await client.close({ timeoutMs: 5000 });
  });
});
