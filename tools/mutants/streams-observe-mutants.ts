import type { Mutant } from "./mutant.ts";

const why = ["quick/streams/why", "observe/why"];
const metrics = ["quick/streams/metrics", "runtime/windowed-stat"];
const commands = ["commands/streams/applications"];
const reasons = "packages/streams/src/application/observe/why";

/** What a running application says of itself, and the commands that look after it. */
export const streamsObserveMutants: readonly Mutant[] = [
  {
    rule: "what is held back is told until its stream time has come",
    file: `${reasons}/record-reasons.ts`,
    find: "  if (streamTimeMs >= 0 && behindMs <= 0) return [];",
    replace: "  if (behindMs > 0) return [];",
    tests: why,
  },
  {
    rule: "an input whose records are not committed is not at its end",
    file: `${reasons}/input-reasons.ts`,
    find: ".filter(({ lag }) => lag > 0);",
    replace: ".filter(({ lag }) => lag > 10);",
    tests: why,
  },
  {
    rule: "an open transaction ends before the end of its topic",
    file: `${reasons}/input-reasons.ts`,
    find: "  if (stableOffset >= endOffset) return [];",
    replace: "  if (stableOffset < endOffset) return [];",
    tests: why,
  },
  {
    rule: "only sinks of sub-topologies that took something are said to have been given nothing",
    file: `${reasons}/record-reasons.ts`,
    find: "    if (count === 0 || sinks.length === 0 || wrote.size > 0) continue;",
    replace: "    if (sinks.length === 0 || wrote.size > 0) continue;",
    tests: why,
  },
  {
    rule: "a record counts twenty bytes beside what it is made of",
    file: "packages/streams/src/runtime/task-meter.ts",
    find: "const RECORD_OVERHEAD_BYTES = 20;",
    replace: "const RECORD_OVERHEAD_BYTES = 16;",
    tests: metrics,
  },
  {
    rule: "a worker's records are counted by what was processed, not by how often",
    file: "packages/streams/src/application/observe/java-metrics.ts",
    find: '"process-total": task.processedCount',
    replace: '"process-total": task.droppedCount',
    tests: metrics,
  },
  {
    rule: "a stat forgets what is two windows old",
    file: "packages/streams/src/runtime/windowed-stat.ts",
    find: "    this.#sumBefore = this.#sum;",
    replace: "    this.#sumBefore += this.#sum;",
    tests: metrics,
  },
  {
    rule: "an application with members is not reset",
    file: "packages/cli/src/commands/streams/reset-application.ts",
    find: "  if (active.length === 0 || isForced) return",
    replace: "  if (active.length >= 0 || isForced) return",
    tests: commands,
  },
  {
    rule: "a dry run changes nothing",
    file: "packages/cli/src/commands/streams/reset-application.ts",
    find: 'const failures = options.has("dry-run") ? [] : await carryOut',
    replace: 'const failures = options.has("json") ? [] : await carryOut',
    tests: commands,
  },
  {
    rule: "offsets are moved within what there is",
    file: "packages/cli/src/commands/streams/reset-application.ts",
    find: "to: Math.min(Math.max(wanted, starts[i]!), ends[i]!) };",
    replace: "to: Math.max(0, wanted) };",
    tests: commands,
  },
  {
    rule: "topics of others are not an application's own",
    file: "packages/streams/src/operate/application-topics.ts",
    find: "topic.startsWith(`${applicationId}-`)",
    replace: 'topic.includes("-")',
    tests: commands,
  },
];
