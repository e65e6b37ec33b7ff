import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runsOf, SeededRandom } from "@ottla/base/simulated";
import { ErrorCode } from "@ottla/protocol";
import { encodeEndTransactionMarker } from "@ottla/protocol/records";
import { decodeAborted } from "../segment/aborted-entry.ts";
import { LogFixture, makeBatch, START_MS } from "../testing/log-fixture.ts";

const PRODUCERS = [4000, 4001, 4002, 4003];
const STEPS = 100;

/** One batch of the log, as whoever wrote it remembers it. */
type Written =
  | { readonly kind: "plain"; readonly offset: number; readonly end: number }
  | {
      readonly kind: "data";
      readonly offset: number;
      readonly end: number;
      readonly producerId: number;
      readonly epoch: number;
      readonly nextSequence: number;
    }
  | {
      readonly kind: "marker";
      readonly offset: number;
      readonly end: number;
      readonly producerId: number;
      readonly epoch: number;
      readonly isCommit: boolean;
    };

interface Transaction {
  readonly producerId: number;
  readonly first: number;
  readonly last: number;
  readonly isCommit: boolean;
  /** Where the oldest transaction began that was still open then, or behind the marker. */
  readonly stable: number;
}

/** What follows from the list of all batches, found by reading it from the beginning each time. */
class Model {
  written: Written[] = [];
  logStartOffset = 0;

  get endOffset(): number {
    return this.written.at(-1)?.end ?? 0;
  }

  truncate(endOffset: number): void {
    this.written = this.written.filter(({ offset }) => offset < endOffset);
  }

  producer(id: number): { readonly epoch: number; readonly nextSequence: number; readonly openSince: number } {
    let [epoch, nextSequence, openSince] = [0, 0, -1];
    for (const batch of this.written) {
      if (batch.kind === "plain" || batch.producerId !== id) continue;
      if (batch.epoch !== epoch) [epoch, nextSequence] = [batch.epoch, 0];
      if (batch.kind === "marker") openSince = -1;
      else {
        nextSequence = batch.nextSequence;
        if (openSince < 0) openSince = batch.offset;
      }
    }
    return { epoch, nextSequence, openSince };
  }

  ended(): Transaction[] {
    const open = new Map<number, number>();
    const ended: Transaction[] = [];
    for (const batch of this.written) {
      if (batch.kind === "data" && !open.has(batch.producerId)) open.set(batch.producerId, batch.offset);
      if (batch.kind !== "marker") continue;
      const { producerId, offset: last, isCommit } = batch;
      const first = open.get(producerId);
      open.delete(producerId);
      if (first !== undefined) ended.push({ producerId, first, last, isCommit, stable: Math.min(last + 1, ...open.values()) });
    }
    return ended;
  }

  get lastStableOffset(): number {
    const open = PRODUCERS.map((id) => this.producer(id).openSince).filter((since) => since >= 0);
    return Math.max(this.logStartOffset, Math.min(this.endOffset, ...open));
  }

  /** Of the records that are left, the first of a transaction that is open. */
  get firstOpenRecord(): number {
    const open = this.written.find((batch) => {
      const isLeft = batch.kind === "data" && batch.end > this.logStartOffset;
      return (
        isLeft &&
        !this.written.some((later) => later.kind === "marker" && later.producerId === batch.producerId && later.offset > batch.offset)
      );
    });
    return open === undefined ? this.endOffset : Math.max(open.offset, this.logStartOffset);
  }

  /** Offsets of those batches among `read` that a consumer of committed records is to see. */
  committed(read: readonly Written[]): number[] {
    const seen = read.filter((batch) => {
      if (batch.kind !== "data") return batch.kind === "plain";
      const end = this.written.find(
        (later) => later.kind === "marker" && later.producerId === batch.producerId && later.offset > batch.offset,
      );
      return end?.kind === "marker" && end.isCommit;
    });
    return seen.map(({ offset }) => offset);
  }

  aborted(from: number, to: number): string[] {
    const overlapping = this.ended().filter(({ first, last, isCommit }) => !isCommit && last >= from && first < to);
    return overlapping.sort((a, b) => a.first - b.first).map(({ producerId, first }) => `${producerId}:${first}`);
  }
}

