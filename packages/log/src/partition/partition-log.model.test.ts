import assert from "node:assert/strict";
import { it } from "node:test";
import { runsOf } from "@ottla/base/simulated";
import fc from "fast-check";
import { FROM_CLIENT, LogFixture, makeBatch, readAll } from "../testing/log-fixture.ts";
import { defaultLogConfig } from "./log-config.ts";

/** What the log must be: the batches that were appended and are not lost or deleted, and nothing else. */
interface Model {
  batches: { readonly baseOffset: number; readonly endOffset: number; readonly bytes: Buffer; readonly timestampMs: number }[];
  logStartOffset: number;
  logEndOffset: number;
  /** Below, an acknowledgement was given after a sync. */
  durableOffset: number;
  nextSequence: number;
  isFull: boolean;
}

type Command = fc.AsyncCommand<Model, LogFixture>;
const PRODUCER_ID = 77;

function command(name: string, run: (model: Model, fixture: LogFixture) => Promise<void>): Command {
  return { check: () => true, run, toString: () => name };
}

/** The whole log is what the model says, and its ends are. */
async function compare(model: Model, fixture: LogFixture): Promise<void> {
  const { log } = fixture;
  assert.equal(log.logEndOffset, model.logEndOffset);
  assert.equal(log.logStartOffset, model.logStartOffset);
  const kept = model.batches.filter((batch) => batch.endOffset > model.logStartOffset);
  const bytesBelow = (offset: number): number => kept.reduce((sum, batch) => sum + (batch.baseOffset < offset ? batch.bytes.length : 0), 0);
  const visibleBefore = bytesBelow(log.highWatermark);
  const content = await readAll(log, model.logStartOffset, 300);
  // The high watermark may move on while all is read.
  assert.ok(content.length >= visibleBefore && content.length <= bytesBelow(log.highWatermark), `${content.length} bytes`);
  assert.ok(content.equals(Buffer.concat(kept.map((batch) => batch.bytes)).subarray(0, content.length)));
}

const append = fc
  .record({
    records: fc.integer({ min: 1, max: 4 }),
    recordBytes: fc.integer({ min: 0, max: 300 }),
    agoMs: fc.integer({ min: 0, max: 500 }),
    isIdempotent: fc.boolean(),
  })
  .map((plan) =>
    command(`append(${JSON.stringify(plan)})`, async (model, fixture) => {
      const timestampMs = fixture.clock.nowMs() - plan.agoMs;
      const producer = plan.isIdempotent ? { producerId: PRODUCER_ID, baseSequence: model.nextSequence } : {};
      const batch = makeBatch({ ...plan, timestampMs, value: `${model.logEndOffset}`, ...producer });
      const outcome = fixture.log.append(batch, FROM_CLIENT);
      if (outcome.kind === "rejected") assert.ok(model.isFull, outcome.message);
      else {
        assert.deepEqual([outcome.kind, outcome.baseOffset], ["appended", model.logEndOffset]);
        model.logEndOffset += plan.records;
        if (plan.isIdempotent) model.nextSequence += plan.records;
        model.batches.push({ baseOffset: outcome.baseOffset, endOffset: model.logEndOffset, bytes: Buffer.from(batch), timestampMs });
      }
    }),
  );

const wait = fc.constant(
  command("wait until durable", async (model, fixture) => {
    await fixture.log.durable(model.logEndOffset - 1);
    if (fixture.config.flushMessages === 1) model.durableOffset = model.logEndOffset;
  }),
);

const read = fc
  .record({ at: fc.double({ min: 0, max: 1, noNaN: true }), maxBytes: fc.integer({ min: 0, max: 2000 }), minOneBatch: fc.boolean() })
  .map(({ at, maxBytes, minOneBatch }) =>
    command(`read(${at}, ${maxBytes}, ${minOneBatch})`, async (model, fixture) => {
      const offset = model.logStartOffset + Math.floor(at * (model.logEndOffset - model.logStartOffset));
      const outcome = await fixture.log.read(offset, maxBytes, { minOneBatch });
      assert.ok(outcome.kind === "records");
      const from = model.batches.filter((batch) => batch.endOffset > offset);
      const bytes = Buffer.concat(outcome.records);
      assert.ok(bytes.equals(Buffer.concat(from.map((batch) => batch.bytes)).subarray(0, bytes.length)), "a prefix of what follows");
      assert.ok(bytes.length <= maxBytes || (minOneBatch && bytes.length === from[0]!.bytes.length));
      outcome.release?.();
    }),
  );

const deleteRecords = fc.double({ min: 0, max: 1, noNaN: true }).map((at) =>
  command(`deleteRecords(${at})`, async (model, fixture) => {
    const target = model.logStartOffset + Math.floor(at * (fixture.log.highWatermark - model.logStartOffset));
    const outcome = await fixture.log.deleteRecordsBefore(target);
    if (outcome.kind === "rejected") assert.ok(model.isFull);
    model.logStartOffset = fixture.log.logStartOffset;
    assert.ok(model.logStartOffset <= target);
  }),
);

