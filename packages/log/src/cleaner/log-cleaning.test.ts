import assert from "node:assert/strict";
import { it } from "node:test";
import { SimulatedClock, SimulatedDisk } from "@ottla/base/simulated";
import { RecordBatchBuilder, setBaseOffset } from "@ottla/protocol/records";
import { recordsIn } from "../testing/compaction-model.ts";
import type { CleanJob, SourceSegment } from "./clean-job.ts";
import { LogCleaning } from "./log-cleaning.ts";

/** Further than one map of keys can tell offsets apart. */
const FAR = 5_000_000_000;

const disk = new SimulatedDisk();

function segment(base: number, endOffset: number, keys: readonly string[]): SourceSegment {
  const path = `/log/${base}.log`;
  const file = disk.open(path);
  for (const [i, key] of keys.entries()) {
    const builder = new RecordBatchBuilder();
    builder.append(Buffer.from(key), Buffer.from(`${base + i}`), [], 1000);
    const batch = builder.close();
    setBaseOffset(batch, 0, base + i);
    file.append([batch]);
  }
  const { sizeBytes } = file;
  file.close();
  return { path, baseOffset: base, sizeBytes, endOffset };
}

it("a log with a gap of billions of offsets is cleaned in rounds, also from in front of the gap on", async () => {
  disk.makeDirectory("/log");
  const segments = [segment(0, FAR, ["a", "b", "a"]), segment(FAR, FAR + 10, ["b", "c", "c"])];
  const rounds: [endOffset: number, keys: number, kept: string[]][] = [];
  for (let firstDirtyOffset = 0; firstDirtyOffset < FAR + 10; ) {
    const job: CleanJob = {
      directory: "/log",
      dirty: segments.filter(({ endOffset }) => endOffset > firstDirtyOffset),
      firstDirtyOffset,
      endOffset: FAR + 10,
      aborted: new Float64Array(),
      producers: new Float64Array(),
      nowMs: 2000,
      deleteRetentionMs: 1000,
      indexIntervalBytes: 4096,
      secret: [1, 2, 3, 4],
      bounds: { mapBytes: 1024, mapLoadFactor: 0.9, bufferBytes: 4096, ioBytesPerSecond: Infinity },
    };
    const cleaning = new LogCleaning({ disk, clock: new SimulatedClock(), sharesLoop: true }, job, new AbortController().signal);
    const { endOffset, keys } = await cleaning.map();
    assert.ok(endOffset > firstDirtyOffset, `from ${firstDirtyOffset} on nothing was found`);
    const kept: string[] = [];
    for (const source of segments) {
      const written = await cleaning.rewrite({ segments: [source] }, endOffset);
      const path = disk.list("/log").find((name) => name.endsWith(".log.cleaned"))!;
      for (const record of recordsIn(disk.readFile(`/log/${path}`))) kept.push(`${record.offset}=${record.key}`);
      assert.ok(written.keptRecords > 0);
      disk.remove(`/log/${path}`);
    }
    rounds.push([endOffset, keys, kept]);
    firstDirtyOffset = endOffset;
  }
  assert.deepEqual(rounds, [
    // The files stay as they were: each round sees what the one before has dropped.
    [FAR, 2, ["1=b", "2=a", `${FAR}=b`, `${FAR + 1}=c`, `${FAR + 2}=c`]],
    [FAR + 10, 2, ["0=a", "2=a", `${FAR}=b`, `${FAR + 2}=c`]],
  ]);
});
