import type { Mutant } from "./mutant.ts";

const badDays = ["conformance/quick/streams/exactly-once"];
const application = ["conformance/quick/streams/application"];
const worker = "packages/streams/src/application/worker/worker.ts";
const output = "packages/streams/src/application/worker/record-output.ts";
const task = "packages/streams/src/application/worker/active-task.ts";
const restore = "packages/streams/src/application/restore/changelog-restore.ts";

/** Faults in what runs tasks on a cluster: the checker with known answers has to notice. */
export const streamsApplicationMutants: readonly Mutant[] = [
  {
    rule: "offsets are committed in the transaction of what was made of their records",
    file: output,
    find: "    await this.#producer.sendOffsets(offsets, group);\n    await this.#producer.commit();",
    replace:
      "    await this.#producer.commit();\n    await this.#producer.begin();\n    await this.#producer.sendOffsets(offsets, group);\n    await this.#producer.commit();",
    tests: badDays,
  },
  {
    rule: "stores are filled before their task runs",
    file: restore,
    find: "if (position >= end) {",
    replace: "if (position >= 0) {",
    tests: application,
  },
  {
    rule: "a restore passes over what was aborted",
    file: "packages/streams/src/application/worker/worker-clients.ts",
    find: "    isolationLevel: isolationOf(options),\n",
    replace: '    isolationLevel: "read_uncommitted",\n',
    tests: badDays,
  },
  {
    rule: "tasks whose transaction is lost begin anew",
    file: worker,
    find: '      case "transactionLost":\n        this.#tasks.drop(tasks);\n        this.#isMissingTasks = true;\n',
    replace: '      case "transactionLost":\n',
    tests: badDays,
  },
  {
    rule: "what is done of a task is committed before it goes",
    file: worker,
    find: "      if (done.length > 0) await this.#commit(done);\n",
    replace: "",
    tests: badDays,
  },
  {
    rule: "the disk is told after the group has been",
    file: worker,
    find: "    const offsets = commits.flatMap((commit) => commit.offsets);\n",
    replace:
      "    const offsets = commits.flatMap((commit) => commit.offsets);\n    for (const commit of commits) commit.task.noteCommitted(commit, (topic, partition) => this.#output.endOf(topic, partition));\n",
    tests: badDays,
  },
  {
    rule: "a task that others have by now commits nothing",
    file: output,
    find: "await this.#producer.sendOffsets(offsets, group);",
    replace: "await this.#producer.sendOffsets(offsets, group === undefined ? group : { groupId: group.groupId });",
    tests: badDays,
  },
  {
    rule: "a task begins where the group has committed",
    file: "packages/streams/src/application/worker/set-positions.ts",
    find: "else if (found.offset >= start) consumer.seek(place, found.offset, found.leaderEpoch);",
    replace: "else if (found.offset >= start) consumer.seek(place, start);",
    tests: application,
  },
  {
    rule: "the position of a store on the disk is that of its content",
    file: task,
    find: "      if (end > (changelog.position ?? 0)) changelog.position = end;",
    replace: "      if (end > (changelog.position ?? 0)) changelog.position = end + 40;",
    tests: badDays,
  },
  {
    rule: "a dead letter belongs to the commit of its record",
    file: "packages/streams/src/runtime/progress.ts",
    find: "    if (offset >= known.offset) known.offset = offset + 1;",
    replace: "    known.offset = offset + 1;",
    tests: ["packages/streams/src/runtime/progress"],
  },
];
