import assert from "node:assert/strict";
import { test } from "node:test";
import { MalformedBytesError } from "@ottla/base";
import { readReplicationMessage, statusUpdate } from "./replication-message.ts";

test("data begins behind its place; a keepalive says how far all was sent", () => {
  const data = Buffer.concat([
    Buffer.from("77", "hex"),
    Buffer.from("0000000000abcdef00000000000000000000000000000000", "hex"),
    Buffer.from("I"),
  ]);
  assert.deepEqual(readReplicationMessage(data), { kind: "data", lsn: 0xabcdefn, dataAt: 25 });
  const keepalive = Buffer.from("6b00000001000000020000000000000000ff", "hex");
  keepalive[17] = 1;
  assert.deepEqual(readReplicationMessage(keepalive), { kind: "keepalive", walEnd: 0x100000002n, isReplyAsked: true });
  for (const bad of [Buffer.alloc(0), Buffer.from("z"), data.subarray(0, 20), keepalive.subarray(0, 10)])
    assert.throws(() => readReplicationMessage(bad), MalformedBytesError);
});

test("a status tells what came and twice what is durable, in PostgreSQL's time", () => {
  assert.equal(
    statusUpdate(0x10n, 0x8n, 946_684_800_001).toString("hex"),
    `72${"0000000000000010"}${"0000000000000008"}${"0000000000000008"}${"00000000000003e8"}00`,
  );
});