/** What a consumer makes of batches and the list of aborted transactions, as Kafka's own does it. */
function seenBy(read: readonly Written[], aborted: readonly { readonly producerId: number; readonly firstOffset: number }[]): number[] {
  const toCome = [...aborted];
  const now = new Set<number>();
  const seen: number[] = [];
  for (const batch of read) {
    while (toCome.length > 0 && toCome[0]!.firstOffset < batch.end) now.add(toCome.shift()!.producerId);
    if (batch.kind === "marker") now.delete(batch.producerId);
    else if (batch.kind === "plain" || !now.has(batch.producerId)) seen.push(batch.offset);
  }
  return seen;
}

class Run {
  readonly model = new Model();
  readonly random: SeededRandom;
  readonly fixture: LogFixture;
  /** KIP-890: the epoch is raised with each marker. */
  readonly raisesEpoch: boolean;
  /** DeleteRecords is called. What is known of transactions that began before may be lost with a snapshot then, as in Kafka; no reader sees a difference. */
  readonly deletes: boolean;

  constructor(fixture: LogFixture, seed: number) {
    this.fixture = fixture;
    this.random = new SeededRandom(seed);
    this.deletes = seed % 4 === 0;
    this.raisesEpoch = seed % 2 === 0 && !this.deletes;
  }

  /** One record on the disk, and with it the directory. */
  begin(): Promise<void> {
    this.#plain();
    return this.fixture.log.flush();
  }

  async step(): Promise<void> {
    const dice = this.random.nextInt(100);
    if (dice < 20) this.#plain();
    else if (dice < 60) this.#write(this.#anyone());
    else if (dice < 85) this.#mark(this.#anyone());
    else if (dice < 88) this.#lateMarker(this.#anyone());
    else if (dice < 92) await this.fixture.log.flush();
    else if (dice < 95) await this.#deleteRecords();
    else await this.#restart(this.random.nextInt(3));
  }

  check(what: string): void {
    const { log } = this.fixture;
    const { model } = this;
    const found = { end: log.logEndOffset, start: log.logStartOffset };
    assert.deepEqual(found, { end: model.endOffset, start: model.logStartOffset }, what);
    if (this.deletes) assert.ok(log.lastStableOffset >= model.lastStableOffset && log.lastStableOffset <= model.firstOpenRecord, what);
    else this.#checkExactly(what);
    const from = model.logStartOffset + this.random.nextInt(log.lastStableOffset - model.logStartOffset + 1);
    const readable = model.written.filter(({ offset, end }) => end > from && offset < log.lastStableOffset);
    const read = readable.slice(0, 1 + this.random.nextInt(20));
    if (from === log.lastStableOffset || read.length === 0) return;
    const aborted = log.abortedTransactions(from, read.at(-1)!.end);
    assert.deepEqual(seenBy(read, aborted), model.committed(read), `${what}, from ${from} with ${JSON.stringify(aborted)}`);
  }

