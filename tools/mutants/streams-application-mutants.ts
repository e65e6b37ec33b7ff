import type { Mutant } from "./mutant.ts";

const badDays = ["conformance/quick/streams/exactly-once"];
const application = ["conformance/quick/streams/application"];
const standby = ["conformance/quick/streams/standby"];
const lost = ["conformance/quick/streams/lost-state"];
const hostile = ["conformance/quick/streams/hostile-programs"];
const timeouts = ["conformance/quick/streams/task-timeout"];
const jumps = ["conformance/quick/streams/clock-jumps"];
const left = ["conformance/quick/streams/left-transactions"];
const division = ["streams/src/application/assignment"];
const worker = "packages/streams/src/application/worker/worker.ts";
const commits = "packages/streams/src/application/worker/task-commits.ts";
const mending = "packages/streams/src/application/worker/trouble-mending.ts";
const output = "packages/streams/src/application/worker/record-output.ts";
const task = "packages/streams/src/application/worker/active-task.ts";
const restore = "packages/streams/src/application/restore/changelog-restore.ts";

/** Faults in what runs tasks on a cluster: the checker with known answers has to notice. */
export const streamsApplicationMutants: readonly Mutant[] = [
  {
    rule: "while a call is open nothing behind its record is committed",
    file: task,
    find: " || this.task.calls.openCount > 0) return offset;",
    replace: ") return offset;",
    tests: ["conformance/quick/streams/tasks"],
  },
  {
    rule: "a topic that is source and changelog is restored as far as was committed",
    file: restore,
    find: "changelog.isSource ? restoring.end : Infinity;",
    replace: "Infinity;",
    tests: ["conformance/quick/streams/state"],
  },
  {
    rule: "an input that was passed over is looked at again in the next pass",
    file: "packages/streams/src/application/worker/input-readiness.ts",
    find: "        open[this.#openCount] = number;\n",
    replace: "",
    tests: ["streams/src/application/worker"],
  },
  {
    rule: "what a table's cache gives up for a user's put is done when the put returns",
    file: "packages/streams/src/runtime/task.ts",
    find: "(isHeard && (!isSliced || users.some(({ name }) => this.#unsliced.has(name))))",
    replace: "false",
    tests: ["streams/src/runtime"],
  },
  {
    rule: "a store that is given too much while it gives up waits until that is done",
    file: "packages/streams/src/stores/cache/record-cache.ts",
    find: "while (this.#givingUp?.next() === true);",
    replace: ";",
    tests: ["streams/src/stores/cache"],
  },
  {
    rule: "a consumer that its group has lost commits a transaction's offsets as who it was, and is refused",
    file: "packages/client/src/consumer/group-session.ts",
    find: "    return this.member.isMember ? this.member.identity : (this.#assignedAs ?? this.member.identity);\n",
    replace: "    return this.member.identity;\n",
    tests: ["conformance/quick/client-lost-member"],
  },
  {
    rule: "without transactions nothing is written that the group may have given to others",
    file: "packages/streams/src/application/worker/write-permit.ts",
    find: "    return leftMs === undefined || leftMs > MARGIN_MS;\n",
    replace: "    return true;\n",
    tests: ["streams/src/application/worker/write-permit"],
  },
  {
    rule: "a member that waits for a join is not kept over a standstill",
    file: "packages/client/src/group/kept-by-group.ts",
    find: "        if (nowMs - lookedAtMs < 2 * this.#heartbeatIntervalMs) this.note(lookedAtMs);\n",
    replace: "        this.note(nowMs);\n",
    tests: ["client/src/consumer/membership-left"],
  },
  {
    rule: "stores are filled as of what was committed, not of what their changelog has",
    file: restore,
    find: "    for (const task of tasks) checkTime(task);\n",
    replace: "",
    tests: ["conformance/quick/streams/final-results"],
  },
  {
    rule: "a copy that has given up too much is no base",
    file: "packages/streams/src/stores/retention-clock.ts",
    find: "    return this.#goneBeforeMs <= Math.max(0, this.liveFromMs);\n",
    replace: "    return true;\n",
    tests: ["streams/src/stores/window", "streams/src/stores/session"],
  },
  {
    rule: "what is on the disk of tasks that are not open is told",
    file: worker,
    find: "      await this.#dormant.read(() => !this.#isStopping);\n",
    replace: "",
    tests: standby,
  },
  {
    rule: "offsets are committed in the transaction of what was made of their records",
    file: output,
    find: '    await this.#waiting("tells its transaction what was consumed", () => this.#sendOffsets(parts, group));\n    await this.#waiting("commits a transaction", () => this.#producer.commit(this.#limit));',
    replace:
      "    await this.#producer.commit();\n    await this.#producer.begin();\n    await this.#sendOffsets(parts, group);\n    await this.#producer.commit();",
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
    file: mending,
    find: '      case "transactionLost":\n        this.#tasks.drop(tasks);\n        this.#isMissingTasks = true;\n',
    replace: '      case "transactionLost":\n',
    tests: badDays,
  },
  {
    rule: "what is done of a task is committed before it goes",
    file: worker,
    find: "      if (done.length > 0) await this.#commits.commit(done);\n",
    replace: "",
    tests: badDays,
  },
  {
    rule: "the disk is told after the group has been",
    file: commits,
    find: "    const offsets = commits.flatMap((commit) => commit.offsets);\n",
    replace:
      "    const offsets = commits.flatMap((commit) => commit.offsets);\n    for (const commit of commits) commit.task.noteCommitted(commit, (topic, partition) => this.#output.endOf(topic, partition));\n",
    tests: badDays,
  },
  {
    rule: "a task that others have by now commits nothing",
    file: output,
    find: "this.#producer.sendOffsets(offsets, group, this.#limit)",
    replace: "this.#producer.sendOffsets(offsets, group === undefined ? group : { groupId: group.groupId }, this.#limit)",
    tests: badDays,
  },
  {
    rule: "a task begins where the group has committed",
    file: "packages/streams/src/application/worker/starting-positions.ts",
    find: "else if (found.offset >= start) seeks.push(() => consumer.seek(place, found.offset, found.leaderEpoch));",
    replace: "else if (found.offset >= start) seeks.push(() => consumer.seek(place, start));",
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
  {
    rule: "a copy becomes its task's stores",
    file: "packages/streams/src/application/worker/held-tasks.ts",
    find: "const stores = this.#standbys.take(name) ?? this.#openWhole(id);",
    replace: "const stores = this.#openWhole(id);",
    tests: standby,
  },
  {
    rule: "a copy is as far as what is in it",
    file: "packages/streams/src/application/standby/standby-tasks.ts",
    find: "followed.changelog.position = Math.max(followed.changelog.position ?? 0, fill.position);",
    replace: "followed.changelog.position = Math.max(followed.changelog.position ?? 0, fill.position + 2);",
    tests: standby,
  },
  {
    rule: "a task goes where its state is before it goes where it belongs",
    file: "packages/streams/src/application/assignment/divide-tasks.ts",
    find: "const home = task.isStateful ? homeOf(task, goal, rules.acceptableRecoveryLag) : goal;",
    replace: "const home = goal;",
    tests: division,
  },
  {
    rule: "so many warm up at a time",
    file: "packages/streams/src/application/assignment/divide-tasks.ts",
    find: "if (warmups < rules.maxWarmupReplicas) {",
    replace: "if (warmups <= rules.maxWarmupReplicas) {",
    tests: division,
  },
  {
    rule: "no two copies of a task in one process",
    file: "packages/streams/src/application/assignment/place-standbys.ts",
    find: "      processes.add(best.member.processId);\n",
    replace: "",
    tests: division,
  },
  {
    rule: "a member that asks for another division joins with another nonce",
    file: "packages/streams/src/application/worker/probing-rebalance.ts",
    find: "    if (this.#dueMs === undefined || nowMs < this.#dueMs) return false;\n",
    replace: "    if (this.#dueMs === undefined || nowMs < this.#dueMs + 3_600_000) return false;\n",
    tests: standby,
  },
  {
    rule: "state that is ahead of its changelog, or behind its beginning, is made again",
    file: "packages/streams/src/application/restore/changelog-ends.ts",
    find: "  if (position === undefined) return undefined;\n",
    replace: "  if (position !== null) return undefined;\n",
    tests: lost,
  },
  {
    rule: "state is made of a topic, not of a topic's name",
    file: "packages/streams/src/application/restore/changelog-ends.ts",
    find: "topicId !== undefined && presentId !== undefined && topicId !== presentId",
    replace: "topicId === null",
    tests: lost,
  },
  {
    rule: "what a cluster refuses for good is not done again for ever",
    file: "packages/streams/src/application/worker/trouble.ts",
    find: 'return isHopeless(error) ? "fatal" : ',
    replace: "return ",
    tests: hostile,
  },
  {
    rule: "a record that is larger than a request is its node's failure",
    file: "packages/streams/src/application/worker/record-output.ts",
    find: "    if (bytesOf(key, value, headers) > LARGE_BYTES) this.#checkSize(record);\n",
    replace: "",
    tests: hostile,
  },
  {
    rule: "a group that its coordinator divides is nobody's application",
    file: "packages/streams/src/application/assignment/streams-assignor.ts",
    find: "return events.onFailure(dividedByOthers(plan.applicationId));",
    replace: "return events.onHosts([]);",
    tests: hostile,
  },
  {
    rule: "tasks that can be opened do not wait for the one that cannot",
    file: "packages/streams/src/application/worker/task-opening.ts",
    find: "      else if (nowMs >= waiting.retryAtMs) this.#look(waiting);",
    replace: "      else if (nowMs >= waiting.retryAtMs + 60_000) this.#look(waiting);",
    tests: timeouts,
  },
  {
    rule: "a folder that somebody still has, and room on its disk, are waited for",
    file: "packages/streams/src/application/worker/task-opening.ts",
    find: "  if (error instanceof OttlaError && passingCodes.has(error.code)) return true;\n",
    replace: "",
    tests: timeouts,
  },
  {
    rule: "a task whose time is over ends the application, whatever it waited for",
    file: "packages/streams/src/application/worker/trouble.ts",
    find: '  if (error instanceof StreamsError && error.code === "STREAMS_TASK_TIMEOUT") return "fatal";\n',
    replace: "",
    tests: ["streams/src/application/worker/trouble-mending"],
  },
  {
    rule: "a transaction is ended only where its process is not in the group any more",
    file: "packages/streams/src/application/worker/worker-clients.ts",
    find: "ofOthers.filter((each) => !living.has(each.processId))",
    replace: "ofOthers",
    tests: left,
  },
  {
    rule: "whoever gets tasks looks after the transactions of those that had them",
    file: worker,
    find: "if (partitions.length > 0 || this.#left?.isUnsure === true) this.#left?.end();",
    replace: 'if (this.#host.options.groupProtocol === "streams") this.#left?.end();',
    tests: left,
  },
  {
    rule: "an instance that is back ends transactions of no worker that it has",
    file: "packages/streams/src/application/run-application.ts",
    find: " && !this.pool.workers.some((worker) => worker.number === number)",
    replace: "",
    tests: left,
  },
  {
    rule: "a group that is being divided does not tell who is gone",
    file: "packages/streams/src/application/worker/group-processes.ts",
    find: ' || group.value.state !== "Stable"',
    replace: "",
    tests: ["streams/src/application/worker/group-processes"],
  },
  {
    rule: "a transactional id of another program that looks like a worker's is left alone",
    file: "packages/streams/src/application/worker/transactional-id.ts",
    find: " || !isRandomUuid(processId)",
    replace: "",
    tests: ["streams/src/application/worker/transactional-id"],
  },
  {
    rule: "punctuators do not wait until a clock that was put back is where it was",
    file: "packages/streams/src/runtime/task.ts",
    find: "    wallClock.noteTime(nowMs);\n",
    replace: "",
    tests: jumps,
  },
  {
    rule: "calls are timed by what has passed, wherever the clock is put",
    file: "packages/streams/src/application/worker/worker-run.ts",
    find: "      elapsedMs: () => clock.monotonicMs(),\n",
    replace: "",
    tests: jumps,
  },
  {
    rule: "joins look for what has no partner also when the clock was put back",
    file: "packages/streams/src/processors/joins/stream-join-operator.ts",
    find: "waitMs > 0 && waitMs <= emitIntervalMs",
    replace: "waitMs > 0",
    tests: jumps,
  },
];
