import type { ProducedRecord, StreamsCase } from "./case.ts";
import { readableBytes } from "./case-values.ts";
import type { Mismatch } from "./compare-answers.ts";

/** The difference as a person reads it: the topology, the inputs up to it, and what each side made of the last. */
export function describeMismatch(title: string, { topology, inputs, config }: StreamsCase, mismatch: Mismatch): string {
  const told = mismatch.step < 0 ? inputs : inputs.slice(0, mismatch.step + 1);
  return [
    `${title}: ${what(mismatch)}`,
    `  config ${JSON.stringify(config)}`,
    ...topology.map((statement) => `  ${JSON.stringify(statement)}`),
    ...told.map((input, index) => `  ${String(index).padStart(3)} ${JSON.stringify(input)}`),
    ...(typeof mismatch.expected === "string" && typeof mismatch.actual === "string"
      ? differentLines(mismatch.expected.split("\n"), mismatch.actual.split("\n"))
      : differentLines(recordLines(mismatch.expected), recordLines(mismatch.actual))),
  ].join("\n");
}

function what({ kind, step }: Mismatch): string {
  if (kind === "describe") return "the descriptions differ";
  if (kind === "dropped") return "the counts of dropped records differ";
  if (step < 0) return "they part in whether, or why, it can be built";
  return kind === "error" ? `they part in whether, or how, input ${step} fails` : `what input ${step} produces differs`;
}

function recordLines(records: string | readonly ProducedRecord[]): string[] {
  if (typeof records === "string") return records.split("\n");
  return records.map(([topic, partition, key, value, timestamp, headers]) => {
    const rest = headers === undefined ? "" : ` ${headers.map(([name, hex]) => `${name}=${readableBytes(hex)}`).join(" ")}`;
    return `${topic}${partition === null ? "" : `-${partition}`} ${readableBytes(key)} → ${readableBytes(value)} @${timestamp}${rest}   (${key} → ${value})`;
  });
}

/** What both have is told once, in order; `-` is Java's, `+` ours. */
function differentLines(expected: readonly string[], actual: readonly string[]): string[] {
  let from = 0;
  while (from < expected.length && from < actual.length && expected[from] === actual[from]) from++;
  let to = 0;
  while (to < expected.length - from && to < actual.length - from && expected[expected.length - 1 - to] === actual[actual.length - 1 - to])
    to++;
  return [
    ...expected.slice(Math.max(0, from - 3), from).map((line) => `    ${line}`),
    ...expected.slice(from, expected.length - to).map((line) => `  - ${line}`),
    ...actual.slice(from, actual.length - to).map((line) => `  + ${line}`),
  ];
}
