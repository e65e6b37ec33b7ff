import type { Mutant } from "./mutant.ts";

const consumed = ["client/src/consumer/consumed"];
const callers = ["client/src/producer/one-callers-trouble"];
const calls = ["client/src/arguments", "client/src/producer/one-callers-trouble"];
const options = ["client/src/options"];
const ends = ["client/src/client.test", "client/src/cluster/call-limit"];
const connection = ["client/src/net/connection"];
const reachability = ["client/src/cluster/reachability"];
const session = ["client/src/consumer/fetch-session"];
const visible = ["client/src/consumer/visible-batches"];
const snapshot = ["client/src/cluster/metadata-snapshot"];
const sequences = ["client/src/producer/partition-sequences"];

/** Faults in the client: what counts as consumed, whose trouble it is, calls that end, the connection, the fetch session. */
export const clientMutants: readonly Mutant[] = [
  {
    rule: "what is in hand does not count as consumed",
    file: "packages/client/src/consumer/assigned-partition.ts",
    find: "    this.isInHand = true;\n",
    replace: "    this.isInHand = true;\n    this.settle();\n",
    tests: consumed,
  },
  {
    rule: "a commit of the last record covers the marker behind it",
    file: "packages/client/src/consumer/assigned-partition.ts",
    find: "return offset + 1 >= this.visibleEnd && offset < this.position ? this.position : offset + 1;",
    replace: "return offset + 1;",
    tests: consumed,
  },
  {
    rule: "what is passed over counts as consumed when nothing is in hand",
    file: "packages/client/src/consumer/assigned-partition.ts",
    find: "    if (!this.isInHand) this.settle();\n",
    replace: "",
    tests: consumed,
  },
  {
    rule: "a seek while a record is in hand moves what is consumed with the next record",
    file: "packages/client/src/consumer/assigned-partition.ts",
    find: "    if (this.isInHand && this.consumed !== undefined && this.consumed < offset) return;\n",
    replace: "",
    tests: consumed,
  },
  {
    rule: "a commit that is tried again does not overwrite a later one",
    file: "packages/client/src/consumer/offset-committer.ts",
    find: "(this.#latest.get(keyOf(each)) ?? number) === number;",
    replace: "number > 0;",
    tests: consumed,
  },
  {
    rule: "leaving a loop leaves its record in hand",
    file: "packages/client/src/consumer/record-iterators.ts",
    find: "    if (this.#hasTurn) this.#source.left?.();\n    this.#endTurn();\n",
    replace: "    this.#source.settle();\n    this.#endTurn();\n",
    tests: ["client/src/consumer", "conformance/quick/client"],
  },
  {
    rule: "close waits for the loop's record",
    file: "packages/client/src/consumer/kafka-consumer.ts",
    find: "Promise.all([this.#loop.turns.over(), this.#loop.idle])]);",
    replace: "this.#loop.idle]);",
    tests: ["client/src/consumer", "conformance/quick/client"],
  },
  {
    rule: "a loop sees the group in the middle of a batch's records",
    file: "packages/client/src/consumer/poll-loop.ts",
    find: "return now >= autoCommit.dueMs || (session?.hasWork ?? false);",
    replace: "return false;",
    tests: ["client/src/consumer", "conformance/quick/client"],
  },
  {
    rule: "each topic has its own line",
    file: "packages/client/src/producer/waiting-records.ts",
    find: "    let line = this.#lines.get(draft.topic);\n",
    replace: "    let line = [...this.#lines.values()][0];\n",
    tests: callers,
  },
  {
    rule: "a verdict on the topic is told to all that wait for it",
    file: "packages/client/src/producer/waiting-records.ts",
    find: "        if (error === line.verdict) this.#refuseOthers(line, line.verdict as Error);\n",
    replace: "",
    tests: callers,
  },
  {
    rule: "a topic that is not known leaves room for others",
    file: "packages/client/src/producer/waiting-records.ts",
    find: "if (this.#bytes < this.#bytesMax && !(isUnknown && line.bytes >= this.#bytesMax * UNKNOWN_TOPIC_SHARE)) return;",
    replace: "if (this.#bytes < this.#bytesMax) return;",
    tests: callers,
  },
  {
    rule: "memory goes to who has waited longest",
    file: "packages/client/src/producer/buffer-memory.ts",
    find: "    if (first !== undefined && first !== waiter) return false;\n",
    replace: "",
    tests: callers,
  },
  {
    rule: "a partitioner that throws gives its memory back",
    file: "packages/client/src/producer/accumulator.ts",
    find: "      this.#memory.giveBack(sizeBytes);\n",
    replace: "",
    tests: callers,
  },
  {
    rule: "a timestamp is a whole number since 1970",
    file: "packages/client/src/options/argument-checks.ts",
    find: 'if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;',
    replace: 'if (typeof value === "number") return value;',
    tests: calls,
  },
  {
    rule: "the headers of a record are a list or a plain object",
    file: "packages/client/src/producer/record-draft.ts",
    find: "  if (!isPlain) throw",
    replace: "  if (headers === null) throw",
    tests: calls,
  },
  {
    rule: "a call refuses an option that does not exist",
    file: "packages/client/src/options/argument-checks.ts",
    find: "    if (check === undefined) throw unknownOption(`${call}: options`, name, Object.keys(known));\n",
    replace: "    if (check === undefined) continue;\n",
    tests: calls,
  },
  {
    rule: "an option that does not exist is refused",
    file: "packages/client/src/options/option-reader.ts",
    find: "    for (const name of Object.keys(options)) if (!Object.hasOwn(known, name)) throw unknown(call, name, Object.keys(known));\n",
    replace: "",
    tests: options,
  },
  {
    rule: "a signal ends a running call",
    file: "packages/client/src/cluster/call-limit.ts",
    find: "const forgets = this.#lives.map((life) => life.onEnd(onEnd));",
    replace: "const forgets = this.#lives.map(() => () => void onEnd);",
    tests: ends,
  },
  {
    rule: "the deadline bounds the work of a call",
    file: "packages/client/src/cluster/call-limit.ts",
    find: "leftMs === Infinity ? undefined : this",
    replace: "leftMs >= 0 ? undefined : this",
    tests: ends,
  },
  {
    rule: "a sleep ends with the call",
    file: "packages/client/src/cluster/call-limit.ts",
    find: "life.onEnd(() => queueMicrotask(done))",
    replace: "life.onEnd(() => {})",
    tests: ends,
  },
  {
    rule: "a call that was ended is not sent",
    file: "packages/client/src/cluster/lane.ts",
    find: "  if (ended !== undefined) return Promise.reject(ended);\n",
    replace: "",
    tests: ends,
  },
  {
    rule: "a connection authenticates before it serves",
    file: "packages/client/src/net/connection.ts",
    find: "      await options.authenticator.authenticate(connection);\n",
    replace: "",
    tests: connection,
  },
  {
    rule: "the timer of a throttle goes with its connection",
    file: "packages/client/src/net/connection.ts",
    find: "    this.#muted?.cancel();\n    this.#socket.destroy();\n",
    replace: "    this.#socket.destroy();\n",
    tests: connection,
  },
  {
    rule: "a throttled client holds its requests back",
    file: "packages/client/src/net/connection.ts",
    find: "      this.#obeyThrottle(response);\n",
    replace: "",
    tests: connection,
  },
  {
    rule: "an answer is that of the oldest request",
    file: "packages/client/src/net/connection.ts",
    find: "if (request === undefined || request.correlationId !== correlationId) {",
    replace: "if (request === undefined) {",
    tests: connection,
  },
  {
    rule: "requests on the way are bounded",
    file: "packages/client/src/net/connection.ts",
    find: "if (this.#closeCause !== undefined || this.inFlight >= IN_FLIGHT_MAX) {",
    replace: "if (this.#closeCause !== undefined) {",
    tests: connection,
  },
  {
    rule: "a refusal of the authentication is told at once",
    file: "packages/client/src/cluster/lane.ts",
    find: "        if (error instanceof KafkaError && !error.retriable) throw error;\n",
    replace: "",
    tests: connection,
  },
  {
    rule: "a lost cluster is told once",
    file: "packages/client/src/cluster/reachability.ts",
    find: "    if (this.#lostAtMs !== undefined) return;\n",
    replace: "",
    tests: reachability,
  },
  {
    rule: "a lost broker is told once",
    file: "packages/client/src/cluster/reachability.ts",
    find: "if (this.#lostBrokers.has(broker) || this",
    replace: "if (this",
    tests: reachability,
  },
  {
    rule: "a topic made anew is forgotten under its old id",
    file: "packages/client/src/consumer/fetch-session.ts",
    find: "      if (before !== undefined && before.topicId !== target.topicId) forget.push(before);\n",
    replace: "",
    tests: session,
  },
  {
    rule: "aborted records are not shown",
    file: "packages/client/src/consumer/visible-batches.ts",
    find: "return filter === undefined || !filter.hides(records, at, last);",
    replace: "return true;",
    tests: visible,
  },
  {
    rule: "an abort's marker ends it",
    file: "packages/client/src/consumer/visible-batches.ts",
    find: "this.#open.delete(producerId(records, at));",
    replace: "void at;",
    tests: visible,
  },
  {
    rule: "an old answer does not bring an old leader back",
    file: "packages/client/src/cluster/metadata-snapshot.ts",
    find: "isStale ? before : partitionState(partition);",
    replace: "partitionState(partition);",
    tests: snapshot,
  },
  {
    rule: "the first batch of a producer's identity goes alone",
    file: "packages/client/src/producer/partition-sequences.ts",
    find: "    if (this.#lastAcked === NO_SEQUENCE && this.#outstanding.length > 0) return false;\n",
    replace: "",
    tests: sequences,
  },
  {
    rule: "a batch of unknown fate stops new ones",
    file: "packages/client/src/producer/partition-sequences.ts",
    find: "    if (this.#unresolved) return false;\n",
    replace: "",
    tests: sequences,
  },
  {
    rule: "a failed batch of an older identity does not move the numbers of the newer one",
    file: "packages/client/src/producer/partition-sequences.ts",
    find: "if (!surelyNotWritten || batch.identity !== this.#identity) {",
    replace: "if (!surelyNotWritten) {",
    tests: sequences,
  },
];