const pass = fc.integer({ min: 1, max: 2000 }).map((ms) =>
  command(`pass(${ms} ms)`, async (model, fixture) => {
    await fixture.clock.advanceAsync(ms);
    // Retention may have moved the start, by whole batches that are old enough.
    const start = fixture.log.logStartOffset;
    assert.ok(start >= model.logStartOffset);
    for (const batch of model.batches) {
      if (batch.endOffset > model.logStartOffset && batch.endOffset <= start)
        assert.ok(fixture.clock.nowMs() - batch.timestampMs > fixture.config.retentionMs);
    }
    model.logStartOffset = start;
  }),
);

const restart = fc.constantFrom("close", "kill" as const).map((how) =>
  command(how, async (model, fixture) => {
    fixture.disk.capacityBytes = Infinity;
    model.isFull = false;
    if (how === "close") await fixture.store.close();
    else fixture.kill();
    await fixture.open();
    // The start may have moved on by retention whose checkpoint is the files themselves, never back.
    assert.ok(fixture.log.logStartOffset >= model.logStartOffset);
  }),
);

const cutPower = fc.constant(
  command("cut the power", async (model, fixture) => {
    fixture.disk.capacityBytes = Infinity;
    model.isFull = false;
    fixture.cutPower();
    const outcome = await fixture.openStore();
    if (outcome === undefined) {
      assert.equal(model.durableOffset, 0);
      fixture.log = fixture.store.createPartition("orders", 0, "AAAAAAAAAAAAAAAAAAAAAQ", fixture.config);
    } else {
      assert.ok(outcome.kind === "opened", outcome.kind === "failed" ? outcome.error.message : "");
      fixture.log = outcome.log;
    }
    assert.ok(
      fixture.log.logEndOffset >= model.durableOffset,
      `${model.durableOffset} were durable, the log ends at ${fixture.log.logEndOffset}`,
    );
    model.logEndOffset = fixture.log.logEndOffset;
    model.logStartOffset = fixture.log.logStartOffset;
    model.batches = model.batches.filter((batch) => batch.endOffset <= model.logEndOffset);
    // The producer would learn what was lost and begin anew with the next epoch; here it simply goes on where the log ends for it.
    model.nextSequence = (fixture.log.activeProducers()[0]?.lastSequence ?? -1) + 1;
  }),
);

const fill = fc.integer({ min: 0, max: 3000 }).map((freeBytes) =>
  command(`fill the disk but ${freeBytes} bytes`, async (model, fixture) => {
    let used = 0;
    for (const name of fixture.disk.list("/data/orders-0")) used += fixture.disk.stat(fixture.path(name))!.sizeBytes;
    fixture.disk.capacityBytes = used + 600 + freeBytes;
    model.isFull = true;
  }),
);

const repeat = fc.constant(
  command("send the last idempotent batch again", async (model, fixture) => {
    const known = fixture.log.activeProducers()[0];
    if (known === undefined || known.lastSequence < 0) return;
    assert.equal(known.lastSequence, model.nextSequence - 1);
    const gap = fixture.log.append(makeBatch({ producerId: PRODUCER_ID, baseSequence: model.nextSequence + 1 }), FROM_CLIENT);
    assert.equal(gap.kind, "rejected");
  }),
);

for (const [mode, config] of [
  ["Kafka's defaults", {}],
  ["flush.messages=1", { flushMessages: 1 }],
  ["no tail cache", {}],
] as const) {
  it(`a log does what a list of batches does, through restarts and faults (${mode})`, async () => {
    const commands = fc.commands([append, append, append, append, wait, read, read, deleteRecords, pass, restart, cutPower, fill, repeat], {
      maxCommands: 40,
    });
    await fc.assert(
      fc.asyncProperty(commands, fc.integer(), async (run, seed) => {
        const limits = mode === "no tail cache" ? { tailCacheBytes: 0, openFilesMax: 2 } : {};
        const fixture = await LogFixture.create(
          {
            ...defaultLogConfig,
            segmentBytes: 1500,
            indexIntervalBytes: 200,
            retentionMs: 3000,
            segmentMs: 1500,
            fileDeleteDelayMs: 500,
            ...config,
          },
          { seed, limits, schedule: { retentionCheckIntervalMs: 700 } },
        );
        const setup = (): { model: Model; real: LogFixture } => ({
          model: { batches: [], logStartOffset: 0, logEndOffset: 0, durableOffset: 0, nextSequence: 0, isFull: false },
          real: fixture,
        });
        const checked = function* (): Generator<Command> {
          for (const one of run) {
            yield one;
            yield command("compare", compare);
          }
        };
        await fc.asyncModelRun(setup, checked());
        fixture.store.abandon();
      }),
      { numRuns: runsOf({ quick: 30, long: 300 }) },
    );
  });
}
