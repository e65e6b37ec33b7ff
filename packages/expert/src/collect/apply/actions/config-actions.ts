import type { Admin, ConfigResource, ConfigSource } from "@ottla/client";
import type { ConfigTarget } from "../../../plan/cluster-change.ts";
import type { ActionsTable } from "../change-actions.ts";
import { throwRefusals, valuesOf } from "../outcome-values.ts";

const OWN_LEVEL: Readonly<Record<ConfigTarget["type"], ConfigSource>> = {
  topic: "dynamicTopic",
  group: "dynamicGroup",
  broker: "dynamicBroker",
  brokers: "dynamicDefaultBroker",
};

export const configActions: ActionsTable["config"] = {
  observe: async ({ admin, signal }, { target, settings }) => {
    const names = Object.keys(settings);
    const [entries] = valuesOf(await admin.describeConfigs([resourceOf(target)], { keys: names, includeSynonyms: true, signal }));
    const shown = entries!.filter(({ name, sensitive }) => names.includes(name) && !sensitive);
    const own = shown.flatMap(({ name, value, source, synonyms }) => {
      if (source === OWN_LEVEL[target.type]) return [[name, value] as const];
      const synonym = synonyms.find((each) => each.name === name && each.source === OWN_LEVEL[target.type]);
      return synonym ? [[name, synonym.value] as const] : [];
    });
    const effective = shown.flatMap(({ name, value }) => (value === null ? [] : [[name, value] as const]));
    return {
      settings: { ...Object.fromEntries(names.map((name) => [name, null])), ...Object.fromEntries(own) },
      effective: Object.fromEntries(effective),
    };
  },
  carryOut: ({ admin }, { target, settings }) => alterSettings(admin, resourceOf(target), settings),
};

/** Sets what has a value, and takes away what has none; all or nothing. */
export async function alterSettings(
  admin: Admin,
  resource: ConfigResource,
  settings: Readonly<Record<string, string | null>>,
): Promise<void> {
  const changes = Object.entries(settings).map(([name, value]) =>
    value === null ? { op: "delete" as const, name } : { op: "set" as const, name, value },
  );
  throwRefusals(await admin.alterConfigs([{ ...resource, changes }]));
}

function resourceOf(target: ConfigTarget): ConfigResource {
  if (target.type === "brokers") return { type: "broker", name: "" };
  return target.type === "broker" ? { type: "broker", name: String(target.nodeId) } : { type: target.type, name: target.name };
}
