import type { Fault, FaultWorld } from "../fault.ts";
import { dropTopics, makeTopic } from "./make-topic.ts";

const LISTS = ["leader.replication.throttled.replicas", "follower.replication.throttled.replicas"];
const RATES = ["leader.replication.throttled.rate", "follower.replication.throttled.rate"];
/** Slow enough that nothing is copied while anybody looks. */
const CRAWL_BYTES_PER_S = "1";

async function throttle({ admin }: FaultWorld, topic: string, value: string | undefined): Promise<void> {
  const change = (name: string, to: string) =>
    value === undefined ? { op: "delete" as const, name } : { op: "set" as const, name, value: to };
  const results = await admin.alterConfigs([
    { type: "topic", name: topic, changes: LISTS.map((name) => change(name, "*")) },
    ...[1, 2, 3].map((node) => ({ type: "broker" as const, name: String(node), changes: RATES.map((name) => change(name, value ?? "")) })),
  ]);
  const refusal = results.find(({ error }) => error)?.error;
  if (refusal) throw refusal;
}

export const replicaFaults: readonly Fault[] = [
  {
    name: "a throttle that a move has left",
    rules: ["TOP-26", "CLU-20"],
    cure: "plan",
    make: async (world) => {
      const about = "shop.faults.throttled";
      await makeTopic(world, about);
      await throttle(world, about, "1000000");
      return {
        about,
        cleanUp: async () => {
          await throttle(world, about, undefined);
          await dropTopics(world, about);
        },
      };
    },
  },
  {
    name: "a move that stands still behind its throttle",
    rules: ["CLU-13"],
    cure: "plan",
    watchS: 12,
    make: async (world) => {
      const about = "shop.faults.moving";
      await makeTopic(world, about, { assignments: [[1, 2]], configs: { "min.insync.replicas": "1" } });
      const value = Buffer.alloc(500_000, 120);
      await world.client.producer().send(Array.from({ length: 6 }, () => ({ topic: about, value })));
      await throttle(world, about, CRAWL_BYTES_PER_S);
      await world.admin.alterPartitionReassignments([{ topic: about, partition: 0, replicas: [1, 2, 3] }]);
      return {
        about,
        cleanUp: async () => {
          await world.admin.alterPartitionReassignments([{ topic: about, partition: 0, replicas: null }]);
          await throttle(world, about, undefined);
          await dropTopics(world, about);
        },
      };
    },
  },
];
