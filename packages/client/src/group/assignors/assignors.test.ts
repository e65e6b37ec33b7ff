import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type ReferenceAssignment, type ReferenceGroup, type ReferenceRound, referenceCases } from "../../testing/reference-cases.ts";
import { rackCases, rackCaseToText, solveRackCase } from "../../testing/rack-cases.ts";
import type { TopicPartition } from "../../topic-partition.ts";
import type { AssignableTopic, Assignor, GroupMember, MemberAssignment } from "../assignor.ts";
import { cooperativeStickyAssignor } from "./cooperative-sticky-assignor.ts";
import { rangeAssignor } from "./range-assignor.ts";
import { roundRobinAssignor } from "./round-robin-assignor.ts";
import { decodeHeld, encodeHeld, stickyAssignor } from "./sticky-assignor.ts";

const partitionOf = (text: string): TopicPartition => ({ topic: text.split(" ")[0]!, partition: Number(text.split(" ")[1]) });
const textOf = ({ topic, partition }: TopicPartition): string => `${topic} ${partition}`;

const rackless = { userData: null, rackId: undefined };

function membersOf(round: ReferenceRound): GroupMember[] {
  return round.members.map((member) => ({
    ...rackless,
    memberId: member.id,
    groupInstanceId: member.instance ?? undefined,
    topics: member.topics,
    ownedPartitions: member.owned.map(partitionOf),
    generationId: member.owned.length > 0 ? round.generation : -1,
  }));
}

function topicsOf(counts: Readonly<Record<string, number>>): Map<string, AssignableTopic> {
  return new Map(Object.entries(counts).map(([name, partitionCount]) => [name, { name, partitionCount, partitionRacks: [] }]));
}

async function assign(
  assignor: Assignor,
  members: readonly GroupMember[],
  topics: Readonly<Record<string, number>>,
): Promise<ReadonlyMap<string, MemberAssignment>> {
  return assignor.assign(members, topicsOf(topics));
}

function sorted(assignment: ReferenceAssignment): Record<string, string[]> {
  return Object.fromEntries(
    Object.keys(assignment)
      .sort()
      .map((id) => [id, assignment[id]!.toSorted()]),
  );
}

function asTexts(assigned: ReadonlyMap<string, MemberAssignment>): Record<string, string[]> {
  return sorted(Object.fromEntries([...assigned].map(([id, { partitions }]) => [id, partitions.map(textOf)])));
}

/** How far loads are apart, how many partitions stayed, how many are given. */
function qualities(round: ReferenceRound, assignment: ReferenceAssignment): { readonly loads: number[]; readonly kept: number } {
  const loads = Object.values(assignment)
    .map((partitions) => partitions.length)
    .sort((a, b) => a - b);
  const kept = round.members.reduce((sum, member) => sum + member.owned.filter((each) => assignment[member.id]?.includes(each)).length, 0);
  return { loads, kept };
}

async function rounds(run: (group: ReferenceGroup, round: ReferenceRound) => Promise<void>): Promise<void> {
  await Promise.all(referenceCases.groups.flatMap((group) => [run(group, group.first), run(group, group.second)]));
}

describe("assignors against Java's on 120 groups", () => {
  for (const assignor of [rangeAssignor, roundRobinAssignor]) {
    test(`${assignor.name} gives every member what Java gives it`, () =>
      rounds(async (group, round) => {
        const ours = asTexts(await assign(assignor, membersOf(round), group.topics));
        assert.deepEqual(ours, sorted(round[assignor.name as "range" | "roundrobin"]));
      }));
  }

  test("cooperative-sticky balances as well as Java and moves no more", () =>
    rounds(async (group, round) => {
      const ours = asTexts(await assign(cooperativeStickyAssignor(), membersOf(round), group.topics));
      const java = qualities(round, round["cooperative-sticky"]);
      const mine = qualities(round, ours);
      assert.ok(mine.kept >= java.kept, `kept ${mine.kept} where Java kept ${java.kept}: ${JSON.stringify(ours)}`);
      const squares = (loads: readonly number[]) => loads.reduce((sum, load) => sum + load * load, 0);
      assert.ok(squares(mine.loads) <= squares(java.loads), `loads ${mine.loads} where Java has ${java.loads}`);
    }));
});

const groupArbitrary = fc
  .record({
    topics: fc.dictionary(fc.constantFrom("a", "b", "c"), fc.integer({ min: 0, max: 9 }), { minKeys: 1 }),
    wants: fc.array(fc.subarray(["a", "b", "c"], { minLength: 1 }), { minLength: 1, maxLength: 6 }),
  })
  .map(({ topics, wants }) => ({
    topics,
    members: wants.map(
      (wanted, i): GroupMember => ({
        ...rackless,
        memberId: `m${i}`,
        groupInstanceId: undefined,
        topics: wanted,
        ownedPartitions: [],
        generationId: -1,
      }),
    ),
  }));

