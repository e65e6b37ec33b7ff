/** A fault that is put into the instances' sources as they are loaded, to see that bad days notice. */
export interface SeededBug {
  /** The promise that it breaks, as a sentence; so is the test named that brings it about (`conformance/quick/streams/kept-promises.test.ts`). */
  readonly breaks: string;
  /** From the root of the checkout. */
  readonly file: string;
  /** Text that stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

const application = "packages/streams/src/application";
const worker = `${application}/worker/worker.ts`;
const commits = `${application}/worker/task-commits.ts`;
const mending = `${application}/worker/trouble-mending.ts`;
const output = `${application}/worker/record-output.ts`;
const clients = `${application}/worker/worker-clients.ts`;

/** Faults of what runs tasks on a cluster. */
export const seededBugs: readonly SeededBug[] = [
  {
    breaks: "offsets are committed in the transaction of what was made of their records",
    file: output,
    find: '    await this.#waiting("tells its transaction what was consumed", () => this.#sendOffsets(parts, group));\n    await this.#waiting("commits a transaction", () => this.#producer.commit(this.#limit));',
    replace:
      "    await this.#producer.commit();\n    await this.#producer.begin();\n    await this.#sendOffsets(parts, group);\n    await this.#producer.commit();",
  },
  {
    breaks: "a restore reads nothing past the last stable offset",
    file: clients,
    find: "    isolationLevel: isolationOf(options),\n",
    replace: '    isolationLevel: "read_uncommitted",\n',
  },
  {
    breaks: "a task that goes lets go of its folder",
    file: `${application}/worker/held-tasks.ts`,
    find: '      this.#quietly("a task did not close", () => task.close());\n',
    replace: "",
  },
  {
    breaks: "records that wait go with their task when it is revoked",
    file: worker,
    find: "    } finally {\n      this.#tasks.drop(gone);\n",
    replace: "    } finally {\n      for (let i = 0; i < 8; i++) await this.#turns.process();\n      this.#tasks.drop(gone);\n",
  },
  {
    breaks: "tasks whose transaction is lost begin anew",
    file: mending,
    find: '      case "transactionLost":\n        this.#tasks.drop(tasks);\n        this.#isMissingTasks = true;\n',
    replace: '      case "transactionLost":\n',
  },
  {
    breaks: "a commit is told of what is written, not of what waits to be",
    file: commits,
    find: '      await this.#output.flush();\n      await this.#meter.during("commits offsets", async () => {\n',
    replace: '      await this.#meter.during("commits offsets", async () => {\n',
  },
  {
    breaks: "the disk is told after the group has been",
    file: commits,
    find: "    const offsets = commits.flatMap((commit) => commit.offsets);\n",
    replace:
      "    const offsets = commits.flatMap((commit) => commit.offsets);\n    for (const commit of commits) commit.task.noteCommitted(commit, (topic, partition) => this.#output.endOf(topic, partition), this.#host.clock);\n",
  },
  {
    breaks: "what was written is aborted where its task is given up, never committed",
    file: output,
    find: '    if (this.#isOpen) await this.#waiting("aborts a transaction", () => this.#producer.abort(this.#limit));',
    replace: "    if (this.#isOpen) await this.#producer.commit().catch(() => this.#producer.abort());",
  },
  {
    breaks: "what is made while a transaction ends is the next one's",
    file: output,
    find: "    if (this.#held !== undefined) {\n",
    replace: "    if (this.#held !== undefined && !this.#isOpen) {\n",
  },
  {
    breaks: "what was made while a transaction ended is dropped where that one is given up",
    file: output,
    find: "    this.#held = undefined;\n    if (this.#isOpen) await",
    replace: "    if (this.#isOpen) await",
  },
  {
    breaks: "a task that others have by now commits nothing",
    file: output,
    find: "this.#producer.sendOffsets(offsets, group, this.#limit)",
    replace: "this.#producer.sendOffsets(offsets, group === undefined ? group : { groupId: group.groupId }, this.#limit)",
  },
  {
    breaks: "the position of a store on the disk is that of its content",
    file: `${application}/worker/active-task.ts`,
    find: "      if (end > (changelog.position ?? 0)) changelog.position = end;",
    replace: "      if (end > (changelog.position ?? 0)) changelog.position = end + 40;",
  },
  {
    breaks: "what others did in the same transaction is committed with what goes",
    file: worker,
    find: "      const done = this.#output.isOpen ? this.#tasks.running() : gone.filter(({ isRestoring }) => !isRestoring);\n",
    replace: "      const done = gone.filter(({ isRestoring }) => !isRestoring);\n",
  },
  {
    breaks: "what a window was closed with is known again after a restart",
    file: `${application}/worker/active-task.ts`,
    find: "encodeCommitMetadata({ partitionTimeMs: timeMs, numbers })",
    replace: "encodeCommitMetadata({ partitionTimeMs: timeMs, numbers: new Map() })",
  },
];
