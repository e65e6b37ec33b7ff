import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "@ottla/base/simulated";
import { type DataKey, DataKeys } from "./data-keys.ts";

test("a data key is written with for an hour, and wrapped once however many wait; another name has another", async () => {
  const clock = new SimulatedClock();
  let wrapped = 0;
  const provider = {
    wrap: async (_key: Uint8Array, name: string) => ({ keyId: name, wrapped: Buffer.of(++wrapped) }),
    unwrap: async () => Buffer.alloc(32),
  };
  const keys = new DataKeys(provider, clock);
  const forWriting = async (name: string): Promise<number> => {
    await keys.forWriting(name);
    return (keys.forWriting(name) as DataKey).wrapped[0]!;
  };
  assert.deepEqual(await Promise.all([forWriting("a"), forWriting("a"), forWriting("b")]), [1, 1, 2]);
  clock.advance(3_599_999);
  assert.equal(await forWriting("a"), 1);
  clock.advance(1);
  assert.deepEqual([await forWriting("a"), await forWriting("b")], [3, 4]);
});
