import type { Mutant } from "./mutant.ts";

/** Faults in what Connect's worker keeps of offsets, dead letters and tasks that move. */
export const connectMutants: readonly Mutant[] = [
  {
    rule: "what another task's open transaction hides is waited for",
    file: "packages/connect/src/storage/whole-topic.ts",
    find: 'behindOpen ? "read_uncommitted" : "read_committed"',
    replace: '"read_committed"',
    tests: ["quick/connect/exactly-once"],
  },
  {
    rule: "a task that moved is not started again where it was",
    file: "packages/connect/src/worker/connector-runner.ts",
    find: "if (this.#host.owned(this.#name).task(task)) await",
    replace: "if (true) await",
    tests: ["lost-task"],
  },
  {
    rule: "a task that fails when it has moved says nothing over the other's state",
    file: "packages/connect/src/worker/connector-runner.ts",
    find: "if (!this.#host.owned(this.#name).task(task)) {",
    replace: "if (false) {",
    tests: ["lost-task"],
  },
  {
    rule: "what cannot become durable fails a silent source",
    file: "packages/connect/src/worker/at-least-once-output.ts",
    find: "    this.#options.onFailure(error);\n",
    replace: "",
    tests: ["quick/connect/wrong-plugins"],
  },
  {
    rule: "a transaction that cannot end fails a silent source",
    file: "packages/connect/src/worker/exactly-once-output.ts",
    find: "      this.#options.onFailure(this.#failure);\n",
    replace: "",
    tests: ["offset-rules"],
  },
  {
    rule: "a partition that goes is committed first",
    file: "packages/connect/src/worker/sink-delivery.ts",
    find: "if (isOwned && partitions.length > 0) await this.commit();",
    replace: "",
    tests: ["offset-rules"],
  },
  {
    rule: "what is tried again of a partition that went is not written",
    file: "packages/connect/src/worker/sink-delivery.ts",
    find: "        left = left.filter(({ wire, claim }) => !this.isRevoked(wire, claim));\n        continue;",
    replace: "        continue;",
    tests: ["offset-rules"],
  },
  {
    rule: "an offset is given behind all records before it",
    file: "packages/connect/src/worker/acked-segments.ts",
    find: "if (outstanding > 0) break;",
    replace: "if (outstanding > 0) continue;",
    tests: ["acked-segments"],
  },
  {
    rule: "offsets that could not be committed are tried again",
    file: "packages/connect/src/worker/at-least-once-output.ts",
    find: "for (const [key, offset] of taken) if (!this.#uncommitted.has(key)) this.#uncommitted.set(key, offset);",
    replace: "",
    tests: ["offset-rules"],
  },
  {
    rule: "a dead letter is durable before its record is passed over",
    file: "packages/connect/src/worker/record-errors.ts",
    find: "await this.#letters?.send(record(), place, failure);",
    replace: "void this.#letters?.send(record(), place, failure).catch(() => {});",
    tests: ["offset-rules"],
  },
];
