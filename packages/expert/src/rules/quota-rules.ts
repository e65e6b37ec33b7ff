import type { Settings } from "../lint/settings.ts";
import { isTemplate } from "../lint/settings.ts";
import type { Hit, SettingsRule } from "./rule.ts";

/** Limits that brokers know, by what they are set for. */
const OF_CLIENTS: readonly string[] = ["producer_byte_rate", "consumer_byte_rate", "request_percentage", "controller_mutation_rate"];
const LIMITS: Readonly<Record<string, readonly string[]>> = {
  user: OF_CLIENTS,
  "client-id": OF_CLIENTS,
  ip: ["connection_creation_rate"],
};
/** Of these a fraction is refused. */
const WHOLE: ReadonlySet<string> = new Set(["producer_byte_rate", "consumer_byte_rate", "connection_creation_rate"]);
const TYPE = "entity-type";
const NAME = "entity-name";

function refused(settings: Settings): readonly Hit[] {
  if (!settings.isOf("quota")) return [];
  const type = settings.given(TYPE);
  if (type === undefined || isTemplate(type)) return [];
  const known = Object.hasOwn(LIMITS, type) ? LIMITS[type]! : undefined;
  const evidence = [TYPE, NAME].flatMap((key) => (settings.has(key) ? [`${key}=${settings.given(key)}`] : [])).join(", ");
  if (!known) return [{ key: TYPE, message: `Brokers set quotas for ${Object.keys(LIMITS).join(", ")}, not for ${type}.`, evidence }];
  return settings.entries.flatMap(({ key, value }): Hit[] => {
    if (key === TYPE || key === NAME || isTemplate(key)) return [];
    if (!known.includes(key)) return [{ key, message: `A quota of ${article(type)} has no ${key}; it has ${known.join(", ")}.`, evidence }];
    if (isTemplate(value)) return [];
    const number = Number(value);
    const message = !(number > 0)
      ? `${key} must be a number above 0, and is ${value || "empty"}.`
      : WHOLE.has(key) && !Number.isInteger(number)
        ? `${key} must be a whole number, and is ${value}.`
        : undefined;
    return message === undefined ? [] : [{ key, message, evidence: `${key}=${value}` }];
  });
}

function article(type: string): string {
  return type === "ip" ? "an ip" : `a ${type}`;
}

const USER = { [TYPE]: "user", [NAME]: "orders" };

/** Rules over what somebody may use, as files say it. */
export const quotaRules: readonly SettingsRule[] = [
  {
    id: "SEC-17",
    name: "quota-refused",
    severity: "error",
    confidence: "high",
    condition: "a quota with a limit that brokers do not know for whom it is set, or that is no number above 0",
    why: "Brokers refuse the whole change: what the file was to bound is not bounded.",
    fix: "Give users and client ids producer_byte_rate, consumer_byte_rate, request_percentage or controller_mutation_rate, and addresses connection_creation_rate.",
    source: "Apache Kafka 4.4.0, QuotaConfig and ClientQuotaControlManager",
    check: refused,
    examples: [
      { kind: "quota", settings: { ...USER, producer_byte_rates: "1048576" }, hits: 1 },
      { kind: "quota", settings: { ...USER, connection_creation_rate: "10" }, hits: 1 },
      { kind: "quota", settings: { ...USER, producer_byte_rate: "0" }, hits: 1 },
      { kind: "quota", settings: { ...USER, producer_byte_rate: "0.5" }, hits: 1 },
      { kind: "quota", settings: { [TYPE]: "group", [NAME]: "orders", producer_byte_rate: "1" }, hits: 1 },
      { kind: "quota", settings: { [TYPE]: "ip", [NAME]: "10.0.0.1", producer_byte_rate: "1024" }, hits: 1 },
      { kind: "quota", settings: { [TYPE]: "ip", [NAME]: "10.0.0.1", connection_creation_rate: "10" }, hits: 0 },
      { kind: "quota", settings: { ...USER, producer_byte_rate: "1", request_percentage: "150.5" }, hits: 0 },
      { kind: "quota", settings: { [TYPE]: "client-id", producer_byte_rate: "${var.rate}" }, hits: 0 },
    ],
  },
];
