import type { ChangeRules, Risk, RulesTable } from "../change-rules.ts";
import type {
  ClusterChange,
  DeleteGroup,
  DeleteGroupOffsets,
  DeleteShareGroupOffsets,
  PartitionOffset,
  PartitionPlace,
  SetGroupOffsets,
  SetShareGroupOffsets,
} from "../cluster-change.ts";
import { kafkaTool, writeFileLine } from "../command-line.ts";
import type { ObservedOf } from "../observed.ts";
import { byPlace } from "./by-place.ts";
import { placesText } from "./partition-changes.ts";

const setGroupOffsets: ChangeRules<SetGroupOffsets, ObservedOf["setGroupOffsets"]> = {
  subject: ({ group }) => group,
  sentence: ({ group, offsets }) => `Let group ${group} go on at ${placesText(offsets, ({ offset }) => ` offset ${offset}`)}.`,
  risk: offsetRisk,
  kafka: ({ group, offsets }, tools) => [
    writeFileLine("offsets.csv", offsets.map(({ topic, partition, offset }) => `${topic},${partition},${offset}`).join("\n")),
    kafkaTool("kafka-consumer-groups", tools, ["--group", group, "--reset-offsets", "--from-file", "offsets.csv", "--execute"]),
  ],
  ottla: ({ group, offsets }) =>
    offsets.map(({ topic, partition, offset }) => ["offsets", "reset", group, "--topic", `${topic}:${partition}`, "--to", String(offset)]),
  inverse: ({ group, offsets }, before) => {
    const old = byPlace(before.offsets);
    const had = offsets.flatMap((place) => old.find(place) ?? []);
    const fresh = offsets.filter((place) => old.find(place) === undefined);
    // A group that was not there has nothing else, so that it goes as a whole.
    if (before.state === null) return [{ kind: "deleteGroup", group }];
    return [...offsetsBack(group, had), ...offsetsAway(group, fresh)];
  },
  inParts: true,
  doneWhen: () => "the group's commits are these",
  fits: hasSameOffsets,
  obstacle: membersOf,
  isDone: readsFromThere,
};

const deleteGroupOffsets: ChangeRules<DeleteGroupOffsets, ObservedOf["deleteGroupOffsets"]> = {
  subject: ({ group }) => group,
  sentence: ({ group, partitions }) => `Forget what group ${group} has committed for ${placesText(partitions)}.`,
  risk: () => ({ class: "high", why: "Should the group read there again, it begins where auto.offset.reset says." }),
  kafka: ({ group, partitions }, tools) => {
    const topics = [...new Set(partitions.map(({ topic }) => topic))];
    const words = topics.flatMap((topic) => ["--topic", `${topic}:${numbersOf(partitions, topic)}`]);
    return [kafkaTool("kafka-consumer-groups", tools, ["--group", group, "--delete-offsets", ...words])];
  },
  ottla: ({ group, partitions }) => {
    const topics = [...new Set(partitions.map(({ topic }) => topic))];
    return [["offsets", "delete", group, ...topics.flatMap((topic) => ["--topic", `${topic}:${numbersOf(partitions, topic)}`])]];
  },
  inverse: ({ group, partitions }, before) => {
    const old = byPlace(before.offsets);
    return offsetsBack(
      group,
      partitions.flatMap((place) => old.find(place) ?? []),
    );
  },
  inParts: true,
  doneWhen: () => "the group has no such commits",
  fits: hasSameOffsets,
  isDone: ({ partitions }, now) => {
    const there = byPlace(now.offsets);
    return partitions.every((place) => there.find(place) === undefined);
  },
};

const setShareGroupOffsets: ChangeRules<SetShareGroupOffsets, ObservedOf["setShareGroupOffsets"]> = {
  subject: ({ group }) => group,
  sentence: ({ group, offsets }) => `Let share group ${group} read on from ${placesText(offsets, ({ offset }) => ` offset ${offset}`)}.`,
  risk: (change, before) => {
    const { why } = offsetRisk(change, before);
    return { class: "high", why: `${why} What was delivered and not acknowledged there is forgotten.` };
  },
  // kafka-share-groups sets a group to the beginning, the end or a time, and to no offset; ottla offsets is for groups of consumers.
  kafka: () => undefined,
  ottla: () => undefined,
  inverse: ({ group, offsets }, before) => {
    const old = byPlace(before.offsets);
    // That it has not begun cannot be said of a partition alone: the topic is forgotten, and begun again where it was.
    const forgotten = new Set(offsets.filter((place) => old.find(place) === undefined).map(({ topic }) => topic));
    const had = offsets.flatMap((place) => (forgotten.has(place.topic) ? [] : (old.find(place) ?? [])));
    const again = before.offsets.filter(({ topic }) => forgotten.has(topic));
    return [...shareOffsetsAway(group, [...forgotten]), ...shareOffsetsBack(group, [...had, ...again])];
  },
  inParts: true,
  doneWhen: () => "the group reads from there",
  fits: hasSameOffsets,
  obstacle: membersOf,
  isDone: readsFromThere,
};

