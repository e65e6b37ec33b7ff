import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { addToSequence, PartitionSequences, type ProducerIdentity, type SequencedBatch } from "./partition-sequences.ts";

const first: ProducerIdentity = { producerId: 7, producerEpoch: 0 };
const second: ProducerIdentity = { producerId: 7, producerEpoch: 1 };

class Batch implements SequencedBatch {
  identity: ProducerIdentity | undefined;
  baseSequence = -1;
  readonly recordCount: number;
  constructor(recordCount: number) {
    this.recordCount = recordCount;
  }
  renumber(identity: ProducerIdentity, baseSequence: number): void {
    this.identity = identity;
    this.baseSequence = baseSequence;
  }
}

function numbered(counts: readonly number[]): { readonly sequences: PartitionSequences; readonly batches: Batch[] } {
  const sequences = new PartitionSequences();
  const batches = counts.map((count) => new Batch(count));
  for (const batch of batches) sequences.number(batch, first);
  return { sequences, batches };
}

describe("sequences of one partition", () => {
  test("after 2^31−1 comes 0", () => {
    assert.equal(addToSequence(2 ** 31 - 1, 1), 0);
    assert.equal(addToSequence(2 ** 31 - 3, 5), 2);
  });

  test("a batch is numbered once and follows the one before", () => {
    const { sequences, batches } = numbered([3, 2, 4]);
    assert.deepEqual(
      batches.map((batch) => batch.baseSequence),
      [0, 3, 5],
    );
    assert.equal(sequences.nextSequence, 9);
  });

  test("a sixth batch waits: the broker remembers five", () => {
    const { sequences, batches } = numbered([1, 1, 1, 1, 1]);
    assert.equal(sequences.maySend(new Batch(1), first), false);
    sequences.acknowledged(batches[0]!, 0);
    assert.equal(sequences.maySend(new Batch(1), first), true);
  });

  test("the first batch of an identity goes alone: one that overtook it would shut it out of a broker without state", () => {
    const { sequences, batches } = numbered([1]);
    assert.equal(sequences.maySend(new Batch(1), first), false);
    assert.equal(sequences.maySend(batches[0]!, first), true, "it may be repeated");
    sequences.acknowledged(batches[0]!, 0);
    for (let more = 1; more <= 4; more++) {
      assert.equal(sequences.maySend(new Batch(1), first), true, `${more} on the way`);
      sequences.number(new Batch(1), first);
    }
  });

  test("a repeat goes only as the first outstanding batch, so retries stay in order", () => {
    const { sequences, batches } = numbered([1, 1, 1]);
    assert.deepEqual(
      batches.map((batch) => sequences.maySend(batch, first)),
      [true, false, false],
    );
    sequences.acknowledged(batches[0]!, 10);
    assert.deepEqual(
      batches.slice(1).map((batch) => sequences.maySend(batch, first)),
      [true, false],
    );
  });

  test("a batch that was surely not written leaves its numbers to those behind it", () => {
    const { sequences, batches } = numbered([3, 2, 4]);
    sequences.failed(batches[0]!, true);
    assert.deepEqual(
      batches.slice(1).map((batch) => batch.baseSequence),
      [0, 2],
    );
    assert.equal(sequences.nextSequence, 6);
    assert.equal(sequences.needsBump, false);
  });

  test("a batch of unknown fate stops new ones until all are decided, then asks for the next epoch", () => {
    const { sequences, batches } = numbered([1, 3, 2]);
    sequences.acknowledged(batches[0]!, 0);
    assert.equal(sequences.maySend(new Batch(1), first), true);
    sequences.failed(batches[1]!, false);
    assert.equal(sequences.maySend(new Batch(1), first), false);
    assert.equal(sequences.needsBump, false, "one is still outstanding");
    sequences.failed(batches[2]!, false);
    assert.equal(sequences.needsBump, true);
    sequences.restart(second);
    const next = new Batch(1);
    assert.equal(sequences.maySend(next, second), true);
    sequences.number(next, second);
    assert.deepEqual([next.identity, next.baseSequence], [second, 0]);
  });

  test("a batch of an older identity that was surely not written leaves the numbers of the newer one alone", () => {
    const { sequences, batches } = numbered([3, 2]);
    const newer = new Batch(4);
    sequences.number(newer, second);
    sequences.failed(batches[1]!, true);
    assert.deepEqual([newer.identity, newer.baseSequence, sequences.nextSequence], [second, 0, 4]);
    assert.equal(sequences.isUnresolved, true);
    assert.equal(sequences.maySend(new Batch(1), second), false);
  });

  test("an unknown fate is settled without a bump when the batches behind it were acknowledged", () => {
    const { sequences, batches } = numbered([3, 2]);
    sequences.failed(batches[0]!, false);
    sequences.acknowledged(batches[1]!, 4);
    assert.equal(sequences.needsBump, false);
    assert.equal(sequences.maySend(new Batch(1), first), true);
  });

  test("under a bump everything outstanding begins at 0 again, in order", () => {
    const { sequences, batches } = numbered([3, 2, 4]);
    sequences.acknowledged(batches[0]!, 2);
    sequences.restart(second);
    assert.deepEqual(
      batches.slice(1).map((batch) => [batch.identity, batch.baseSequence]),
      [
        [second, 0],
        [second, 2],
      ],
    );
  });

  test("a partition takes up a new epoch only when nothing of the old one is outstanding", () => {
    const { sequences, batches } = numbered([1]);
    assert.equal(sequences.maySend(new Batch(1), second), false);
    sequences.acknowledged(batches[0]!, 0);
    assert.equal(sequences.maySend(new Batch(1), second), true);
  });

  test("where an older epoch was acknowledged whole, the first batch of the next need not go alone", () => {
    const { sequences, batches } = numbered([1, 2]);
    for (const batch of batches) sequences.acknowledged(batch, 0);
    for (let epoch = 1; epoch < 5; epoch++) {
      const identity = { ...first, producerEpoch: first.producerEpoch + epoch };
      const [one, two] = [new Batch(3), new Batch(4)];
      sequences.number(one, identity);
      assert.equal(sequences.maySend(two, identity), true, `epoch ${epoch}`);
      sequences.number(two, identity);
      assert.deepEqual([one.baseSequence, two.baseSequence], [0, 3]);
      // An epoch that brought nothing here changes nothing.
      for (const batch of [two, one]) {
        if (epoch === 2) sequences.failed(batch, true);
        else sequences.acknowledged(batch, 0);
      }
    }
  });

  for (const [name, end] of [
    ["none was acknowledged", (sequences, batches) => batches.toReversed().forEach((batch) => sequences.failed(batch, true))],
    ["one's fate is unknown", (sequences, batches) => [sequences.acknowledged(batches[0]!, 0), sequences.failed(batches[1]!, false)]],
    [
      "the broker had lost its state",
      (sequences, batches) => [sequences.restart(first), batches.forEach((batch) => sequences.failed(batch, true))],
    ],
  ] as readonly [string, (sequences: PartitionSequences, batches: readonly Batch[]) => void][]) {
    test(`the first batch of the next epoch goes alone where ${name}`, () => {
      const { sequences, batches } = numbered([1, 2]);
      end(sequences, batches);
      sequences.number(new Batch(3), second);
      assert.equal(sequences.maySend(new Batch(1), second), false);
    });
  }

  test("the first batch of another producer goes alone", () => {
    const { sequences, batches } = numbered([1]);
    sequences.acknowledged(batches[0]!, 0);
    const other = { ...first, producerId: first.producerId + 1 };
    sequences.number(new Batch(3), other);
    assert.equal(sequences.maySend(new Batch(1), other), false);
  });

  test("out of order: wait for the earlier batch's retry, or begin anew when it was the next one", () => {
    const { sequences, batches } = numbered([1, 1]);
    assert.equal(sequences.onOutOfOrder(batches[1]!), "retry");
    assert.equal(sequences.onOutOfOrder(batches[0]!), "bumpAndRetry");
    sequences.acknowledged(batches[0]!, 0);
    assert.equal(sequences.onOutOfOrder(batches[1]!), "bumpAndRetry");
  });

  test("unknown producer id: legal when retention took our records, else the epoch is bumped", () => {
    const { sequences, batches } = numbered([1, 1]);
    assert.equal(sequences.onUnknownProducer(batches[0]!, -1), "retry");
    sequences.acknowledged(batches[0]!, 100);
    assert.equal(sequences.onUnknownProducer(batches[1]!, 101), "restartAndRetry");
    assert.equal(sequences.onUnknownProducer(batches[1]!, 100), "bumpAndRetry");
  });

  test("the parts of a batch that was too large keep its numbers and its place", () => {
    const { sequences, batches } = numbered([5, 2]);
    const parts = [new Batch(3), new Batch(2)];
    sequences.replace(batches[0]!, parts);
    assert.deepEqual(
      parts.map((part) => part.baseSequence),
      [0, 3],
    );
    assert.deepEqual(
      [...parts, batches[1]!].map((batch) => sequences.maySend(batch, first)),
      [true, false, false],
    );
  });
});
