import type { Mutant } from "./mutant.ts";

const rules = ["log/src/producers/producer-rules"];
const index = ["log/src/partition/transactions.test"];
const produce = ["broker/src/produce/transactional-produce"];
const readCommitted = ["broker/src/fetch/read-committed"];
const pending = ["broker/src/groups/offsets/pending-offsets"];
const offsets = ["broker/src/handlers/txn-offset-commit"];

/** Faults in what transactions are to the data path: verification, markers, the last stable offset, aborted transactions, pending offsets. */
export const transactionDataMutants: readonly Mutant[] = [
  {
    rule: "a guard is worth nothing once its verification has ended",
    file: "packages/log/src/producers/producer-rules.ts",
    find: "arrival.guard === undefined || verification?.guard !== arrival.guard",
    replace: "arrival.guard === undefined",
    tests: rules,
  },
  {
    rule: "the end of a transaction ends the verifications of its producer",
    file: "packages/log/src/producers/producer-table.ts",
    find: "    if (!(verification?.raisesEpoch && verification.producerEpoch === epoch)) this.#verifications.end(known.producerId);\n",
    replace: "    void verification;\n",
    tests: rules,
  },
  {
    rule: "a marker that brings an epoch leaves the next transaction's verification alone",
    file: "packages/log/src/producers/producer-table.ts",
    find: "!(verification?.raisesEpoch && verification.producerEpoch === epoch)",
    replace: "verification !== undefined",
    tests: rules,
  },
  {
    rule: "a marker of version 2 that comes late ends nothing",
    file: "packages/log/src/producers/producer-rules.ts",
    find: " || (transactionVersion >= RAISING_VERSION && epoch === known.epoch && !isAgain)",
    replace: "",
    tests: rules,
  },
  {
    rule: "the marker of a coordinator that was replaced is refused",
    file: "packages/log/src/producers/producer-rules.ts",
    find: "coordinatorEpoch < known.coordinatorEpoch ?",
    replace: "coordinatorEpoch < -1 ?",
    tests: rules,
  },
  {
    rule: "a producer that is not known, and whose epoch each transaction raises, begins at 0",
    file: "packages/log/src/producers/producer-rules.ts",
    find: "const firstSequence = mustBeZero ? 0 : verification.lowestSequence;",
    replace: "const firstSequence = verification.lowestSequence;\n    void mustBeZero;",
    tests: rules,
  },
  {
    rule: "no batch passes one of its producer that asked for a lower number",
    file: "packages/log/src/producers/verifications.ts",
    find: "known.lowestSequence = Math.min(known.lowestSequence, baseSequence);",
    replace: "known.lowestSequence = baseSequence;",
    tests: rules,
  },
  {
    rule: "a producer does not write outside of its open transaction",
    file: "packages/log/src/producers/producer-rules.ts",
    find: "return !isInTransaction && known !== undefined && known.transactionStartOffset >= 0 ? NOT_IN_THE_TRANSACTION : ACCEPT;",
    replace: "return ACCEPT;",
    tests: rules,
  },
  {
    rule: "a producer is not forgotten while it has a transaction open",
    file: "packages/log/src/producers/producer-table.ts",
    find: "if (producer.transactionStartOffset >= 0 || nowMs",
    replace: "if (nowMs",
    tests: ["log/src/partition/transactions.test"],
  },
  {
    rule: "the oldest of what is not settled counts, whichever ended first",
    file: "packages/log/src/producers/unsettled-transactions.ts",
    find: "if (first < 0 || firstOffset < first) first = firstOffset;",
    replace: "if (first < 0) first = firstOffset;",
    tests: ["log/src/producers/unsettled-transactions"],
  },
  {
    rule: "verifications are bounded",
    file: "packages/log/src/producers/verifications.ts",
    find: "      if (this.#byProducer.size >= VERIFICATIONS_MAX) this.#dropOldest();\n",
    replace: "",
    tests: rules,
  },
  {
    rule: "an index that recovery found right is synced with what was not synced before",
    file: "packages/log/src/segment/transaction-index.ts",
    find: "      this.#isUnsynced = entries.length > 0;\n",
    replace: "",
    tests: index,
  },
  {
    rule: "a transaction index may go with its segment while it is synced",
    file: "packages/log/src/segment/transaction-index.ts",
    find: "      file.unpin();\n",
    replace: "      this.#file!.unpin();\n",
    tests: index,
  },
  {
    rule: "a transaction counts as open until its marker is on the disk",
    file: "packages/log/src/partition/log-appender.ts",
    find: "    if (ended !== undefined) log.unsettled.add(ended, log.highWatermark);\n",
    replace: "",
    tests: readCommitted,
  },
  {
    rule: "the last stable offset is not before the log start",
    file: "packages/log/src/partition/log-state.ts",
    find: "Math.max(unstable, this.logStartOffset)",
    replace: "unstable",
    tests: readCommitted,
  },
  {
    rule: "the end of a transaction wakes who waits for more bytes than its marker has",
    file: "packages/broker/src/partitions/partition.ts",
    find: "      if (isMarker) watcher.onDecided();\n",
    replace: "      void isMarker;\n",
    tests: readCommitted,
  },
  {
    rule: "a wait for the coordinator leaves nothing at the connection",
    file: "packages/broker/src/produce/transaction-admission.ts",
    find: "    forget();\n",
    replace: "    void forget;\n",
    tests: produce,
  },
  {
    rule: "producers that do not add partitions are not told of concurrent transactions",
    file: "packages/broker/src/produce/transaction-admission.ts",
    find: '(code === ErrorCode.CONCURRENT_TRANSACTIONS && terms.mode === "verify")',
    replace: "false",
    tests: produce,
  },
  {
    rule: "one request writes for one transactional producer",
    file: "packages/broker/src/produce/produce-call.ts",
    find: "if (transactionalId !== null) return faultOfProducers(topicData);",
    replace: "if (transactionalId !== null) return void faultOfProducers;",
    tests: produce,
  },
  {
    rule: "the last commit counts, whichever transaction ends first",
    file: "packages/broker/src/groups/offsets/committed-offsets.ts",
    find: "      this.pending.supersede(groupId, topic, partition, order);\n",
    replace: "      void order;\n",
    tests: pending,
  },
  {
    rule: "a tombstone takes what is pending",
    file: "packages/broker/src/groups/offsets/committed-offsets.ts",
    find: "      this.pending.remove(groupId, topic, partition);\n",
    replace: "",
    tests: pending,
  },
  {
    rule: "retention leaves what a transaction is about to move",
    file: "packages/broker/src/groups/offsets/offset-rules.ts",
    find: " && !pending.has(groupId, topic, partition);",
    replace: ";",
    tests: pending,
  },
  {
    rule: "a coordinator that loads applies the ends of transactions",
    file: "packages/broker/src/coordinator/coordinator-shard.ts",
    find: "      spec.endTransaction?.(this.state, record.producerId, record.isCommit);\n",
    replace: "",
    tests: offsets,
  },
  {
    rule: "who asks for stable offsets is not given one that may be moved",
    file: "packages/broker/src/handlers/09-offset-fetch.ts",
    find: "this.#isUnstable(name, index) ? unstablePartition(index) : foundPartition(index, offset)",
    replace: "foundPartition(index, offset)",
    tests: offsets,
  },
];
