import type { Admin } from "@ottla/client";
import { BROKER_THROTTLES, TOPIC_THROTTLES } from "../../../plan/kinds/throttle-change.ts";
import type { ActionsTable } from "../change-actions.ts";
import { throwRefusals, valuesOf } from "../outcome-values.ts";

type Settings = Readonly<Record<string, string>>;

export const throttleActions: ActionsTable["removeThrottles"] = {
  observe: async ({ admin, signal }, { topics, brokers }) => {
    const ongoing = await admin.listPartitionReassignments(undefined, { signal });
    const moving = ongoing.filter(({ topic, replicas }) => topics.includes(topic) || replicas.some((node) => brokers.includes(node)));
    return {
      topics: await throttlesOf(admin, "topic", topics, TOPIC_THROTTLES, signal),
      brokers: await throttlesOf(admin, "broker", brokers.map(String), BROKER_THROTTLES, signal),
      moving: moving.map(({ topic, partition }) => ({ topic, partition })),
    };
  },
  carryOut: async ({ admin }, { topics, brokers }) => {
    const removal = (names: readonly string[]) => names.map((name) => ({ op: "delete" as const, name }));
    const ofTopics = topics.map((name) => ({ type: "topic" as const, name, changes: removal(TOPIC_THROTTLES) }));
    const ofBrokers = brokers.map((nodeId) => ({ type: "broker" as const, name: String(nodeId), changes: removal(BROKER_THROTTLES) }));
    throwRefusals(await admin.alterConfigs([...ofTopics, ...ofBrokers]));
  },
};

async function throttlesOf(
  admin: Admin,
  type: "topic" | "broker",
  names: readonly string[],
  keys: readonly string[],
  signal: AbortSignal,
): Promise<Readonly<Record<string, Settings>>> {
  if (names.length === 0) return {};
  const found = valuesOf(
    await admin.describeConfigs(
      names.map((name) => ({ type, name })),
      { keys, signal },
    ),
  );
  const own = type === "topic" ? "dynamicTopic" : "dynamicBroker";
  return Object.fromEntries(
    names.map((name, i) => [
      name,
      Object.fromEntries(found[i]!.flatMap((entry) => (entry.source === own && entry.value ? [[entry.name, entry.value]] : []))),
    ]),
  );
}
