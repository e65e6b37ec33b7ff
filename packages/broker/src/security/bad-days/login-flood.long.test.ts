// Ten thousand logins with wrong passwords, a hundred at a time, beside somebody who works: what stays of them, and what the other waits.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ErrorCode } from "@ottla/protocol";
import { GuardedBroker, PASSWORDS } from "../testing/guarded-broker.ts";
import { SecureClient } from "../testing/secure-client.ts";

const LOGINS = 10_000;
const AT_ONCE = 100;
const MIB = 1024 * 1024;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

function heapBytes(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

test("10,000 bad logins leave nothing behind but a few lines, and who is in goes on", async (t) => {
  await using guarded = await GuardedBroker.start({ "connection.failed.authentication.delay.ms": "20" });
  using friend = await SecureClient.open(guarded.broker);
  const welcome = await friend.scram("bob", PASSWORDS["bob"]!);
  assert.ok(welcome !== "closed" && welcome.errorCode === ErrorCode.NONE);
  let left = LOGINS;
  const failOne = async (): Promise<void> => {
    while (left-- > 0) {
      using client = await SecureClient.open(guarded.broker);
      const user = left % 3 === 0 ? "alice" : `nobody-${left}`;
      const answer = left % 2 === 0 ? await client.scram(user, "wrong") : await client.logIn("PLAIN", `\0${user}\0wrong`);
      assert.ok(answer !== "closed" && answer.errorCode === ErrorCode.SASL_AUTHENTICATION_FAILED);
      assert.equal(await client.frame(), "closed");
    }
  };
  // What is made once is made before.
  left = 500;
  await Promise.all(Array.from({ length: AT_ONCE }, failOne));
  const before = heapBytes();
  const begunMs = performance.now();
  left = LOGINS;
  const waits: number[] = [];
  let isOver = false;
  const flood = Promise.all(Array.from({ length: AT_ONCE }, failOne)).finally(() => (isOver = true));
  while (!isOver) {
    const askedMs = performance.now();
    assert.notEqual(await friend.metadata(), "closed");
    waits.push(performance.now() - askedMs);
  }
  await flood;
  const seconds = (performance.now() - begunMs) / 1000;
  while (guarded.connections > 1 || guarded.heldBytes > 0 || guarded.timers > 0) await new Promise(setImmediate);
  const grown = (heapBytes() - before) / MIB;
  waits.sort((a, b) => a - b);
  const p99 = waits[Math.floor(waits.length * 0.99)]!;
  t.diagnostic(
    `${Math.round(LOGINS / seconds)} failed logins/s; another's p99 ${p99.toFixed(1)} ms of ${waits.length}; heap ${grown.toFixed(1)} MiB more`,
  );
  assert.ok(grown < 4, `${grown.toFixed(1)} MiB stay: ${Math.round((grown * MIB) / LOGINS)} bytes of each`);
  const spans = 2 + Math.ceil((seconds + 60) / 10);
  assert.ok(guarded.said.length <= 11 * spans, `${guarded.said.length} lines`);
});
