import { deleteTopicsApi, makeDeleteTopicState, makeDeleteTopicsRequest } from "@ottla/protocol/apis/delete-topics";
import { makePartitionProduceData, makeProduceRequest, makeTopicProduceData, produceApi } from "@ottla/protocol/apis/produce";
import { RecordBatchBuilder } from "@ottla/protocol/records";
import { Probe } from "../../answers/probe.ts";
import { waitUntil } from "../../process/wait-until.ts";
import type { BrokenThing, Fault, FaultWorld } from "../fault.ts";
import { dropTopics, makeTopic } from "./make-topic.ts";
import { SETTLED_WITHIN_MS, untilBrokers, untilWhole } from "./settled.ts";

const VERIFICATION = "transaction.partition.verification.enable";
const PRODUCER_ID = 700_001;

/** Whether brokers ask the coordinator about a transaction before they take a batch of it; as brokers before Kafka 3.6 do not. */
async function verify({ admin }: FaultWorld, isOn: boolean): Promise<void> {
  const change = isOn ? { op: "delete" as const, name: VERIFICATION } : { op: "set" as const, name: VERIFICATION, value: "false" };
  const [result] = await admin.alterConfigs([{ type: "broker", name: "", changes: [change] }]);
  if (result?.error) throw result.error;
  await waitUntil("the brokers have heard of it", async () => {
    const shown = await admin.describeConfigs(
      ["1", "2", "3"].map((name) => ({ type: "broker", name })),
      { keys: [VERIFICATION] },
    );
    return shown.every(({ value }) => value?.every((entry) => entry.value === String(isOn)));
  });
}

/** A batch of a transaction that no coordinator knows of, long ago. */
async function hang({ cluster }: FaultWorld, topic: string): Promise<void> {
  const builder = new RecordBatchBuilder({ isTransactional: true });
  builder.append(null, Buffer.from("hangs"), [], Date.now() - 3_600_000);
  builder.setProducerState(PRODUCER_ID, 3, 0);
  const partitionData = [makePartitionProduceData({ index: 0, records: builder.close("none") })];
  const topicData = [makeTopicProduceData({ name: topic, partitionData })];
  const probe = new Probe(cluster.bootstrap, "faults");
  const answer = await probe.raw(produceApi, 9, makeProduceRequest({ acks: -1, timeoutMs: 5000, transactionalId: "nobody", topicData }));
  probe.close();
  const code = typeof answer === "string" ? answer : answer.responses[0]?.partitionResponses[0]?.errorCode;
  if (code !== 0) throw new Error(`the batch was not stored: ${code}`);
}

/** Two nodes beside the quorum's leader, so that the metadata goes on when they are gone one after another. */
async function followers({ admin }: FaultWorld): Promise<readonly [number, number]> {
  const { leaderId } = await admin.describeQuorum();
  return [1, 2, 3].filter((node) => node !== leaderId) as unknown as readonly [number, number];
}

/** A group, and its coordinator, which is not the quorum's leader. */
async function groupAside({ admin }: FaultWorld, topic: string): Promise<{ readonly group: string; readonly coordinator: number }> {
  const { leaderId } = await admin.describeQuorum();
  const names = Array.from({ length: 10 }, (_, i) => `faults-orphan-${i}`);
  // A coordinator may hear of the topic a moment later than its leader.
  for (const group of names)
    await waitUntil(`${group} has committed`, async () => {
      const [committed] = await admin.alterGroupOffsets(group, [{ topic, partition: 0, offset: 5 }]);
      return committed !== undefined && committed.error === undefined;
    });
  const listed = (await admin.listGroups()).filter(({ groupId }) => names.includes(groupId));
  const chosen = listed.find(({ coordinator }) => coordinator !== leaderId);
  if (chosen === undefined) throw new Error("every group has the quorum's leader as its coordinator: without it no topic is deleted");
  await admin.deleteGroups(names.filter((name) => name !== chosen.groupId));
  return { group: chosen.groupId, coordinator: chosen.coordinator };
}

/**
 * The topic goes while a broker stands still, before the cluster takes that one for gone: the next coordinator would hear of the topic's end. So the quorum's leader is asked by the first request of a
 * connection of its own; a client may ask the broker that stands still first, and wait for it until it is too late.
 */
async function dropBeside({ cluster, admin }: FaultWorld, topic: string, victim: number): Promise<void> {
  const { leaderId } = await admin.describeQuorum();
  if (leaderId === victim) throw new Error("the quorum's leader is the one that is to stand still");
  const probe = new Probe(cluster.bootstrap.split(",")[leaderId - 1]!, "faults");
  process.kill(cluster.pids[victim - 1]!, "SIGSTOP");
  const answer = await probe.raw(
    deleteTopicsApi,
    6,
    makeDeleteTopicsRequest({ topics: [makeDeleteTopicState({ name: topic })], timeoutMs: 10_000 }),
  );
  probe.close();
  const code = typeof answer === "string" ? answer : answer.responses[0]?.errorCode;
  if (code !== 0) throw new Error(`the topic was not deleted: ${code}`);
}

