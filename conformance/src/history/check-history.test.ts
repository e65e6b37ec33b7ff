import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AnomalyKind } from "./anomaly.ts";
import { checkHistory } from "./check-history.ts";
import type { PartitionPromise, SeenRecord, SentTransaction } from "./history.ts";
import { HistoryRecorder } from "./recorder.ts";

const P = "t@1:0";

/** Writes histories in a line each. */
class Story extends HistoryRecorder {
  sendAt(
    value: string,
    offset: number | undefined,
    more: {
      readonly transaction?: SentTransaction;
      readonly idempotent?: boolean;
      readonly partition?: string;
      readonly key?: string;
    } = {},
  ) {
    const { idempotent = true, partition = P, ...rest } = more;
    const record = this.send({ value, partition, producer: value.replace(/\d+$/, ""), isIdempotent: idempotent, ...rest });
    record.attempts = 1;
    if (offset !== undefined) this.acknowledge(record, offset);
    return record;
  }

  read(
    from: number,
    next: number,
    records: readonly SeenRecord[],
    more: { readonly reader?: string; readonly committed?: boolean; readonly partition?: string } = {},
  ): void {
    const isolation = more.committed ? "read_committed" : "read_uncommitted";
    this.poll({ reader: more.reader ?? "r", partition: more.partition ?? P, isolation, begun: this.tick() }, { from, next }, records);
  }

  endWith(
    values: readonly (string | undefined)[],
    more: { readonly committed?: readonly (string | undefined)[]; readonly partition?: string; readonly start?: number } = {},
  ): this {
    const { start = 0 } = more;
    const listed = (all: readonly (string | undefined)[]) =>
      all.flatMap((value, i) => (value === undefined ? [] : [{ offset: start + i, value }]));
    this.finals.push({
      partition: more.partition ?? P,
      logStartOffset: start,
      uncommitted: listed(values),
      committed: listed(more.committed ?? values),
    });
    return this;
  }

  promise(promise: Omit<PartitionPromise, "partition">): void {
    this.promises.push({ partition: P, ...promise });
  }

  commitOffset(offset: number, outcome: "done" | "unknown" = "done"): void {
    const commit = this.commit({ group: "g", partition: P, offset });
    if (outcome === "done") this.endCommit(commit, true);
  }

  offsetIs(offset: number | undefined): void {
    this.fetchOffset({ group: "g", partition: P, offset, begun: this.tick() });
  }
}

const at = (offset: number, value: string, leaderEpoch?: number): SeenRecord => ({
  offset,
  value,
  ...(leaderEpoch !== undefined && { leaderEpoch }),
});

function shows(story: Story, ...kinds: AnomalyKind[]): void {
  const found = checkHistory(story);
  assert.deepEqual(
    found.map(({ kind }) => kind),
    kinds,
    found.map(({ sentence }) => sentence).join("\n"),
  );
}