const deleteShareGroupOffsets: ChangeRules<DeleteShareGroupOffsets, ObservedOf["deleteShareGroupOffsets"]> = {
  subject: ({ group }) => group,
  sentence: ({ group, topics }) => `Forget how far share group ${group} has read ${topics.join(", ")}, as if it had not begun.`,
  risk: () => ({
    class: "high",
    why: "Should the group read there again, it begins where share.auto.offset.reset says. What was delivered and not acknowledged there is forgotten.",
  }),
  kafka: ({ group, topics }, tools) => [
    kafkaTool("kafka-share-groups", tools, ["--group", group, "--delete-offsets", ...topics.flatMap((topic) => ["--topic", topic])]),
  ],
  // ottla offsets is for groups of consumers.
  ottla: () => undefined,
  inverse: ({ group, topics }, before) =>
    shareOffsetsBack(
      group,
      before.offsets.filter(({ topic }) => topics.includes(topic)),
    ),
  inParts: true,
  doneWhen: () => "the group has not begun to read there",
  fits: hasSameOffsets,
  obstacle: membersOf,
  isDone: ({ topics }, now) => !now.offsets.some(({ topic }) => topics.includes(topic)),
};

const deleteGroup: ChangeRules<DeleteGroup, ObservedOf["deleteGroup"]> = {
  subject: ({ group }) => group,
  sentence: ({ group }) => `Delete group ${group} with its offsets.`,
  risk: () => ({ class: "high", why: "An application that comes back under this name begins where auto.offset.reset says." }),
  kafka: ({ group, type }, tools) => [
    kafkaTool(type === "share" ? "kafka-share-groups" : "kafka-consumer-groups", tools, ["--group", group, "--delete"]),
  ],
  ottla: ({ group }) => [["groups", "delete", group]],
  inverse: ({ group, type }, before) => (type === "share" ? shareOffsetsBack : offsetsBack)(group, before.offsets),
  doneWhen: () => "nobody knows the group any more",
  fits: hasSameOffsets,
  obstacle: membersOf,
  isDone: (_change, now) => now.state === null,
};

export const groupRules: Pick<
  RulesTable,
  "setGroupOffsets" | "deleteGroupOffsets" | "setShareGroupOffsets" | "deleteShareGroupOffsets" | "deleteGroup"
> = {
  setGroupOffsets,
  deleteGroupOffsets,
  setShareGroupOffsets,
  deleteShareGroupOffsets,
  deleteGroup,
};

function offsetRisk({ offsets }: SetGroupOffsets | SetShareGroupOffsets, before: ObservedOf["setGroupOffsets"] | undefined): Risk {
  const old = byPlace(before?.offsets ?? []);
  const isBack = offsets.some((place) => place.offset < (old.find(place)?.offset ?? Number.POSITIVE_INFINITY));
  const isOn = offsets.some((place) => place.offset > (old.find(place)?.offset ?? Number.NEGATIVE_INFINITY));
  const words = [isBack ? "records may be processed again" : "", isOn ? "records may be skipped" : ""].filter((each) => each !== "");
  return {
    class: "high",
    why: `Where the new offsets differ, ${words.length === 0 ? "nothing is skipped or repeated" : words.join(" and ")}.`,
  };
}

function offsetsBack(group: string, offsets: readonly PartitionOffset[]): readonly ClusterChange[] {
  return offsets.length === 0 ? [] : [{ kind: "setGroupOffsets", group, offsets }];
}

function readsFromThere({ offsets }: SetGroupOffsets | SetShareGroupOffsets, now: ObservedOf["setGroupOffsets"]): boolean {
  const there = byPlace(now.offsets);
  return offsets.every((place) => there.find(place)?.offset === place.offset);
}

function shareOffsetsBack(group: string, offsets: readonly PartitionOffset[]): readonly ClusterChange[] {
  return offsets.length === 0 ? [] : [{ kind: "setShareGroupOffsets", group, offsets }];
}

function shareOffsetsAway(group: string, topics: readonly string[]): readonly ClusterChange[] {
  return topics.length === 0 ? [] : [{ kind: "deleteShareGroupOffsets", group, topics }];
}

function offsetsAway(group: string, partitions: readonly PartitionPlace[]): readonly ClusterChange[] {
  const places = partitions.map(({ topic, partition }) => ({ topic, partition }));
  return places.length === 0 ? [] : [{ kind: "deleteGroupOffsets", group, partitions: places }];
}

function numbersOf(partitions: readonly PartitionPlace[], topic: string): string {
  return partitions
    .filter((each) => each.topic === topic)
    .map(({ partition }) => partition)
    .join(",");
}

function hasSameOffsets(before: ObservedOf["deleteGroup"], now: ObservedOf["deleteGroup"]): boolean {
  if (before.offsets.length !== now.offsets.length) return false;
  const there = byPlace(now.offsets);
  return before.offsets.every((old) => there.find(old)?.offset === old.offset);
}

function membersOf({ group }: { readonly group: string }, { state }: ObservedOf["deleteGroup"]): string | undefined {
  if (state === null || state === "Empty" || state === "Dead") return undefined;
  return `Group ${group} has members (${state}): stop its application first, and make the plan again if it commits meanwhile.`;
}
