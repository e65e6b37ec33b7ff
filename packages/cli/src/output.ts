import { printable, printableJson } from "@ottla/base";
import type { CommandContext, OptionSpec } from "./command.ts";

/** The sentence of what is not there; see `unknown-resources.ts`. */
const NAMES_ITSELF = /^There is no (topic|group) "/;

/** The option of every command that answers with data. */
export const JSON_OPTION: OptionSpec = { name: "json", kind: "flag", summary: "print JSON, for programs" };

/** Prints one JSON document. Byte fields do not occur in it. */
export function printJson({ stdout }: CommandContext, value: unknown): void {
  stdout.write(`${printableJson(value, 2)}\n`);
}

/** A failure of one of several resources, as it stands in JSON output. */
export interface ResourceFailure {
  readonly name: string;
  readonly error: string;
  readonly message: string;
}

/** Prints each failure as one sentence and returns the exit status that follows from them. */
export function reportFailures({ stderr }: CommandContext, failures: readonly ResourceFailure[]): 0 | 1 {
  for (const { name, error, message } of failures)
    stderr.write(NAMES_ITSELF.test(message) ? shown`ottla: ${message} (${error})\n` : shown`ottla: ${name}: ${message} (${error})\n`);
  return failures.length > 0 ? 1 : 0;
}

/** A template whose values are foreign text, such as names that clients chose: each is made {@link printable}. */
export function shown(strings: TemplateStringsArray, ...values: readonly unknown[]): string {
  return String.raw({ raw: strings }, ...values.map((value) => printable(String(value))));
}

/** 1234567 → "1,234,567". */
export function grouped(value: number, digits = 0): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Bytes in the unit a person reads: "12.3 MiB". */
export function readableBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
