import type { KnownDifference } from "./known-difference.ts";
import { knownDifferences, leftOut } from "./known-differences.ts";
import type { Exchange } from "./pair.ts";
import type { ScriptFailure, ScriptStep } from "./script.ts";

/** A failed script in words: what differed, and the steps that it takes to see it. */
export function describeFailure(
  seed: number,
  steps: readonly ScriptStep[],
  transcript: readonly Exchange[],
  failure: ScriptFailure,
): string {
  const lines = [`FAILED seed ${seed}, by ${steps.length} steps: ${steps.map(({ kind }) => kind.name).join("; ")}`];
  if (failure.error !== undefined) lines.push(`  ${failure.error}`);
  for (const { api, version, request, answer } of transcript)
    lines.push(`  ${api} ${version} ${printed(request)}\n    = ${printed(answer)}`);
  for (const { path, kafka, ours } of failure.differences.slice(0, 10))
    lines.push(`    ${path}: Kafka ${printed(kafka)}, ours ${printed(ours)}`);
  return lines.join("\n");
}

/** How often each listed difference was met. */
export function describeKnown(met: ReadonlyMap<KnownDifference, number>): string {
  const lines = knownDifferences.map((known) => `${String(met.get(known) ?? 0).padStart(6)} ${known.name}: ${known.why}`);
  return [...lines, ...leftOut.map(({ name, why }) => `     - ${name}: ${why}`)].join("\n");
}

function printed(value: unknown): string {
  const text = JSON.stringify(value, (key, each: unknown) => (key === "unknownTaggedFields" ? undefined : each)) ?? "nothing";
  return text
    .replace(/\{"type":"Buffer","data":\[([\d,]*)\]\}/g, (_, data: string) => `<${data === "" ? 0 : data.split(",").length} bytes>`)
    .slice(0, 700);
}
