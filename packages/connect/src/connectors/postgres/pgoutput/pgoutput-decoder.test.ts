import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { MalformedBytesError } from "@ottla/base";
import { readReplicationMessage } from "../replication/replication-message.ts";
import { PgoutputDecoder } from "./pgoutput-decoder.ts";
import { type PgoutputMessage, UNCHANGED_TOAST } from "./pgoutput-message.ts";

const recorded = JSON.parse(readFileSync(new URL("recorded-messages.json", import.meta.url), "utf8")) as Record<
  "plain" | "streamed" | "phases",
  string[]
>;

function decodeAll(name: keyof typeof recorded, options = {}): PgoutputMessage[] {
  const decoder = new PgoutputDecoder(options);
  return recorded[name].map((hex) => {
    const bytes = Buffer.from(hex, "hex");
    const message = readReplicationMessage(bytes);
    assert.equal(message.kind, "data");
    return decoder.decode(bytes, message.kind === "data" ? message.dataAt : 0);
  });
}

const ofKind = <K extends PgoutputMessage["kind"]>(messages: readonly PgoutputMessage[], kind: K) =>
  messages.filter((message): message is Extract<PgoutputMessage, { kind: K }> => message.kind === kind);

describe("pgoutput as PostgreSQL 18 sent it", () => {
  const plain = decodeAll("plain");

  test("a transaction begins and ends with the same commit", () => {
    const [begin] = ofKind(plain, "begin");
    const [commit] = ofKind(plain, "commit");
    assert.deepEqual(
      [begin, commit],
      [
        { kind: "begin", finalLsn: 39404824n, commitTimeUs: 1795768098033386n, xid: 840 },
        { kind: "commit", commitLsn: 39404824n, endLsn: 39404872n, commitTimeUs: 1795768098033386n },
      ],
    );
  });

  test("a relation names its columns, their types and what identifies a row", () => {
    const [kettle, lid] = ofKind(plain, "relation");
    assert.deepEqual(
      kettle?.columns.map(({ name, isKey, typeModifier }) => [name, isKey, typeModifier]),
      [
        ["id", true, -1],
        ["label", false, 14],
        ["price", false, 524294],
        ["big", false, -1],
        ["m", false, -1],
      ],
    );
    assert.deepEqual([kettle?.replicaIdentity, lid?.replicaIdentity, lid?.schema, lid?.table], ["default", "full", "public", "lid"]);
    assert.deepEqual(ofKind(plain, "type")[0], { kind: "type", xid: undefined, typeOid: 16989, schema: "public", name: "mood" });
  });

  test("rows are texts, nulls and what the log does not hold", () => {
    const [first, second] = ofKind(plain, "insert");
    assert.deepEqual(first?.row, ["41", "copper", "12.34", null, "ok"]);
    assert.equal(second?.row[1], 'ö"');
    assert.deepEqual(ofKind(plain, "update")[0]?.row, ["42", "tin", "-0.01", UNCHANGED_TOAST, "sad"]);
  });

  test("an old row is a key where the key changed, and whole where the identity is full", () => {
    const updates = ofKind(plain, "update").map(({ old }) => old);
    assert.deepEqual(updates, [undefined, { kind: "key", row: ["41", null, null, null, null] }, { kind: "full", row: ["1", "x"] }]);
    const deletes = ofKind(plain, "delete").map(({ old }) => old);
    assert.deepEqual(deletes, [
      { kind: "key", row: ["43", null, null, null, null] },
      { kind: "full", row: ["1", null] },
    ]);
  });

  test("one truncate is of several relations", () => {
    assert.deepEqual(ofKind(plain, "truncate"), [
      { kind: "truncate", xid: undefined, relationIds: [16993, 17001], isCascade: true, restartsIdentity: true },
    ]);
  });

  test("messages are a transaction's or nobody's", () => {
    assert.deepEqual(
      ofKind(plain, "message").map(({ isTransactional, prefix, content }) => [isTransactional, prefix, content.toString()]),
      [
        [false, "pre", "loose"],
        [true, "pre", "content"],
      ],
    );
  });

  test("within a stream each message says of which transaction it is, and a part of one may be taken back", () => {
    const streamed = decodeAll("streamed", { isParallel: true });
    assert.deepEqual(
      ofKind(streamed, "insert").map(({ xid, row }) => [xid, row[0]]),
      [
        [850, "3"],
        [851, "4"],
        [853, "5"],
        [854, "6"],
      ],
    );
    assert.deepEqual(
      ofKind(streamed, "streamAbort").map(({ xid, subXid, abortLsn }) => [xid, subXid, abortLsn]),
      [
        [850, 851, 39419680n],
        [853, 853, 39423256n],
      ],
    );
    assert.deepEqual(
      ofKind(streamed, "streamCommit").map(({ xid, endLsn }) => [xid, endLsn]),
      [
        [850, 39423152n],
        [854, 39423368n],
      ],
    );
  });

  test("transactions in two phases have names", () => {
    const phases = decodeAll("phases").filter(({ kind }) => kind !== "insert" && kind !== "relation");
    assert.deepEqual(
      phases.map((message) => [message.kind, "gid" in message && message.gid]),
      [
        ["beginPrepare", "gid-1"],
        ["prepare", "gid-1"],
        ["commitPrepared", "gid-1"],
        ["beginPrepare", "gid-2"],
        ["prepare", "gid-2"],
        ["rollbackPrepared", "gid-2"],
      ],
    );
  });
});

test("a message that is cut anywhere, or too long, is refused and not misread", () => {
  for (const hex of [...recorded.plain, ...recorded.phases]) {
    const bytes = Buffer.from(hex, "hex").subarray(25);
    for (let length = 0; length < Math.min(bytes.length, 400); length++)
      assert.throws(() => new PgoutputDecoder().decode(bytes.subarray(0, length)), MalformedBytesError, `${hex} cut at ${length}`);
    assert.throws(() => new PgoutputDecoder().decode(Buffer.concat([bytes, Buffer.from([0])])), MalformedBytesError);
  }
});
