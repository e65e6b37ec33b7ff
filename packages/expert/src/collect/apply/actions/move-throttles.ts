import type { Admin, ConfigResource, PartitionDescription } from "@ottla/client";
import { z } from "zod";
import type { ReplicaMove } from "../../../plan/cluster-change.ts";
import { BROKER_THROTTLES, TOPIC_THROTTLES } from "../../../plan/kinds/throttle-change.ts";
import type { ChangeMemo } from "../change-actions.ts";
import { throwRefusals, valuesOf } from "../outcome-values.ts";
import { alterSettings } from "./config-actions.ts";

const settings = z.record(z.string(), z.string().nullable());
const throttleSchema = z.object({ type: z.enum(["topic", "broker"]), name: z.string(), during: settings, before: settings });
const memoSchema = z.object({ throttles: z.array(throttleSchema).optional() });

/** Throttle settings of one topic or broker: while a move goes on, and what was there before it. */
type Throttle = z.infer<typeof throttleSchema>;

/**
 * The throttles of a move: the replicas that are there may send, the new ones may copy, no broker more than the rate. Only what is new is throttled, so that replicas that merely fell behind are not slowed
 * with it. `described` are the partitions in the order of the moves.
 */
export async function moveThrottles(
  admin: Admin,
  moves: readonly ReplicaMove[],
  described: readonly PartitionDescription[],
  bytesPerS: number,
): Promise<readonly Throttle[]> {
  const lists = new Map<string, { readonly leader: string[]; readonly follower: string[] }>();
  const involved = new Set<number>();
  for (const [i, { topic, partition, replicas }] of moves.entries()) {
    const { leader, follower } = lists.get(topic) ?? { leader: [], follower: [] };
    lists.set(topic, { leader, follower });
    const present = described[i]!.replicas;
    const added = replicas.filter((node) => !present.includes(node));
    if (added.length === 0) continue;
    leader.push(...present.map((node) => `${partition}:${node}`));
    follower.push(...added.map((node) => `${partition}:${node}`));
    for (const node of [...present, ...added]) involved.add(node);
  }
  const alive = new Set((await admin.describeCluster()).nodes.map(({ nodeId }) => nodeId));
  const [leaderList, followerList] = TOPIC_THROTTLES;
  const wanted = [
    ...[...lists].flatMap(([name, { leader, follower }]) =>
      follower.length === 0
        ? []
        : [{ type: "topic" as const, name, during: { [leaderList]: leader.join(), [followerList]: follower.join() } }],
    ),
    ...[...involved]
      .filter((node) => alive.has(node))
      .map((node) => ({
        type: "broker" as const,
        name: String(node),
        during: Object.fromEntries(BROKER_THROTTLES.map((rate) => [rate, String(bytesPerS)])),
      })),
  ];
  const entries = valuesOf(await admin.describeConfigs(wanted, { keys: [...TOPIC_THROTTLES, ...BROKER_THROTTLES] }));
  return wanted.map((each, i) => {
    const own = entries[i]!.filter(({ source }) => source === "dynamicTopic" || source === "dynamicBroker");
    const before = Object.keys(each.during).map((name) => [name, own.find((entry) => entry.name === name)?.value || null] as const);
    return { ...each, before: Object.fromEntries(before) };
  });
}

/** Rates before lists, so that nothing is throttled by a rate that is not there yet. */
export async function setThrottles(admin: Admin, memo: ChangeMemo | undefined): Promise<void> {
  const throttles = throttlesOf(memo).toSorted((a, b) => (a.type < b.type ? -1 : 1));
  for (const { during, ...resource } of throttles) await alterSettings(admin, resourceOf(resource), during);
}

/** What was there before comes back; a topic that is gone meanwhile needs none. */
export async function takeThrottlesBack(admin: Admin, memo: ChangeMemo): Promise<void> {
  for (const { before, ...resource } of throttlesOf(memo)) {
    const changes = Object.entries(before).map(([name, value]) =>
      value === null ? { op: "delete" as const, name } : { op: "set" as const, name, value },
    );
    throwRefusals(await admin.alterConfigs([{ ...resourceOf(resource), changes }]), ["UNKNOWN_TOPIC_OR_PARTITION"]);
  }
}

function throttlesOf(memo: ChangeMemo | undefined): readonly Throttle[] {
  return memo === undefined ? [] : (memoSchema.parse(memo).throttles ?? []);
}

function resourceOf({ type, name }: Pick<Throttle, "type" | "name">): ConfigResource {
  return { type, name };
}