describe("what is stored in the end", () => {
  test("a log that keeps every promise shows nothing", () => {
    const story = new Story();
    story.sendAt("a1", 0);
    story.sendAt("a2", 1);
    story.read(0, 2, [at(0, "a1"), at(1, "a2")]);
    shows(story.endWith(["a1", "a2"]));
  });

  test("an acknowledged record that is gone is a lost write", () => {
    const story = new Story();
    story.sendAt("a1", 0);
    story.sendAt("a2", 1);
    shows(story.endWith(["a1"]), "lost write");
  });

  test("one that stands elsewhere than where it was acknowledged is lost there", () => {
    const story = new Story();
    story.sendAt("a1", 3);
    shows(story.endWith(["a1"]), "lost write");
  });

  test("a record that a reader was given and that is gone is lost", () => {
    const story = new Story();
    story.sendAt("a1", undefined);
    story.read(0, 1, [at(0, "a1")]);
    shows(story.endWith([]), "lost write");
  });

  test("an acknowledgement without an offset promises the record all the same", () => {
    const story = new Story();
    const record = story.sendAt("a1", undefined);
    story.acknowledge(record, undefined);
    shows(story.endWith([]), "lost write");
  });

  test("what was not answered may be there or not", () => {
    const story = new Story();
    story.sendAt("a1", undefined);
    story.sendAt("b1", undefined);
    shows(story.endWith(["b1"]));
  });

  test("a kill takes nothing that was acknowledged", () => {
    const story = new Story();
    story.sendAt("a1", 0);
    story.incident("killed");
    shows(story.endWith([]), "lost write");
  });

  test("a power loss may take an end of the log", () => {
    const story = new Story();
    story.sendAt("a1", 0);
    story.sendAt("a2", 1);
    story.incident("power-lost");
    story.sendAt("b1", 1);
    shows(story.endWith(["a1", "b1"]));
  });

  test("but nothing before what is left", () => {
    const story = new Story();
    story.sendAt("a1", 0);
    story.sendAt("b1", 1);
    story.incident("power-lost");
    shows(story.endWith([undefined, "b1"]), "hole after power loss");
  });

  test("and nothing at all where acknowledged means synced", () => {
    const story = new Story();
    story.promise({ isSynced: true });
    story.sendAt("a1", 0);
    story.incident("power-lost");
    shows(story.endWith([]), "lost write");
  });

  test("where acknowledged means synced, what a reader saw early may go with the power", () => {
    const story = new Story();
    story.promise({ isSynced: true });
    story.sendAt("a1", undefined);
    story.read(0, 1, [at(0, "a1")]);
    story.incident("power-lost");
    shows(story.endWith([]));
  });

  test("an idempotent producer's record stands there once", () => {
    const story = new Story();
    story.sendAt("a1", 0);
    shows(story.endWith(["a1", "a1"]), "duplicate");
  });

  test("another's as often as it was sent, and no oftener", () => {
    const story = new Story();
    const record = story.sendAt("a1", 0, { idempotent: false });
    record.attempts = 2;
    shows(story.endWith(["a1", "a1"]));
    const other = new Story();
    other.sendAt("a1", 0, { idempotent: false });
    shows(other.endWith(["a1", "a1"]), "duplicate");
  });

  test("nothing is there that nobody sent, or that was refused", () => {
    const story = new Story();
    story.refuse(story.sendAt("a1", undefined));
    shows(story.endWith(["a1", "x9"]), "refused write", "unknown record");
  });

  test("what lies before the log's start was removed on purpose", () => {
    const story = new Story();
    story.sendAt("a1", 0);
    story.sendAt("a2", 1);
    shows(story.endWith(["a2"], { start: 1 }));
  });

  test("a compacted partition keeps the last record of a key", () => {
    const story = new Story();
    story.promise({ isCompacted: true });
    story.sendAt("a1", 0, { key: "k" });
    story.sendAt("a2", 1, { key: "k" });
    story.finals.push({
      partition: P,
      logStartOffset: 0,
      uncommitted: [{ offset: 1, value: "a2", key: "k" }],
      committed: [{ offset: 1, value: "a2", key: "k" }],
    });
    shows(story);
    const other = new Story();
    other.promise({ isCompacted: true });
    other.sendAt("a1", 0, { key: "k" });
    other.sendAt("a2", 1, { key: "l" });
    other.finals.push({ partition: P, logStartOffset: 0, uncommitted: [{ offset: 1, value: "a2", key: "l" }], committed: [] });
    shows(other, "lost write");
  });

  test("nor need a compacted partition keep what was aborted; what was committed it must", () => {
    for (const outcome of ["aborted", "committed"] as const) {
      const story = new Story();
      story.promise({ isCompacted: true });
      const transaction = story.begin("x");
      story.sendAt("x1", 0, { transaction, key: "k" });
      story.askEnd(transaction, outcome === "committed");
      story.endTransaction(transaction, outcome === "committed");
      shows(story.endWith([]), ...(outcome === "committed" ? (["lost write"] as const) : []));
    }
  });
});

