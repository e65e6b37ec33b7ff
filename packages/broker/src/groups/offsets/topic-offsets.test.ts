import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@ottla/base/simulated";
import { NIL_UUID } from "@ottla/protocol";
import type { CommittedOffset } from "../group-records.ts";
import { detailsOf, TopicOffsets } from "./topic-offsets.ts";

const PARTITIONS = [0, 1, 2, 7, 2000, 16_383, 16_384, 2 ** 31 - 1, -1, -(2 ** 31)];

const sorted = (offsets: Iterable<readonly [number, CommittedOffset]>) => [...offsets].sort(([one], [other]) => one - other);

test("offsets in columns are those that were committed last", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = new SeededRandom(seed);
    const offsets = new TopicOffsets();
    const expected = new Map<number, CommittedOffset>();
    for (let step = 0; step < 200; step++) {
      const partition = PARTITIONS[random.nextInt(PARTITIONS.length)]!;
      if (random.nextInt(3) === 0) {
        offsets.delete(partition);
        expected.delete(partition);
      } else {
        // Neighbours are of one commit now and then, and differ in one field now and then.
        const offset = {
          offset: random.nextInt(2) === 0 ? step : 2 ** 40 + step,
          leaderEpoch: random.nextInt(2),
          metadata: "m".repeat(random.nextInt(2)),
          commitTimestampMs: 1_700_000_000_000 + random.nextInt(2),
          expireTimestampMs: random.nextInt(2) - 1,
          topicId: random.nextInt(2) === 0 ? NIL_UUID : "x".repeat(22),
        };
        offsets.set(partition, offset.offset, detailsOf(offset));
        expected.set(partition, offset);
      }
      if (step % 20 === 19) assert.deepEqual(sorted(offsets), sorted(expected), `seed ${seed}, step ${step}`);
      assert.equal(offsets.size, expected.size);
      assert.deepEqual(offsets.get(partition), expected.get(partition));
      assert.equal(offsets.metadata(partition), expected.get(partition)?.metadata);
    }
  }
});
