import type { NodeChanges } from "../../cluster.ts";
import { waitUntil } from "../../process/wait-until.ts";
import type { FaultWorld } from "../fault.ts";

/** A JVM that starts on a busy machine takes long. */
export const SETTLED_WITHIN_MS = 300_000;

/** The cluster counts so many brokers. */
export function untilBrokers({ admin }: FaultWorld, count: number): Promise<unknown> {
  return waitUntil(`the cluster shows ${count} brokers`, async () => (await admin.describeCluster()).nodes.length === count, {
    timeoutMs: SETTLED_WITHIN_MS,
    everyMs: 200,
  });
}

/** Every replica is in sync again. */
export async function untilWhole(world: FaultWorld): Promise<void> {
  await untilBrokers(world, world.cluster.brokers);
  await waitUntil(
    "all replicas are in sync",
    async () => {
      const names = (await world.admin.listTopics({ includeInternal: true })).map(({ name }) => name);
      const described = await world.admin.describeTopics(names);
      return described.every(({ value }) =>
        value?.partitions.every(({ isr, replicas, leader }) => leader !== undefined && isr.length === replicas.length),
      );
    },
    { timeoutMs: SETTLED_WITHIN_MS, everyMs: 300 },
  );
}

/** As {@link untilWhole}, and whoever is to lead does: faults before have left all leaders with the one broker that they did not touch. */
export async function untilPreferred(world: FaultWorld): Promise<void> {
  await untilWhole(world);
  await waitUntil(
    "every preferred replica leads",
    async () => {
      const names = (await world.admin.listTopics({ includeInternal: true })).map(({ name }) => name);
      const elsewhere = (await world.admin.describeTopics(names)).flatMap(({ name, value }) =>
        (value?.partitions ?? [])
          .filter(({ leader, replicas }) => leader !== replicas[0])
          .map(({ partition }) => ({ topic: name, partition })),
      );
      if (elsewhere.length > 0) await world.admin.electLeaders("preferred", elsewhere);
      return elsewhere.length === 0;
    },
    { timeoutMs: SETTLED_WITHIN_MS, everyMs: 300 },
  );
}

/** Kills a node and starts it with what is different; resolves when every replica is in sync again, unless `isWhole` is false. */
export async function restart(world: FaultWorld, node: number, changes: NodeChanges = {}, isWhole = true): Promise<void> {
  await world.cluster.killNode!(node);
  await untilBrokers(world, world.cluster.brokers - 1);
  world.cluster.startNode!(node, changes);
  await (isWhole ? untilWhole(world) : untilBrokers(world, world.cluster.brokers));
}
