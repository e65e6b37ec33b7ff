import type { Mutant } from "./mutant.ts";

const folder = "packages/streams/src/application/queries";
const pages = [`${folder}/read-page`];
const asked = ["conformance/quick/streams/queries"];
const served = ["conformance/quick/streams/serve"];

/** Faults in what answers questions to stores. */
export const streamsQueriesMutants: readonly Mutant[] = [
  {
    rule: "a page begins behind the row that the one before ended with",
    file: `${folder}/read-page.ts`,
    find: "        if (after !== null && compareBytes(entry.key, after.key) === 0) continue;\n",
    replace: "",
    tests: pages,
  },
  {
    rule: "a page does not end between rows of one key and window",
    file: `${folder}/read-page.ts`,
    find: "if (isFull && last !== undefined && !isSamePlace(last, row))",
    replace: "if (isFull && last !== undefined)",
    tests: pages,
  },
  {
    rule: "a page ends when its time is over",
    file: `${folder}/read-page.ts`,
    find: "isFull = nowMs() >= endMs;",
    replace: "isFull = false;",
    tests: pages,
  },
  {
    rule: "a question puts nothing into a cache",
    file: "packages/streams/src/stores/cache/cached-key-value.ts",
    find: "  looked(): KeyValueReads {\n",
    replace: "  looked(): KeyValueReads {\n    if (this.#cache !== undefined) return this;\n",
    tests: pages,
  },
  {
    rule: "an answer is as new as the question asks",
    file: `${folder}/local-answers.ts`,
    find: "if (ask.bound !== null && !isUpTo(position, ask.bound, ask.partition)) {",
    replace: "if (ask.bound !== null && ask.partition < -1) {",
    tests: asked,
  },
  {
    rule: "a copy that is behind answers only who takes old answers",
    file: `${folder}/local-answers.ts`,
    find: '!isRestoring && role !== "standby"',
    replace: "!isRestoring",
    tests: served,
  },
  {
    rule: "what is being restored does not answer",
    file: `${folder}/local-answers.ts`,
    find: '({ isRestoring, role }) => !isRestoring && role !== "standby"',
    replace: '({ role }) => role !== "standby"',
    tests: served,
  },
  {
    rule: "a question of another instance goes no further",
    file: `${folder}/application-queries.ts`,
    find: "if (!isAnywhere || host === undefined) throw error;",
    replace: "if (host === undefined) throw error;",
    tests: served,
  },
  {
    rule: "only requests that name this server are answered",
    file: "packages/base/src/security/foreign-requests.ts",
    find: "if (isLoopback && !isKnown)",
    replace: "if (!isLoopback && !isKnown)",
    tests: served,
  },
  {
    rule: "a slow reader is told how many changes it was not given",
    file: `${folder}/live/change-log.ts`,
    find: "if (change === undefined) this.#skipped++;",
    replace: "if (change === undefined) return;",
    tests: [`${folder}/live/change-log`],
  },
  {
    rule: "changes that wait are bounded",
    file: `${folder}/live/change-log.ts`,
    find: "this.#latest.size > this.#keysMax || this.#bytes",
    replace: "this.#bytes",
    tests: [`${folder}/live/change-log`],
  },
];
