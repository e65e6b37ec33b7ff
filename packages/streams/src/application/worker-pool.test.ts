import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { type ApplicationWorker, WorkerPool } from "./worker-pool.ts";

/** A worker on a thread that a user's function holds, whose session goes on when it is terminated. */
function heldWorker(number: number): ApplicationWorker {
  const ended = Promise.withResolvers<void>();
  return {
    number,
    run: () => ended.promise,
    stop() {},
    terminate: async () => ended.resolve(),
    setCacheBytes() {},
    snapshot: async () => undefined,
    copies: () => [],
    orphanedMemberId: "member",
  };
}

test("an end that has a deadline does not wait for coordinators that are silent about who was terminated", async () => {
  const buried: string[] = [];
  const pool = new WorkerPool({
    clock: systemClock,
    logger: silentLogger,
    cacheMaxBytes: 0,
    make: (number) => heldWorker(number),
    bury(_number, memberId) {
      buried.push(memberId);
      return new Promise(() => {});
    },
    onRunning() {},
    onFatal: () => "shutdown",
    events: { onDropped() {}, onRestore() {}, onStandby() {}, onHosts() {} },
  });
  pool.add().running.catch(() => {});
  await pool.end(true, 1);
  assert.deepEqual(buried, ["member"]);
});
