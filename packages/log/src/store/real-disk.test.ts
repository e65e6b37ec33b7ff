import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { silentLogger } from "@ottla/base";
import { nodeDisk, systemClock, systemRandom } from "@ottla/base/node";
import { defaultLogConfig } from "../partition/log-config.ts";
import { FROM_CLIENT, makeBatch, readAll, TOPIC_ID } from "../testing/log-fixture.ts";
import { LogStore } from "./log-store.ts";

it("a store on the machine's own disk survives being dropped and being closed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ottla-log-"));
  const deps = { disk: nodeDisk, clock: systemClock, random: systemRandom, logger: silentLogger };
  const config = { ...defaultLogConfig, segmentBytes: 2000, flushMessages: 1 };
  const kept: Buffer[] = [];
  try {
    for (let start = 0; start < 4; start++) {
      const store = LogStore.open(deps, join(folder, "data"), {
        limits: { openFilesMax: 2, tailCacheBytes: start % 2 === 0 ? 0 : 8 << 20 },
      });
      const outcomes = await store.loadPartitions({ configOf: () => config });
      assert.ok(
        [...outcomes.values()].every((outcome) => outcome.kind === "opened" && outcome.wasRecovered === (start === 1 || start === 3)),
      );
      const log = store.get("orders", 0) ?? store.createPartition("orders", 0, TOPIC_ID, config);
      assert.ok((await readAll(log)).equals(Buffer.concat(kept)), `start ${start}`);
      for (let i = 0; i < 30; i++) {
        const batch = makeBatch({ records: 2, value: `s${start}b${i}` });
        const outcome = log.append(batch, FROM_CLIENT);
        assert.ok(outcome.kind === "appended");
        kept.push(Buffer.from(batch));
        if (i % 10 === 9) await log.durable(outcome.lastOffset);
      }
      if (start % 2 === 0) store.abandon();
      else await store.close();
    }
    assert.ok(readdirSync(join(folder, "data", "orders-0")).filter((name) => name.endsWith(".log")).length > 5);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