describe("offsets", () => {
  test("two acknowledgements for one offset are an offset used again", () => {
    const story = new Story();
    story.sendAt("a1", 0);
    story.sendAt("b1", 0);
    const kinds = checkHistory(story.endWith(["a1"])).map(({ kind }) => kind);
    assert.ok(kinds.includes("offset used again"), kinds.join());
  });

  test("two readers that saw different records at one offset saw an inconsistent offset", () => {
    const story = new Story();
    story.sendAt("a1", undefined);
    story.sendAt("b1", undefined);
    story.read(0, 1, [at(0, "a1")]);
    story.read(0, 1, [at(0, "b1")], { reader: "s" });
    const kinds = checkHistory(story).map(({ kind }) => kind);
    assert.deepEqual(kinds, ["inconsistent offset"]);
  });

  test("after a power loss an offset may hold something else, under another leader epoch", () => {
    for (const epoch of [1, 2]) {
      const story = new Story();
      story.sendAt("a1", undefined);
      story.sendAt("b1", undefined);
      story.read(0, 1, [at(0, "a1", 1)]);
      story.incident("power-lost");
      story.read(0, 1, [at(0, "b1", epoch)], { reader: "s" });
      shows(story.endWith(["b1"]), ...(epoch === 1 ? (["inconsistent offset"] as const) : []));
    }
  });
});

describe("order", () => {
  test("an idempotent producer's records stand in the order of sending", () => {
    const story = new Story();
    story.sendAt("a1", undefined);
    story.sendAt("a2", undefined);
    shows(story.endWith(["a2", "a1"]), "non-monotonic send");
  });

  test("what was acknowledged before another was sent stands before it", () => {
    const story = new Story();
    story.sendAt("a1", 5, { idempotent: false });
    story.sendAt("b1", 2, { idempotent: false });
    shows(story, "non-monotonic send");
  });

  test("records sent at the same time stand in any order, and a power loss begins anew", () => {
    const story = new Story();
    const first = story.sendAt("a1", undefined, { idempotent: false });
    story.sendAt("b1", 1, { idempotent: false });
    story.acknowledge(first, 2);
    story.incident("power-lost");
    story.sendAt("c1", 0, { idempotent: false });
    shows(story);
  });
});

describe("polls", () => {
  test("a reader that is given an earlier record again, and one that goes back, are seen", () => {
    const story = new Story();
    story.sendAt("a1", 0);
    story.sendAt("a2", 1);
    story.read(0, 2, [at(0, "a1"), at(1, "a2")]);
    story.read(1, 2, [at(1, "a2")]);
    shows(story.endWith(["a1", "a2"]), "non-monotonic poll");
  });

  test("what a poll passes over is seen; a seek is another reader", () => {
    const story = new Story();
    for (const [i, value] of ["a1", "a2", "a3"].entries()) story.sendAt(value, i);
    story.read(0, 3, [at(0, "a1"), at(2, "a3")]);
    story.read(0, 1, [at(0, "a1")], { reader: "r/1" });
    shows(story.endWith(["a1", "a2", "a3"]), "poll skip");
  });

  test("what came after a power loss was not passed over before it", () => {
    const story = new Story();
    story.sendAt("a1", undefined);
    story.read(0, 2, [at(0, "a1", 1)]);
    story.incident("power-lost");
    story.sendAt("b1", 0);
    story.sendAt("b2", 1);
    shows(story.endWith(["b1", "b2"]));
  });

  test("read_committed passes over what was aborted, and over nothing else", () => {
    const story = new Story();
    const transaction = story.begin("x1");
    story.sendAt("x1", 0, { transaction });
    story.askEnd(transaction, false);
    transaction.outcome = "aborted";
    story.sendAt("a1", 2);
    story.read(0, 3, [at(2, "a1")], { committed: true });
    shows(story.endWith(["x1", undefined, "a1"], { committed: [undefined, undefined, "a1"] }));
    story.read(0, 3, [], { committed: true, reader: "s" });
    shows(story, "poll skip");
  });
});

