import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom, testSeed } from "@ottla/base/simulated";
import { CapturedTable } from "../tables/captured-table.ts";
import { type ChangeContext, EventMaker } from "./event-maker.ts";

const table = new CapturedTable({
  schema: "public",
  table: "t",
  topic: "p.public.t",
  columns: [],
  key: [],
  identityPlaces: new Set(),
  placeholder: "?",
});

test("what records of a transaction have in common is each one's own, whichever came before", () => {
  const seed = testSeed();
  const random = new SeededRandom(seed);
  const maker = new EventMaker({ prefix: "p", database: "d", version: "1", tombstones: true, headers: [] });
  for (let run = 0; run < 500; run++) {
    const context: ChangeContext = {
      lsn: BigInt(random.nextInt(3)),
      lastCommitLsn: random.pick([undefined, 0n, 7n]),
      xid: random.pick([undefined, 0, 8]),
      commitTimeUs: random.pick([0n, 1_700_000_000_123_456n, -1n]),
      snapshot: "false",
      block: null,
      nowMs: random.pick([0, 1_700_000_000_001]),
    };
    const [{ value } = assert.fail("no record")] = maker.insert(table, [], context);
    const { source, ts_ms, ts_us, ts_ns } = value as Readonly<Record<string, unknown>>;
    const { lsn, lastCommitLsn, xid, commitTimeUs } = context;
    assert.deepEqual(
      { source, ts_ms, ts_us, ts_ns },
      {
        source: {
          version: "1",
          connector: "postgresql",
          name: "p",
          ts_ms: commitTimeUs / 1000n,
          snapshot: "false",
          db: "d",
          sequence: lastCommitLsn === undefined ? `[null,"${lsn}"]` : `["${lastCommitLsn}","${lsn}"]`,
          ts_us: commitTimeUs,
          ts_ns: commitTimeUs * 1000n,
          schema: "public",
          table: "t",
          txId: xid === undefined ? null : BigInt(xid),
          lsn,
          xmin: null,
        },
        ts_ms: BigInt(context.nowMs),
        ts_us: BigInt(context.nowMs) * 1000n,
        ts_ns: BigInt(context.nowMs) * 1_000_000n,
      },
      `OTTLA_TEST_SEED=${seed}`,
    );
  }
});