  /** Where nothing was deleted, everything is as the list says. */
  #checkExactly(what: string): void {
    const { log } = this.fixture;
    const { model } = this;
    assert.equal(log.lastStableOffset, model.lastStableOffset, what);
    for (const { producerId, producerEpoch, currentTransactionStartOffset } of log.activeProducers()) {
      const { epoch, openSince } = model.producer(producerId);
      assert.deepEqual([producerEpoch, currentTransactionStartOffset], [epoch, openSince], `${what}, producer ${producerId}`);
    }
    const from = this.random.nextInt(log.lastStableOffset + 1);
    const to = from + this.random.nextInt(log.lastStableOffset - from + 1);
    const aborted = log.abortedTransactions(from, to).map(({ producerId, firstOffset }) => `${producerId}:${firstOffset}`);
    assert.deepEqual(aborted, model.aborted(from, to), `${what}, aborted from ${from} to ${to}`);
  }

  /** What lies on the disk is what Kafka would have there. */
  checkFiles(what: string): void {
    const { fixture, model } = this;
    if (this.deletes) return;
    const read = (name: string) => decodeAborted(fixture.disk.readFile(fixture.path(name)), Number.parseInt(name, 10));
    const onDisk = fixture.names(".txnindex").flatMap((name) => read(name) ?? []);
    const expected = model.ended().filter(({ isCommit }) => !isCommit);
    assert.deepEqual(
      onDisk,
      expected.map(({ producerId, first, last, stable }) => ({
        producerId,
        firstOffset: first,
        lastOffset: last,
        lastStableOffset: stable,
      })),
      `${what}, the transaction indexes`,
    );
  }

  #anyone(): number {
    return PRODUCERS[this.random.nextInt(PRODUCERS.length)]!;
  }

  #plain(): void {
    const { baseOffset, lastOffset } = this.fixture.append({ records: 1 + this.random.nextInt(3) });
    this.model.written.push({ kind: "plain", offset: baseOffset, end: lastOffset + 1 });
  }

  #write(producerId: number): void {
    const { epoch, nextSequence } = this.model.producer(producerId);
    const records = 1 + this.random.nextInt(3);
    const plan = { records, producerId, producerEpoch: epoch, baseSequence: nextSequence, isTransactional: true };
    const outcome = this.fixture.log.append(makeBatch(plan), this.fixture.verified(plan));
    // Of the producer nothing may be left but a marker.
    if (this.deletes && outcome.kind === "rejected" && outcome.errorCode === ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER) return;
    assert.ok(outcome.kind === "appended", JSON.stringify(outcome));
    const { baseOffset, lastOffset } = outcome;
    this.model.written.push({
      kind: "data",
      offset: baseOffset,
      end: lastOffset + 1,
      producerId,
      epoch,
      nextSequence: nextSequence + records,
    });
  }

  #mark(producerId: number): void {
    const epoch = this.model.producer(producerId).epoch + Number(this.raisesEpoch);
    const isCommit = this.random.chance(0.4);
    const outcome = this.#append(producerId, epoch, isCommit);
    assert.ok(outcome.kind === "appended");
    this.model.written.push({ kind: "marker", offset: outcome.baseOffset, end: outcome.lastOffset + 1, producerId, epoch, isCommit });
  }

  /** The marker of a transaction before the one that is open: it ends nothing. */
  #lateMarker(producerId: number): void {
    const { epoch, openSince } = this.model.producer(producerId);
    if (!this.raisesEpoch || openSince < 0) return;
    const outcome = this.#append(producerId, epoch, true);
    assert.equal(outcome.kind === "rejected" && outcome.errorCode, ErrorCode.INVALID_PRODUCER_EPOCH);
  }

  #append(producerId: number, producerEpoch: number, isCommit: boolean): ReturnType<LogFixture["log"]["append"]> {
    const place = { producerId, producerEpoch, baseOffset: 0, partitionLeaderEpoch: 0, timestampMs: START_MS };
    const marker = encodeEndTransactionMarker({ outcome: isCommit ? "commit" : "abort", coordinatorEpoch: 1 }, place);
    const transactionVersion = this.raisesEpoch ? 2 : 0;
    return this.fixture.log.append(marker, { origin: "marker", leaderEpoch: 1, transactionVersion });
  }

  async #deleteRecords(): Promise<void> {
    const { model, random, fixture } = this;
    if (!this.deletes) return;
    const offset = model.logStartOffset + random.nextInt(model.endOffset - model.logStartOffset + 1);
    assert.deepEqual(await fixture.log.deleteRecordsBefore(offset), { kind: "deleted", logStartOffset: offset });
    model.logStartOffset = offset;
  }

  async #restart(how: number): Promise<void> {
    const { fixture, model } = this;
    if (how === 0) await fixture.store.close();
    else if (how === 1) fixture.kill();
    else fixture.cutPower();
    await fixture.open();
    assert.ok(how > 1 || fixture.log.logEndOffset === model.endOffset, "nothing is lost by a clean stop or a kill");
    model.truncate(fixture.log.logEndOffset);
    // What was deleted and not written yet is deleted no more after a power loss, or all that is left was.
    model.logStartOffset = fixture.log.logStartOffset;
    this.checkFiles(`after a restart at ${model.endOffset}`);
  }
}

describe("transactions in a log", () => {
  it(`are what a plain list of all batches says, whatever happens to the process and the disk (${STEPS} steps each)`, async () => {
    for (let seed = 1; seed <= runsOf({ quick: 10, long: 40 }); seed++) {
      const run = new Run(await LogFixture.create({ segmentBytes: 400 + (seed % 5) * 300 }, { seed }), seed);
      await run.begin();
      for (let step = 0; step < STEPS; step++) {
        await run.step();
        run.check(`seed ${seed}, step ${step}`);
      }
      run.checkFiles(`seed ${seed}`);
    }
  });
});
