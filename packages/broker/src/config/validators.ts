import type { ConfigValidator, ConfigValue } from "@ottla/base";

export const atLeast = (min: number): ConfigValidator => ({ kind: "range", min });
export const between = (min: number, max: number): ConfigValidator => ({ kind: "range", min, max });
export const oneOf = (...values: string[]): ConfigValidator => ({ kind: "oneOf", values });
export const oneOfAnyCase = (...values: string[]): ConfigValidator => ({ kind: "oneOf", values, ignoreCase: true });
export const anyList = (...values: string[]): ConfigValidator => list(true, values);
export const nonEmptyList = (...values: string[]): ConfigValidator => list(false, values);
export const nonEmpty: ConfigValidator = { kind: "nonEmpty" };

export const gzipLevel: ConfigValidator = {
  kind: "custom",
  allowed: "a whole number from 1 to 9, or -1",
  accepts: (value) => typeof value === "number" && (value === -1 || (value >= 1 && value <= 9)),
};

/** `partition:broker` pairs, or "*" alone. */
export const throttledReplicas: ConfigValidator = {
  kind: "custom",
  allowed: 'a list of partition:broker pairs, or "*" alone',
  accepts: (value) => {
    const entries = entriesOf(value);
    return (entries.length === 1 && entries[0] === "*") || entries.every((entry) => /^\d+:\d+$/.test(entry));
  },
};

export const quorumVoters: ConfigValidator = {
  kind: "custom",
  allowed: "a list of id@host:port",
  accepts: (value) => entriesOf(value).every((entry) => /^\d+@.+:\d+$/.test(entry)),
};

export const hostPorts: ConfigValidator = {
  kind: "custom",
  allowed: "a list of host:port",
  accepts: (value) => entriesOf(value).every((entry) => /^.+:\d+$/.test(entry)),
};

const DURATION = /^by_duration:P(?=\d|T\d)(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d{1,9})?S)?)?$/i;

export const shareOffsetReset: ConfigValidator = {
  kind: "custom",
  allowed: "latest, earliest or by_duration:PnDTnHnMn.nS",
  accepts: (value) => value === "latest" || value === "earliest" || (typeof value === "string" && DURATION.test(value)),
};

function list(mayBeEmpty: boolean, values: readonly string[]): ConfigValidator {
  return values.length === 0 ? { kind: "list", mayBeEmpty } : { kind: "list", mayBeEmpty, values };
}

function entriesOf(value: ConfigValue): readonly string[] {
  return Array.isArray(value) ? value : [];
}
