import assert from "node:assert/strict";
import { test } from "node:test";
import { checkCleanerSettings, cleanerFault, cleanerSettings } from "./cleaner-settings.ts";
import { EffectiveConfig } from "./effective-config.ts";

const started = (settings: Record<string, string>) =>
  new EffectiveConfig({ configs: () => new Map() }, new Map(Object.entries(settings)), 1);
const map = (settings: Record<string, string>) => new Map(Object.entries(settings));

test("the cleaner's settings are Kafka's, and what would stop it or let it spin is bounded", () => {
  assert.deepEqual(cleanerSettings(started({})), {
    threads: 1,
    dedupeBufferBytes: 134217728,
    mapLoadFactor: 0.9,
    ioBufferBytes: 524288,
    ioBytesPerSecond: Infinity,
    backoffMs: 15_000,
  });
  const odd = cleanerSettings(
    started({ "log.cleaner.io.buffer.load.factor": "-1", "log.cleaner.io.max.bytes.per.second": "0", "log.cleaner.backoff.ms": "0" }),
  );
  assert.deepEqual([odd.mapLoadFactor, odd.ioBytesPerSecond, odd.backoffMs], [0.01, 1, 10]);
});

test("threads are halved or doubled while the broker runs, never to none, and each has memory for keys", () => {
  const config = started({ "log.cleaner.threads": "4" });
  const fault = (settings: Record<string, string>) => cleanerFault(map(settings), config)?.message;
  for (const threads of ["2", "4", "8"]) assert.equal(fault({ "log.cleaner.threads": threads }), undefined);
  for (const threads of ["0", "1", "9"]) assert.match(fault({ "log.cleaner.threads": threads }) ?? "", /log\.cleaner\.threads/);
  assert.match(fault({ "log.cleaner.dedupe.buffer.size": "4194304" }) ?? "", /above 1 MiB/);
  assert.equal(fault({ "log.cleaner.dedupe.buffer.size": "8388608" }), undefined);
  assert.equal(cleanerFault(map({ "log.retention.ms": "1" }), started({ "log.cleaner.threads": "0" })), undefined);
  assert.throws(() => checkCleanerSettings(cleanerSettings(started({ "log.cleaner.dedupe.buffer.size": "1000" }))), {
    code: "INVALID_CONFIG",
  });
});
