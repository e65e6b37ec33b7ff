import type { BrokenThing, Fault, FaultWorld } from "../fault.ts";
import { dropTopics, makeTopic } from "./make-topic.ts";
import { untilBrokers, untilWhole } from "./settled.ts";
import { slowFollower } from "./slow-follower.ts";

const VICTIM = 3;

async function withoutBroker(world: FaultWorld, down: () => unknown, up: () => unknown): Promise<BrokenThing> {
  const topic = "shop.faults.one-copy";
  await makeTopic(world, topic, { assignments: [[VICTIM]], configs: { "min.insync.replicas": "1" } });
  await down();
  await untilBrokers(world, world.cluster.brokers - 1);
  let isUp = false;
  const heal = async (): Promise<void> => {
    if (isUp) return;
    isUp = true;
    await up();
    await untilWhole(world);
  };
  return {
    about: `broker ${VICTIM}`,
    heal,
    cleanUp: async () => {
      await heal();
      await dropTopics(world, topic);
    },
  };
}

export const brokerFaults: readonly Fault[] = [
  {
    name: "a follower that is slow",
    rules: ["CLU-03"],
    says: /lacks? replicas in sync, on broker 3\./,
    cure: "hand",
    watchS: 5,
    make: slowFollower,
  },
  {
    name: "a broker that hangs (SIGSTOP)",
    rules: ["CLU-19"],
    cure: "hand",
    make: (world) => {
      const pid = world.cluster.pids[VICTIM - 1]!;
      return withoutBroker(
        world,
        () => process.kill(pid, "SIGSTOP"),
        () => process.kill(pid, "SIGCONT"),
      );
    },
  },
  {
    name: "a broker that was killed (SIGKILL)",
    rules: ["CLU-19"],
    cure: "hand",
    make: (world) =>
      withoutBroker(
        world,
        () => world.cluster.killNode?.(VICTIM),
        () => world.cluster.startNode?.(VICTIM),
      ),
  },
  {
    name: "leaders that a restart has left elsewhere",
    rules: ["CLU-07"],
    cure: "plan",
    make: async (world) => {
      const topic = "shop.faults.skewed";
      await makeTopic(world, topic, { assignments: Array.from({ length: 30 }, () => [VICTIM, 1, 2]) });
      const pid = world.cluster.pids[VICTIM - 1]!;
      process.kill(pid, "SIGSTOP");
      try {
        await untilBrokers(world, world.cluster.brokers - 1);
      } finally {
        process.kill(pid, "SIGCONT");
      }
      await untilWhole(world);
      return { about: "preferred leader", cleanUp: () => dropTopics(world, topic) };
    },
  },
];
