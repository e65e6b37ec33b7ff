import assert from "node:assert/strict";
import { test } from "node:test";
import { randomUuid } from "@ottla/base";
import { SeededRandom } from "@ottla/base/simulated";
import { patternOfWorkers, transactionalIdOf, workerIn } from "./transactional-id.ts";

const applicationIds = ["a", "a-b", "a-1", "a-1-2", "a-", "a.b", "a_b"];

test("a transactional id tells its process to its own application and to no other", () => {
  const random = new SeededRandom(7);
  for (let i = 0; i < 2_000; i++) {
    const processId = randomUuid(random);
    for (const applicationId of applicationIds) {
      const number = (i % 12) + 1;
      const transactionalId = transactionalIdOf(applicationId, processId, number);
      for (const other of applicationIds) {
        const isOwn = other === applicationId;
        assert.deepEqual(workerIn(transactionalId, other), isOwn ? { processId, number } : undefined, `${transactionalId} of ${other}`);
        assert.equal(new RegExp(`^(?:${patternOfWorkers(other)})$`).test(transactionalId), isOwn, `${transactionalId} in ${other}'s list`);
      }
    }
  }
});

test("ids of other programs are of no process, also where they look like one", () => {
  for (const rest of ["", "1", "0_1", "5f0c5a7e-9d5b-4c6c-8d1f-0a1b2c3d4e5f-1", "payment-service-worker-1", `${"p".repeat(22)}-1`])
    assert.equal(workerIn(`a-${rest}`, "a"), undefined, rest);
  assert.equal(workerIn("b", "a"), undefined);
});
