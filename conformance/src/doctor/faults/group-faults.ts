import type { Consumer } from "@ottla/client";
import { waitUntil } from "../../process/wait-until.ts";
import type { BrokenThing, Fault, FaultWorld } from "../fault.ts";
import { dropTopics, makeTopic } from "./make-topic.ts";

/** Work that goes on beside the doctor until it is told to end. */
interface Background {
  readonly end: () => Promise<void>;
}

function inBackground(everyMs: number, work: (round: number) => Promise<unknown>): Background {
  let isOver = false;
  const going = (async () => {
    for (let round = 0; !isOver; round++) {
      await work(round).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  })();
  return {
    end: async () => {
      isOver = true;
      await going;
    },
  };
}

const send = ({ client }: FaultWorld, topic: string, count: number, partition?: number): Promise<unknown> =>
  client
    .producer()
    .send(Array.from({ length: count }, (_, i) => ({ topic, value: `record ${i}`, ...(partition !== undefined && { partition }) })));

/** A group of so many members that do nothing but keep their places. */
async function idleMembers({ client }: FaultWorld, group: string, topic: string, count: number): Promise<readonly Consumer[]> {
  const members = Array.from({ length: count }, () =>
    client.consumer({ groupId: group, autoOffsetReset: "earliest", enableAutoCommit: false, maxPollRecords: 1 }),
  );
  for (const member of members) member.subscribe(topic);
  await Promise.all(members.map((member) => member.poll(100)));
  await waitUntil(`${group} has ${count} members`, async () => {
    await Promise.all(members.map((member) => member.poll(50)));
    const owned = members.reduce((sum, member) => sum + member.assignment().length, 0);
    return owned > 0;
  });
  return members;
}

const OVERRUN_MS = 1600;

function groupFault(
  name: string,
  rules: readonly string[],
  cure: Fault["cure"],
  watchS: number,
  partitionCount: number,
  make: (
    world: FaultWorld,
    group: string,
    topic: string,
  ) => Promise<{ readonly heal?: () => Promise<void>; readonly end?: () => Promise<unknown> }>,
  { says, configs = {} }: { readonly says?: RegExp; readonly configs?: Readonly<Record<string, string>> } = {},
): Fault {
  const word = name.replaceAll(/[^a-z]+/g, "-").slice(0, 30);
  return {
    name,
    rules,
    cure,
    watchS,
    ...(says && { says }),
    make: async (world): Promise<BrokenThing> => {
      const group = `faults-${word}`;
      const topic = `shop.faults.${word}`.replace(/-$/, "");
      await makeTopic(world, topic, { partitionCount, configs });
      const { heal, end } = await make(world, group, topic);
      return {
        about: group,
        ...(heal && { heal }),
        cleanUp: async () => {
          await end?.();
          await world.admin.removeGroupMembers(group).catch(() => {});
          await world.admin.deleteGroups([group]);
          await dropTopics(world, topic);
        },
      };
    },
  };
}

const at = (topic: string, offset: number, partition = 0) => ({ topic, partition, offset });

export const groupFaults: readonly Fault[] = [
  groupFault("a group that retention has overtaken", ["GRP-08"], "plan", 0, 1, async (world, group, topic) => {
    await send(world, topic, 50, 0);
    await world.admin.alterGroupOffsets(group, [at(topic, 10)]);
    await world.admin.deleteRecords([{ topic, partition: 0, beforeOffset: 30 }]);
    return {};
  }),
  groupFault("a group whose program is down", ["GRP-09"], "hand", 0, 1, async (world, group, topic) => {
    await send(world, topic, 50, 0);
    await world.admin.alterGroupOffsets(group, [at(topic, 10)]);
    return { heal: async () => void (await world.admin.alterGroupOffsets(group, [at(topic, 50)])) };
  }),
  groupFault("one partition with all that waits: a hot key", ["GRP-12"], "hand", 0, 3, async (world, group, topic) => {
    await send(world, topic, 3000, 0);
    await send(world, topic, 10, 1);
    await send(world, topic, 10, 2);
    const [member] = await idleMembers(world, group, topic, 1);
    await world.admin.listGroups();
    await member!.commit([at(topic, 0), at(topic, 10, 1), at(topic, 10, 2)]);
    return { heal: () => member!.commit([at(topic, 3000), at(topic, 10, 1), at(topic, 10, 2)]), end: () => member!.close() };
  }),
  groupFault("more members than partitions", ["TOP-05"], "hand", 0, 1, async (world, group, topic) => {
    const members = await idleMembers(world, group, topic, 3);
    const polling = inBackground(50, async () => await Promise.all(members.map((member) => member.poll(10))));
    await waitUntil(`${group} is stable`, async () => {
      const [described] = await world.admin.describeGroups([group]);
      return described?.value?.state === "Stable" && described.value.members.length === 3;
    });
    return {
      heal: async () => {
        await polling.end();
        await Promise.all(members.slice(1).map((member) => member.close()));
        await waitUntil(`${group} has settled`, async () => {
          await members[0]!.poll(50);
          const [described] = await world.admin.describeGroups([group]);
          return described?.value?.state === "Stable" && described.value.members.length === 1 && members[0]!.assignment().length === 1;
        });
      },
      end: async () => {
        await polling.end();
        await Promise.all(members.map((member) => member.close()));
      },
    };
  }),
  groupFault("a record that cannot be processed", ["GRP-02"], "hand", 13, 1, async (world, group, topic) => {
    await send(world, topic, 100, 0);
    const [member] = await idleMembers(world, group, topic, 1);
    const stuck = inBackground(200, () => member!.commit([at(topic, 7)]));
    const writing = inBackground(400, () => send(world, topic, 5, 0));
    return {
      heal: async () => {
        await stuck.end();
        await writing.end();
        await member!.commit([
          at(topic, Number((await world.admin.listOffsets([{ topic, partition: 0, spec: "latest" }]))[0]!.value!.offset)),
        ]);
      },
      end: async () => {
        await stuck.end();
        await writing.end();
        await member!.close();
      },
    };
  }),
  groupFault("a group that somebody has set back", ["GRP-03"], "hand", 13, 1, async (world, group, topic) => {
    await send(world, topic, 1000, 0);
    const [member] = await idleMembers(world, group, topic, 1);
    const working = inBackground(300, (round) => member!.commit([at(topic, round < 26 ? 500 + round * 20 : 100 + round)]));
    return {
      heal: async () => {
        await working.end();
        await member!.commit([at(topic, 1000)]);
      },
      end: async () => {
        await working.end();
        await member!.close();
      },
    };
  }),
  groupFault("a reader slower than its writers", ["GRP-04", "GRP-05", "GRP-14"], "hand", 13, 1, async (world, group, topic) => {
    await send(world, topic, 100, 0);
    const [member] = await idleMembers(world, group, topic, 1);
    const reading = inBackground(300, (round) => member!.commit([at(topic, round + 1)]));
    const writing = inBackground(200, () => send(world, topic, 40, 0));
    return {
      heal: async () => {
        await Promise.all([reading.end(), writing.end()]);
        await member!.commit([
          at(topic, Number((await world.admin.listOffsets([{ topic, partition: 0, spec: "latest" }]))[0]!.value!.offset)),
        ]);
      },
      end: async () => {
        await Promise.all([reading.end(), writing.end()]);
        await member!.close();
      },
    };
  }),
  groupFault("a member that crashes and starts again", ["GRP-10"], "hand", 10, 1, async (world, group, topic) => {
    await send(world, topic, 10, 0);
    const crashing = inBackground(100, async () => {
      const [member] = await idleMembers(world, group, topic, 1);
      await member!.close();
    });
    return { heal: () => crashing.end(), end: () => crashing.end() };
  }),
  groupFault(
    "a member that takes too long for its records",
    ["GRP-10"],
    "hand",
    14,
    1,
    async (world, group, topic) => {
      await send(world, topic, 10, 0);
      const member = world.client.consumer({
        groupId: group,
        autoOffsetReset: "earliest",
        enableAutoCommit: false,
        maxPollRecords: 1,
        maxPollIntervalMs: OVERRUN_MS / 2,
      });
      member.subscribe(topic);
      const overrunning = inBackground(OVERRUN_MS, () => member.poll(300));
      await waitUntil(`${group} has been without a member, and has one again`, async () => {
        const [described] = await world.admin.describeGroups([group]);
        return described?.value?.members.length === 1;
      });
      const end = async (): Promise<void> => {
        await overrunning.end();
        await member.close();
      };
      return { heal: end, end };
    },
    { says: /longer than max\.poll\.interval\.ms/ },
  ),
  groupFault(
    "a reader that retention will overtake",
    ["GRP-07"],
    "plan",
    13,
    1,
    async (world, group, topic) => {
      await send(world, topic, 2000, 0);
      await world.admin.deleteRecords([{ topic, partition: 0, beforeOffset: 100 }]);
      const [member] = await idleMembers(world, group, topic, 1);
      const reading = inBackground(300, (round) => member!.commit([at(topic, 1500 + round)]));
      const writing = inBackground(200, () => send(world, topic, 100, 0));
      return {
        end: async () => {
          await Promise.all([reading.end(), writing.end()]);
          await member!.close();
        },
      };
    },
    { configs: { "retention.ms": "600000", "segment.ms": "60000" } },
  ),
];
