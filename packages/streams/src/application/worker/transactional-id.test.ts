import assert from "node:assert/strict";
import { test } from "node:test";
import { randomUuid } from "@ottla/base";
import { SeededRandom } from "@ottla/base/simulated";
import { processIdIn, transactionalIdOf } from "./transactional-id.ts";

test("a transactional id tells its process to its own application and to no other", () => {
  const random = new SeededRandom(7);
  for (let i = 0; i < 2_000; i++) {
    const processId = randomUuid(random);
    for (const applicationId of ["a", "a-b", "a-1", "a-1-2", "a-"]) {
      const transactionalId = transactionalIdOf(applicationId, processId, (i % 12) + 1);
      for (const other of ["a", "a-b", "a-1", "a-1-2", "a-"])
        assert.equal(
          processIdIn(transactionalId, other),
          other === applicationId ? processId : undefined,
          `${transactionalId} of ${other}`,
        );
    }
  }
});

test("ids of other programs are of no process", () => {
  for (const id of ["a", "a-", "a-1", "a-0_1", "a-5f0c5a7e-9d5b-4c6c-8d1f-0a1b2c3d4e5f-1", "b", ""])
    assert.equal(processIdIn(id, "a"), undefined);
});
