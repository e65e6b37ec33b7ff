import { SeededRandom } from "@ottla/base/simulated";
import type { AssignableTopic, GroupMember } from "../group/assignor.ts";
import { rangeAssignor } from "../group/assignors/range-assignor.ts";

/** A group whose members and replicas stand in racks. */
interface RackCase {
  readonly topics: readonly AssignableTopic[];
  readonly members: readonly GroupMember[];
}

/** Groups of every shape: racks known to all, some or nobody, topics that belong together and others, replicas everywhere or in few racks. */
export function* rackCases(count: number, seed: number): Generator<RackCase> {
  const random = new SeededRandom(seed);
  for (let i = 0; i < count; i++) yield makeCase(random);
}

function makeCase(random: SeededRandom): RackCase {
  const racks = Array.from({ length: 1 + random.nextInt(4) }, (_, i) => `r${i}`);
  const strange = random.nextInt(4) === 0 ? [...racks, "elsewhere"] : racks;
  const counts = [1 + random.nextInt(8), 1 + random.nextInt(8)];
  const replication = 1 + random.nextInt(3);
  const topics = Array.from({ length: 1 + random.nextInt(4) }, (_, at): AssignableTopic => {
    const partitionCount = counts[random.nextInt(2)]!;
    const isRackless = random.nextInt(8) === 0;
    const partitionRacks = Array.from({ length: partitionCount }, () =>
      isRackless ? [] : Array.from({ length: replication }, () => racks[random.nextInt(racks.length)]!),
    );
    return { name: `t${at}`, partitionCount, partitionRacks };
  });
  const isUniform = random.nextInt(2) === 0;
  const members = Array.from({ length: 1 + random.nextInt(7) }, (_, at): GroupMember => {
    const wanted = topics.filter(() => isUniform || random.nextInt(3) > 0).map(({ name }) => name);
    return {
      memberId: `m${at}`,
      groupInstanceId: undefined,
      topics: wanted.length === 0 ? [topics[0]!.name] : wanted,
      userData: null,
      ownedPartitions: [],
      generationId: -1,
      rackId: random.nextInt(6) === 0 ? undefined : strange[random.nextInt(strange.length)]!,
    };
  });
  return { topics, members };
}

/** As the Java program in `conformance/java/ClientAssignorCases.java` reads it. */
export function rackCaseToText({ topics, members }: RackCase): string {
  return [
    ...topics.map(({ name, partitionRacks }) => `topic ${name} ${partitionRacks.map((racks) => racks.join(",") || "-").join(";")}`),
    ...members.map(({ memberId, rackId, topics: wanted }) => `member ${memberId} ${rackId ?? "-"} ${wanted.join(",")}`),
    "end",
  ].join("\n");
}

/** Our range assignor's answer, as that program writes Java's. */
export async function solveRackCase({ topics, members }: RackCase): Promise<string> {
  const assigned = await rangeAssignor.assign(members, new Map(topics.map((topic) => [topic.name, topic])));
  const lines = [...assigned]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([memberId, { partitions }]) => [memberId, ...partitions.map(({ topic, partition }) => `${topic}:${partition}`)].join(" "));
  return [...lines, "end"].join("\n");
}