/** Faults that a plan mends with what is of high risk, or cannot be taken back. */
export const decidedFaults: readonly Fault[] = [
  {
    name: "a transaction that hangs",
    rules: ["GRP-16"],
    cure: "plan",
    make: async (world): Promise<BrokenThing> => {
      const topic = "shop.faults.hanging";
      await makeTopic(world, topic, { assignments: [[1, 2, 3]] });
      await verify(world, false);
      await hang(world, topic);
      await verify(world, true);
      return { about: topic, cleanUp: () => dropTopics(world, topic) };
    },
  },
  {
    name: "a partition whose last replica in sync is gone for good",
    rules: ["CLU-01"],
    cure: "plan",
    make: async (world): Promise<BrokenThing> => {
      const topic = "shop.faults.offline";
      const [gone, behind] = await followers(world);
      await makeTopic(world, topic, { assignments: [[gone, behind]], configs: { "min.insync.replicas": "1" } });
      const pid = world.cluster.pids[behind - 1]!;
      process.kill(pid, "SIGSTOP");
      try {
        await waitUntil(`broker ${behind} has dropped out of sync`, async () => {
          const [described] = await world.admin.describeTopics([topic]);
          return described?.value?.partitions[0]?.isr.join() === String(gone);
        });
        await world.cluster.killNode!(gone);
      } finally {
        process.kill(pid, "SIGCONT");
      }
      await untilBrokers(world, world.cluster.brokers - 1);
      await waitUntil("it has no leader", async () => {
        const [described] = await world.admin.describeTopics([topic]);
        return described?.value?.partitions[0]?.leader === undefined && described?.value !== undefined;
      });
      return {
        about: topic,
        decided: [{ kind: "electLeaders", election: "unclean", partitions: [{ topic, partition: 0 }] }],
        cleanUp: async () => {
          world.cluster.startNode!(gone);
          await untilBrokers(world, world.cluster.brokers);
          await dropTopics(world, topic);
          await untilWhole(world);
        },
      };
    },
  },
  {
    name: "offsets of a topic that is gone",
    rules: ["GRP-15"],
    cure: "plan",
    make: async (world): Promise<BrokenThing> => {
      const topic = "shop.faults.orphaned";
      await makeTopic(world, topic, { partitionCount: 1 });
      const { group: about, coordinator: victim } = await groupAside(world, topic);
      // A coordinator that is away does not hear that the topic goes; the one that takes over loads what it finds.
      const pid = world.cluster.pids[victim - 1]!;
      try {
        await dropBeside(world, topic, victim);
        await untilBrokers(world, world.cluster.brokers - 1);
        await waitUntil(
          "another coordinator has the group",
          async () => {
            const [described] = await world.admin.describeGroups([about]);
            return described?.value?.state === "Empty";
          },
          { timeoutMs: SETTLED_WITHIN_MS },
        );
      } finally {
        process.kill(pid, "SIGCONT");
      }
      await untilWhole(world);
      const left = await world.admin.listGroupOffsets(about);
      if (left.length === 0) throw new Error("not made: the next coordinator had heard of the topic's end, and its offsets went with it");
      return {
        about,
        cleanUp: async () => {
          await world.admin.deleteGroups([about]);
        },
      };
    },
  },
  {
    name: "a group that nobody needs any more",
    rules: ["GRP-09"],
    cure: "plan",
    make: async (world): Promise<BrokenThing> => {
      const topic = "shop.faults.abandoned";
      const about = "faults-abandoned";
      await makeTopic(world, topic, { partitionCount: 1 });
      await world.client.producer().send(Array.from({ length: 10 }, () => ({ topic, value: "record" })));
      await world.admin.alterGroupOffsets(about, [{ topic, partition: 0, offset: 5 }]);
      return {
        about,
        decided: [{ kind: "deleteGroupOffsets", group: about, partitions: [{ topic, partition: 0 }] }],
        cleanUp: async () => {
          await world.admin.deleteGroups([about]);
          await dropTopics(world, topic);
        },
      };
    },
  },
  {
    name: "a feature that an upgrade left behind",
    rules: ["CLU-14"],
    cure: "plan",
    make: async ({ admin }): Promise<BrokenThing> => {
      const feature = "transaction.version";
      const [result] = await admin.updateFeatures([{ name: feature, level: 1, type: "safeDowngrade" }]);
      if (result?.error) throw result.error;
      await waitUntil("the cluster has agreed on it", async () => (await admin.describeFeatures()).finalized.get(feature) === 1);
      return {
        about: feature,
        cleanUp: async () => {
          await admin.updateFeatures([{ name: feature, level: 2 }]);
        },
      };
    },
  },
];
