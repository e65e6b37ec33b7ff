/** A place in what runs streams applications at which an instance may be killed: `reached()` stands there, put into the sources as they are loaded. */
export interface Moment {
  readonly name: string;
  /** From the root of the checkout. */
  readonly file: string;
  /** Text that stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** It comes seldom: an instance dies at its first. */
  readonly isRare?: boolean;
  /** There are none without transactions. */
  readonly exactOnly?: boolean;
  /** Or without copies of tasks. */
  readonly needsCopies?: boolean;
}

const worker = "packages/streams/src/application/worker";
const calls = "packages/client/src/producer/transactions/transaction-calls.ts";

function before(find: string): Pick<Moment, "find" | "replace"> {
  return { find, replace: `reached(); ${find}` };
}

function behind(find: string): Pick<Moment, "find" | "replace"> {
  return { find, replace: `${find} reached();` };
}

/** Where a death has most to spoil: between any two steps of which the second makes the first count. */
export const moments: readonly Moment[] = [
  {
    name: "between what is written and its offsets",
    file: calls,
    ...before("const response = await callOn(connection, txnOffsetCommitApi, makeBody, bounds);"),
    exactOnly: true,
  },
  {
    name: "between the offsets and EndTxn",
    file: calls,
    ...before("const body = makeEndTxnRequest("),
    exactOnly: true,
  },
  {
    name: "between EndTxn and its answer",
    file: calls,
    find: "= await callOn(connection, endTxnApi, () => body, bounds);",
    replace:
      "= await (async () => { const answer = callOn(connection, endTxnApi, () => body, bounds); await new Promise((resolve) => setImmediate(resolve)); reached(); return answer; })();",
    exactOnly: true,
  },
  {
    name: "between EndTxn and what the disk is told",
    file: `${worker}/active-task.ts`,
    ...before("await this.stores.saveInTurns(clock);"),
  },
  {
    name: "in the middle of what is written to the disk",
    file: "packages/streams/src/stores/persistent/task-state.ts",
    find: "for (const database of this.#open.values()) database.write();",
    replace: "for (const database of this.#open.values()) { database.write(); reached(); }",
  },
  {
    name: "between two acknowledgements",
    file: `${worker}/record-output.ts`,
    ...before("const end = this.#ends.get(key);"),
  },
  {
    name: "in the middle of a restore",
    file: "packages/streams/src/application/restore/changelog-restore.ts",
    ...behind("restoring.restoredCount += fill.count - before;"),
    isRare: true,
  },
  {
    name: "between a restore and what the disk is told of it",
    file: "packages/streams/src/application/restore/changelog-restore.ts",
    ...before("await task.stores.saveInTurns(this.#host.clock);\n    task.isRestoring = false;"),
    isRare: true,
  },
  {
    name: "in the middle of a copy's save",
    file: "packages/streams/src/application/standby/standby-tasks.ts",
    find: "    copy.savedAtMs = this.#host.clock.monotonicMs();\n    await copy.stores.saveInTurns(this.#host.clock);",
    replace:
      "    copy.savedAtMs = this.#host.clock.monotonicMs();\n    const saved = copy.stores.saveInTurns(this.#host.clock); reached(); await saved;",
    isRare: true,
    needsCopies: true,
  },
  {
    name: "as a copy takes what came",
    file: "packages/streams/src/application/standby/standby-tasks.ts",
    ...behind("followed.restoredCount += fill.count - before;"),
    needsCopies: true,
  },
  {
    name: "as tasks are divided",
    file: "packages/streams/src/application/assignment/streams-assignor.ts",
    find: "return assign(plan, host, members, counts);",
    replace: "const divided = assign(plan, host, members, counts); reached(); return divided;",
    isRare: true,
  },
  {
    name: "between the group's word and the opening of its tasks",
    file: `${worker}/task-opening.ts`,
    ...behind("    seek();\n"),
    isRare: true,
  },
  {
    name: "between the opening of tasks and their first record",
    file: `${worker}/worker.ts`,
    ...behind("    else await this.#openTasks(partitions);"),
    isRare: true,
  },
  {
    name: "between the last commit of tasks that go and their end",
    file: `${worker}/worker.ts`,
    ...before("this.#tasks.drop(gone);"),
    isRare: true,
  },
];
