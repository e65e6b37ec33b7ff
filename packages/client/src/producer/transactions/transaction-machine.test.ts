import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { ErrorCode, KafkaError } from "@ottla/protocol";
import { playTransactionStory } from "../../testing/transaction-transcript.ts";
import { TransactionErrors } from "./transaction-errors.ts";
import { TransactionMachine } from "./transaction-machine.ts";

// Stories of a transactional producer, told as text. UPDATE_TRANSCRIPTS=1 writes what happens now; review the difference.
const folder = new URL("../../../test/transactions/", import.meta.url);

/** A transaction is open, of a producer that speaks this transaction.version. */
function open(transactionVersion: number): TransactionMachine {
  const machine = new TransactionMachine(new TransactionErrors("tx", 60_000));
  machine.noteCoordinator({ transactionVersion, canBumpEpoch: true });
  machine.initialise();
  machine.answered(machine.next()!, { errorCode: 0, identity: { producerId: 7, producerEpoch: 0 } });
  machine.begin();
  return machine;
}

test("who aborts while a commit is under way is told to call commit again", () => {
  const machine = open(2);
  machine.commit();
  assert.throws(() => machine.abort(), { code: "TRANSACTION_STATE", message: /call commit\(\) again/ });
  assert.equal(machine.phase, "committing");
});

test("a request that the application has given up meanwhile is not sent again", () => {
  const busy = { errorCode: ErrorCode.COORDINATOR_LOAD_IN_PROGRESS };
  const unheard = new KafkaError(ErrorCode.NOT_COORDINATOR);
  for (const isAborted of [false, true]) {
    const machine = open(0);
    machine.use("t", 0);
    const asked = machine.next()!;
    assert.equal(asked.kind, "AddPartitionsToTxn");
    if (isAborted) machine.abort();
    assert.equal(machine.answered(asked, busy), isAborted ? "next" : "again");
    assert.equal(machine.unanswered(asked, unheard), isAborted ? "next" : "lookUp");
  }
});

for (const file of readdirSync(folder).sort()) {
  const path = new URL(file, folder);
  const text = readFileSync(path, "utf8");
  test(`transcript ${file}: ${text.split("\n", 1)[0]?.replace(/^# /, "")}`, () => {
    const played = playTransactionStory(text);
    if (process.env["UPDATE_TRANSCRIPTS"]) writeFileSync(path, played);
    else assert.equal(played, text);
  });
}
