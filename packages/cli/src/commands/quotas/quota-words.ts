import type { QuotaEntity, QuotaFilter } from "@ottla/client";
import { type OptionSpec, type ParsedOptions, UsageError } from "../../command.ts";
import { shown } from "../../output.ts";

interface Limit {
  /** As an option: Kafka's name with dashes. */
  readonly option: string;
  readonly name: string;
  readonly unit: "bytes" | "percent" | "count";
  readonly isOfAddress: boolean;
  readonly summary: string;
}

export const LIMITS: readonly Limit[] = [
  limit("producer-byte-rate", "bytes", "bytes a second that are produced, as 10MB or 10MiB"),
  limit("consumer-byte-rate", "bytes", "bytes a second that are fetched"),
  limit("request-percentage", "percent", "the share of a thread's time, in percent"),
  limit("controller-mutation-rate", "count", "partitions made and deleted in a second"),
  limit("connection-creation-rate", "count", "new connections in a second; for addresses"),
];

function limit(option: string, unit: Limit["unit"], summary: string): Limit {
  return { option, name: option.replaceAll("-", "_"), unit, isOfAddress: option === "connection-creation-rate", summary };
}

const PARTS = [
  { field: "user", name: "user", placeholder: "NAME", what: "user" },
  { field: "clientId", name: "client-id", placeholder: "ID", what: "client id" },
  { field: "ip", name: "ip", placeholder: "ADDRESS", what: "address" },
] as const;

export const ENTITY_OPTIONS: readonly OptionSpec[] = PARTS.flatMap(({ name, placeholder, what }) => [
  { name, kind: "text", placeholder, summary: `the ${what}` },
  { name: `default-${name}`, kind: "flag", summary: `every ${what} that has no limit of its own` },
]);

interface NamedPart {
  readonly field: keyof QuotaEntity;
  /** Null: the default. */
  readonly name: string | null;
}

function namedParts(options: ParsedOptions): readonly NamedPart[] {
  const parts: NamedPart[] = [];
  for (const { field, name } of PARTS) {
    const text = options.text(name);
    const isDefault = options.has(`default-${name}`);
    if (text !== undefined && isDefault) throw new UsageError(`--${name} and --default-${name} exclude each other; give one.`);
    if (text !== undefined) parts.push({ field, name: text });
    else if (isDefault) parts.push({ field, name: null });
  }
  return parts;
}

/** Whom the options name. Throws {@link UsageError} where that is nobody, or cannot be. */
export function entityOf(options: ParsedOptions): QuotaEntity {
  const parts = namedParts(options);
  if (parts.length === 0) throw new UsageError("Name whom it is for: --user, --client-id, --ip, or one of the defaults.");
  if (parts.length > 1 && parts.some(({ field }) => field === "ip"))
    throw new UsageError("An address stands alone: leave out the user and the client id.");
  return Object.fromEntries(parts.map(({ field, name }) => [field, name]));
}

/** What the options name, as a filter; all where they name nothing. */
export function filterOf(options: ParsedOptions): QuotaFilter {
  return Object.fromEntries(namedParts(options).map(({ field, name }) => [field, name === null ? "default" : { name }]));
}

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  K: 1e3,
  KB: 1e3,
  M: 1e6,
  MB: 1e6,
  G: 1e9,
  GB: 1e9,
  KIB: 1024,
  MIB: 1024 ** 2,
  GIB: 1024 ** 3,
};

/** The limits that the options set, by Kafka's names. Throws {@link UsageError}. */
export function limitsOf(options: ParsedOptions, isOfAddress: boolean): { readonly name: string; readonly value: number }[] {
  const given = LIMITS.flatMap((each) => {
    const text = options.text(each.option);
    return text === undefined ? [] : [{ ...each, value: parseLimit(each, text) }];
  });
  if (given.length === 0) throw new UsageError(`Name a limit: ${LIMITS.map(({ option }) => `--${option}`).join(", ")}.`);
  const wrong = given.find((each) => each.isOfAddress !== isOfAddress);
  if (wrong) throw new UsageError(`--${wrong.option} is a limit of ${wrong.isOfAddress ? "addresses (--ip)" : "users and client ids"}.`);
  return given.map(({ name, value }) => ({ name, value }));
}

function parseLimit({ option, unit }: Limit, text: string): number {
  const [, digits = "", suffix = ""] = /^([0-9]+(?:\.[0-9]+)?) ?([A-Za-z]*)$/.exec(text) ?? [];
  const factor = unit === "bytes" ? UNITS[suffix.toUpperCase()] : suffix === "" ? 1 : undefined;
  const value = digits === "" || factor === undefined ? Number.NaN : Number(digits) * factor;
  if (!(value > 0 && value <= Number.MAX_SAFE_INTEGER))
    throw new UsageError(`--${option} is "${text}"; it must be a number above 0${unit === "bytes" ? ", as 500000, 10MB or 10MiB" : ""}.`);
  if (unit !== "percent" && option !== "controller-mutation-rate" && !Number.isInteger(value))
    throw new UsageError(`--${option} is "${text}"; it must be a whole number.`);
  return value;
}

/** `user alice, client id app`; `every user`. */
export function entityText(entity: QuotaEntity): string {
  return PARTS.flatMap(({ field, what }) => {
    const name = entity[field];
    if (name === undefined) return [];
    return [name === null ? `every ${what}` : shown`${what} ${name}`];
  }).join(", ");
}
