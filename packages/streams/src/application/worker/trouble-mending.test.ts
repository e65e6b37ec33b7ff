import assert from "node:assert/strict";
import { test } from "node:test";
import { type Clock, silentLogger } from "@ottla/base";
import { ClientError } from "@ottla/client";
import type { HeldTasks } from "./held-tasks.ts";
import type { RecordOutput } from "./record-output.ts";
import { StreamsError } from "../../streams-error.ts";
import { TaskTimeouts } from "./task-timeouts.ts";
import { TroubleMending } from "./trouble-mending.ts";

const late = new ClientError("CALL_TIMEOUT", "commit() was not done in time.");
const undecided = new ClientError("TRANSACTION_STATE", "A commit is under way and its outcome is not known.");

/** What mending does about an error, in words, where what was written cannot be given up for that reason. */
async function mended(error: Error, whyNotGivenUp: Error | undefined, taskTimeoutMs = 1_000): Promise<string[]> {
  const done: string[] = [];
  const clock = { monotonicMs: () => 0, schedule: (_ms: number, run: () => void) => run() } as unknown as Clock;
  const mending = new TroubleMending({
    tasks: { all: () => [{ name: "0_0" }], drop: () => done.push("tasks dropped") } as unknown as HeldTasks,
    output: {
      giveUp: async () => {
        done.push("gives up");
        if (whyNotGivenUp !== undefined) throw whyNotGivenUp;
      },
    } as unknown as RecordOutput,
    timeouts: new TaskTimeouts(taskTimeoutMs),
    clock,
    logger: silentLogger,
    isStopping: () => false,
    rejoin: async () => void done.push("joins with another producer"),
  });
  await mending.mend(error);
  return done;
}

test("a commit that was not heard of in time is no end: another producer's beginning decides it", async () => {
  assert.deepEqual(await mended(late, undecided), ["tasks dropped", "gives up", "tasks dropped", "joins with another producer"]);
});

test("an abort that is not done in time holds nobody: another producer's beginning ends the transaction", async () => {
  assert.deepEqual(await mended(late, late), ["tasks dropped", "gives up", "tasks dropped", "joins with another producer"]);
});

test("a call that does not fit is an error of its own where nothing is being mended", async () => {
  await assert.rejects(mended(undecided, undefined), undecided);
});

test("a disk that takes nothing is waited for, but no longer than a task may take", async () => {
  const full = new StreamsError("STREAMS_STATE_WRITE", "The state in /state/0_0 cannot be written: No space left on device.");
  assert.deepEqual(await mended(full, undefined), []);
  await assert.rejects(mended(full, undefined, 0), { code: "STREAMS_TASK_TIMEOUT", message: /^Task 0_0 .*No space left/ });
});