describe("every assignor", () => {
  for (const make of [() => rangeAssignor, () => roundRobinAssignor, stickyAssignor, cooperativeStickyAssignor]) {
    test(`${make().name} gives each wanted partition to exactly one member that wants it`, () =>
      fc.assert(
        fc.asyncProperty(groupArbitrary, async ({ topics, members }) => {
          const given = await assign(make(), members, topics);
          const wanted = Object.entries(topics).flatMap(([topic, count]) =>
            members.some((member) => member.topics.includes(topic))
              ? Array.from({ length: count }, (_, partition) => `${topic} ${partition}`)
              : [],
          );
          assert.deepEqual([...given.values()].flatMap(({ partitions }) => partitions.map(textOf)).sort(), wanted.sort());
          for (const member of members)
            for (const { topic } of given.get(member.memberId)!.partitions) assert.ok(member.topics.includes(topic));
        }),
      ));
  }

  for (const make of [stickyAssignor, cooperativeStickyAssignor]) {
    test(`${make().name} leaves nobody with two partitions more than another who could take one`, () =>
      fc.assert(
        fc.asyncProperty(groupArbitrary, async ({ topics, members }) => {
          const given = await assign(make(), members, topics);
          const loadOf = (member: GroupMember) => given.get(member.memberId)!.partitions.length;
          for (const from of members) {
            for (const { topic } of given.get(from.memberId)!.partitions) {
              for (const to of members) if (to.topics.includes(topic)) assert.ok(loadOf(from) - loadOf(to) < 2);
            }
          }
        }),
      ));
  }
});

test("cooperative-sticky withholds a partition that moves until its owner has given it up", async () => {
  const owner: GroupMember = {
    ...rackless,
    memberId: "a",
    groupInstanceId: undefined,
    topics: ["t"],
    ownedPartitions: [0, 1, 2, 3].map((partition) => ({ topic: "t", partition })),
    generationId: 3,
  };
  const comer: GroupMember = {
    ...rackless,
    memberId: "b",
    groupInstanceId: undefined,
    topics: ["t"],
    ownedPartitions: [],
    generationId: -1,
  };
  const first = asTexts(await assign(cooperativeStickyAssignor(), [owner, comer], { t: 4 }));
  assert.equal(first["a"]!.length, 2);
  assert.deepEqual(first["b"], []);
  const kept = { ...owner, ownedPartitions: first["a"]!.map(partitionOf), generationId: 4 };
  const second = asTexts(await assign(cooperativeStickyAssignor(), [kept, { ...comer, generationId: 4 }], { t: 4 }));
  assert.deepEqual(second["a"], first["a"]);
  assert.equal(second["b"]!.length, 2);
});

test("of two members that claim a partition the later generation is believed", async () => {
  const owned = [{ topic: "t", partition: 0 }];
  const member = (memberId: string, generationId: number): GroupMember => ({
    ...rackless,
    memberId,
    groupInstanceId: undefined,
    topics: ["t"],
    ownedPartitions: owned,
    generationId,
  });
  assert.deepEqual(asTexts(await assign(stickyAssignor(), [member("a", 7), member("b", 8)], { t: 1 })), { a: [], b: ["t 0"] });
});

test("sticky remembers what it held in Java's user data format, and takes the old one without a generation", () => {
  const partitions = [
    { topic: "t", partition: 1 },
    { topic: "u", partition: 0 },
  ];
  const bytes = encodeHeld(partitions, 9);
  assert.deepEqual(decodeHeld(bytes), { partitions, generationId: 9 });
  assert.deepEqual(decodeHeld(bytes.subarray(0, -4)), { partitions, generationId: -1 });
  assert.equal(decodeHeld(Buffer.from([1, 2, 3])), undefined);
});

describe("range by racks (KIP-881)", () => {
  test("gives every member what Java gives it, in Java's order", async () => {
    const golden = readFileSync(new URL("../../../test/rack-assignments.golden", import.meta.url), "utf8")
      .trimEnd()
      .split("\n\n");
    assert.ok(golden.length >= 50);
    const cases = [...rackCases(golden.length, 848)];
    for (const [i, each] of cases.entries()) assert.equal(`${rackCaseToText(each)}\n${await solveRackCase(each)}`, golden[i]);
  });

  test("members of two racks read from their own, in equal numbers", async () => {
    const member = (memberId: string, rackId: string): GroupMember => ({
      ...rackless,
      memberId,
      groupInstanceId: undefined,
      topics: ["t"],
      ownedPartitions: [],
      generationId: -1,
      rackId,
    });
    const topic = { name: "t", partitionCount: 4, partitionRacks: [["b"], ["a"], ["b"], ["a"]] };
    const given = await rangeAssignor.assign([member("m0", "a"), member("m1", "b")], new Map([["t", topic]]));
    assert.deepEqual(asTexts(given), { m0: ["t 1", "t 3"], m1: ["t 0", "t 2"] });
  });
});
