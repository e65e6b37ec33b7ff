import type { ChangeRules } from "../change-rules.ts";
import type { PlannedQuotaEntity, SetQuota } from "../cluster-change.ts";
import { kafkaTool } from "../command-line.ts";
import type { ObservedOf } from "../observed.ts";

const PARTS = [
  { field: "user", type: "users", option: "user", noun: "user" },
  { field: "clientId", type: "clients", option: "client-id", noun: "client id" },
  { field: "ip", type: "ips", option: "ip", noun: "address" },
] as const;

export const quotaRules: ChangeRules<SetQuota, ObservedOf["setQuota"]> = {
  subject: ({ entity }) => entityText(entity),
  sentence: ({ entity, quotas }) => {
    const parts = Object.entries(quotas).map(([name, value]) => (value === null ? `no ${name}` : `${name}=${value}`));
    return `Give ${entityText(entity)} ${parts.join(", ")}.`;
  },
  risk: () => ({ class: "low", why: "Clients above a limit are slowed, not refused." }),
  kafka: ({ entity, quotas }, tools) => {
    const set = Object.entries(quotas).flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`]));
    const unset = Object.entries(quotas).flatMap(([name, value]) => (value === null ? [name] : []));
    const words = namedParts(entity).flatMap(({ type, name }) => [
      "--entity-type",
      type,
      ...(name === null ? ["--entity-default"] : ["--entity-name", name]),
    ]);
    return [
      kafkaTool("kafka-configs", tools, [
        "--alter",
        ...words,
        ...(set.length > 0 ? ["--add-config", set.join(",")] : []),
        ...(unset.length > 0 ? ["--delete-config", unset.join(",")] : []),
      ]),
    ];
  },
  ottla: ({ entity, quotas }) => {
    const words = namedParts(entity).flatMap(({ option, name }) => (name === null ? [`--default-${option}`] : [`--${option}`, name]));
    const limits = Object.entries(quotas).flatMap(([name, value]) => (value === null ? [] : [`--${dashed(name)}`, String(value)]));
    const unset = Object.entries(quotas).flatMap(([name, value]) => (value === null ? ["--only", dashed(name)] : []));
    return [
      ...(limits.length > 0 ? [["quotas", "set", ...words, ...limits]] : []),
      ...(unset.length > 0 ? [["quotas", "remove", ...words, ...unset]] : []),
    ];
  },
  inverse: ({ entity, quotas }, before) => [
    { kind: "setQuota", entity, quotas: Object.fromEntries(Object.keys(quotas).map((name) => [name, before.quotas[name] ?? null])) },
  ],
  doneWhen: () => "the cluster shows these limits",
  isDone: ({ quotas }, now) => Object.entries(quotas).every(([name, value]) => (now.quotas[name] ?? null) === value),
};

interface NamedPart {
  readonly type: string;
  readonly option: string;
  readonly noun: string;
  readonly name: string | null;
}

function namedParts(entity: PlannedQuotaEntity): readonly NamedPart[] {
  return PARTS.flatMap(({ field, ...part }) => {
    const name = entity[field];
    return name === undefined ? [] : [{ ...part, name }];
  });
}

function entityText(entity: PlannedQuotaEntity): string {
  return namedParts(entity)
    .map(({ noun, name }) => (name === null ? `every ${noun}` : `${noun} ${name}`))
    .join(" with ");
}

function dashed(name: string): string {
  return name.replaceAll("_", "-");
}
