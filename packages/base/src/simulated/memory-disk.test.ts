import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { testDisk } from "../contracts/disk-contract.ts";
import { ChunkedBytes } from "./chunked-bytes.ts";
import { MemoryDisk } from "./memory-disk.ts";

testDisk("memory disk", async (run) => {
  const disk = new MemoryDisk();
  disk.makeDirectory("/data");
  await run(disk, "/data");
});

test("chunked bytes are the same as one growing buffer", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("append" as const), size: fc.integer({ min: 0, max: 9000 }) }),
    fc.record({ kind: fc.constant("write" as const), size: fc.integer({ min: 1, max: 6000 }), at: fc.integer({ min: 0, max: 40_000 }) }),
    fc.record({ kind: fc.constant("truncate" as const), size: fc.integer({ min: 0, max: 40_000 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const bytes = new ChunkedBytes();
      let model = Buffer.alloc(0);
      for (const [index, change] of steps.entries()) {
        const content = Buffer.alloc(change.size, index + 1);
        const at = change.kind === "write" ? change.at : model.length;
        if (change.kind === "truncate") {
          const next = Buffer.alloc(change.size);
          model.copy(next);
          model = next;
          bytes.truncate(change.size);
          continue;
        }
        const next = Buffer.alloc(Math.max(model.length, change.size === 0 ? 0 : at + change.size));
        model.copy(next);
        content.copy(next, at);
        model = next;
        if (change.kind === "append") bytes.append(content);
        else bytes.write(content, at);
      }
      assert.equal(bytes.length, model.length);
      assert.ok(bytes.toBuffer().equals(model));
      const middle = Buffer.alloc(5000);
      const count = bytes.read(middle, 3000);
      assert.ok(middle.subarray(0, count).equals(model.subarray(3000, 8000)));
    }),
    { numRuns: 300 },
  );
});