describe("transactions", () => {
  const twoPartitions = (outcome: SentTransaction["outcome"], shown: readonly boolean[]): Story => {
    const story = new Story();
    const transaction = story.begin("x");
    story.sendAt("x1", 0, { transaction });
    story.sendAt("x2", 0, { transaction, partition: "t@1:1" });
    if (outcome !== "open") story.askEnd(transaction, outcome !== "aborted");
    transaction.outcome = outcome;
    story.endWith(["x1"], { committed: [shown[0] ? "x1" : undefined] });
    return story.endWith(["x2"], { committed: [shown[1] ? "x2" : undefined], partition: "t@1:1" });
  };

  test("all or nothing, as it was answered", () => {
    shows(twoPartitions("committed", [true, true]));
    shows(twoPartitions("aborted", [false, false]));
    shows(twoPartitions("open", [false, false]));
    shows(twoPartitions("unknown", [true, true]));
    shows(twoPartitions("unknown", [false, false]));
  });

  test("half of one is torn", () => {
    shows(twoPartitions("unknown", [true, false]), "torn transaction");
    shows(twoPartitions("committed", [true, false]), "torn transaction");
    shows(twoPartitions("committed", [false, false]), "torn transaction");
  });

  test("what was aborted, or never asked to be committed, is not shown", () => {
    shows(twoPartitions("aborted", [true, true]), "aborted read");
    shows(twoPartitions("open", [true, false]), "aborted read");
  });

  test("a power loss may tear what was not synced", () => {
    const story = twoPartitions("committed", [true, true]);
    story.finals.length = 0;
    story.incident("power-lost");
    story.endWith(["x1"]);
    shows(story.endWith([], { partition: "t@1:1" }));
  });

  test("read_committed gives nothing of an aborted one, nor of one before its commit was asked for", () => {
    const story = new Story();
    const transaction = story.begin("x");
    story.sendAt("x1", 0, { transaction });
    story.read(0, 1, [at(0, "x1")], { committed: true });
    story.read(0, 1, [at(0, "x1")], { reader: "u" });
    story.askEnd(transaction, true);
    transaction.outcome = "committed";
    story.read(0, 1, [at(0, "x1")], { committed: true, reader: "s" });
    shows(story.endWith(["x1"]), "precommitted read");
    transaction.outcome = "aborted";
    const kinds = checkHistory(story).map(({ kind }) => kind);
    assert.deepEqual(new Set(kinds), new Set(["aborted read"]));
  });
});

describe("a group's offsets", () => {
  test("the last commit counts", () => {
    const story = new Story();
    story.offsetIs(undefined);
    story.commitOffset(3);
    story.offsetIs(3);
    story.commitOffset(5);
    story.offsetIs(5);
    shows(story);
  });

  test("an older one, or none, is a lost offset; one that nobody committed is seen too", () => {
    const story = new Story();
    story.commitOffset(3);
    story.commitOffset(5);
    story.offsetIs(3);
    story.offsetIs(undefined);
    story.offsetIs(4);
    shows(story, "lost group offset", "lost group offset", "unknown group offset");
  });

  test("a commit without an answer may count or not, until its process has ended", () => {
    const story = new Story();
    story.commitOffset(3);
    story.commitOffset(5, "unknown");
    story.offsetIs(3);
    story.offsetIs(5);
    story.incident("killed");
    story.commitOffset(6);
    story.offsetIs(6);
    shows(story);
    story.offsetIs(5);
    shows(story, "lost group offset");
  });

  test("a power loss may take commits, but not synced ones", () => {
    for (const isSynced of [false, true]) {
      const story = new Story();
      story.areCommitsSynced = isSynced;
      story.commitOffset(3);
      story.commitOffset(5);
      story.incident("power-lost");
      story.offsetIs(3);
      shows(story, ...(isSynced ? (["lost group offset"] as const) : []));
    }
  });
});
