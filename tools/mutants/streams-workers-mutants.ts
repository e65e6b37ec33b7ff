import type { Mutant } from "./mutant.ts";

const threads = ["conformance/quick/streams/workers"];
const pool = "packages/streams/src/application/worker-pool.ts";
const folder = "packages/streams/src/application";

/** Faults in what puts a streams application's tasks on threads. */
export const streamsWorkersMutants: readonly Mutant[] = [
  {
    rule: "a thread that died is taken out of the group",
    file: pool,
    find: "      await this.#host.bury(number, orphanedMemberId);",
    replace: "      await Promise.resolve([number, orphanedMemberId]);",
    tests: threads,
  },
  {
    rule: "another one takes its place where that is the answer",
    file: pool,
    find: 'if (answer !== "restart" || place.isEnding || this.#isEnding) {',
    replace: 'if (answer === "restart" || place.isEnding || this.#isEnding) {',
    tests: threads,
  },
  {
    rule: "each worker has a transactional id of its own",
    file: `${folder}/worker/transactional-id.ts`,
    find: "  return `${applicationId}-${processId}-${number}`;",
    replace: "  return `${applicationId}-${processId}-${number * 0}`;",
    tests: threads,
  },
  {
    rule: "a function in the options is refused before a thread is made",
    file: `${folder}/threads/portable-options.ts`,
    find: "  for (const [name, value] of kept) if (!isPortable(value)) throw stays(`${option}.${name}`);\n",
    replace: "",
    tests: threads,
  },
  {
    rule: "threads get the options as they were given, and load the module's themselves",
    file: `${folder}/run-application.ts`,
    find: "      options: portableOptions(givenOptions),",
    replace: "      options: portableOptions(givenOptions && options),",
    tests: threads,
  },
  {
    rule: "a thread whose topology is another one does not begin",
    file: `${folder}/threads/worker-thread.ts`,
    find: "if (topology.describe() !== start.description) throw",
    replace: "if (topology.describe() === undefined) throw",
    tests: threads,
  },
  {
    rule: "what came to nothing in a thread is told",
    file: `${folder}/threads/dropped-records.ts`,
    find: "    this.#send(this.#counts);",
    replace: "    void this.#send;",
    tests: threads,
  },
  {
    rule: "no signal is listened to any more when the application is closed",
    file: `${folder}/close-on-signals.ts`,
    find: 'if (to === "NOT_RUNNING" || to === "ERROR") for',
    replace: 'if (to === "ERROR") for',
    tests: threads,
  },
  {
    rule: "a worker that holds records back looks often",
    file: `${folder}/worker/poll-wait.ts`,
    find: "const longestMs = isSettled ?",
    replace: "const longestMs = isSettled || maxTaskIdleMs >= 0 ?",
    tests: ["application/worker/poll-wait"],
  },
  {
    rule: "what is left over goes to the process that has least for its workers",
    file: `${folder}/assignment/ideal-shares.ts`,
    find: "|| loadOf(a) - loadOf(b) ||",
    replace: "||",
    tests: ["application/assignment/divide-tasks"],
  },
];
