import type { Mutant } from "./mutant.ts";

const session = ["client/src/share/leader-session"];
const acquired = ["client/src/share/acquired-records"];
const batches = ["client/src/share/acknowledgement-batches"];
const consumer = ["client/src/share/kafka-share-consumer"];

/** Faults in the share consumer: whose a record is, what is said of it, how much is acquired. */
export const shareMutants: readonly Mutant[] = [
  {
    rule: "where one lock was lost, what belongs to others is said again",
    file: "packages/client/src/share/leader-session.ts",
    find: "      if (byLock.length > 1) {\n",
    replace: "      if (byLock.length > 1_000_000) {\n",
    tests: session,
  },
  {
    rule: "the first request of a session acknowledges nothing",
    file: "packages/client/src/share/leader-session.ts",
    find: "const sent = this.isOpen ? this.#take(partitions, (key) => told.has(key)) : [];",
    replace: "const sent = this.#take(partitions, () => true);",
    tests: session,
  },
  {
    rule: "a second delivery ends the first one",
    file: "packages/client/src/share/leader-session.ts",
    find: '    if (earlier?.state === "held") earlier.lose(',
    replace: '    if (earlier?.state === "lost") earlier.lose(',
    tests: session,
  },
  {
    rule: "what did not come whole is no gap",
    file: "packages/client/src/share/acquired-records.ts",
    find: "    this.#passTo(last + 1, this.#unreadable);\n",
    replace: "    this.#passTo(last + 1, this.#gaps);\n",
    tests: acquired,
  },
  {
    rule: "a batch of one code names the code once, one of several names each",
    file: "packages/client/src/share/acknowledgement-batches.ts",
    find: "      for (let i = 0; i < length; i++) last.codes.push(code);\n",
    replace: "      last.codes.push(code);\n",
    tests: batches,
  },
  {
    rule: "a lock counts from the request",
    file: "packages/client/src/share/share-leader.ts",
    find: "    const lock = newLock(sentMs, response.acquisitionLockTimeoutMs);\n",
    replace: "    const lock = newLock(Math.max(sentMs, this.#nowMs), response.acquisitionLockTimeoutMs);\n",
    tests: consumer,
  },
  {
    rule: "a lock ends on time whatever its leader is busy with",
    file: "packages/client/src/share/share-leader.ts",
    find: "    return this.isBusy ? endMs : ",
    replace: "    return this.isBusy ? Infinity : ",
    tests: consumer,
  },
  {
    rule: "locks are renewed up to lockHoldMaxMs",
    file: "packages/client/src/share/lock-renewals.ts",
    find: "renewalMs(lock) - lock.acquiredMs < lockHoldMaxMs",
    replace: "renewalMs(lock) > lock.acquiredMs",
    tests: consumer,
    harmless:
      "Of a lock that may not be renewed any more no record may be: the look at each record's own time finds none and gives the lock up.",
  },
  {
    rule: "acknowledgements go by themselves when no fetch takes them along",
    file: "packages/client/src/share/share-leader.ts",
    find: "    if (nowMs - this.#queuedSinceMs >= LINGER_MS || ",
    replace: "    if (nowMs - this.#queuedSinceMs >= 1e9 || ",
    tests: consumer,
  },
  {
    rule: "a loop counts the record in hand among those it has",
    file: "packages/client/src/share/kafka-share-consumer.ts",
    find: '(this.#asking === "loop" ? this.#delivery.inHand : 0)',
    replace: "0",
    tests: consumer,
  },
  {
    rule: "leaving a loop gives back the record in hand",
    file: "packages/client/src/share/kafka-share-consumer.ts",
    find: "for (const record of this.#delivery.takeGiven()) record.release();",
    replace: "for (const record of this.#delivery.takeGiven()) record.accept();",
    tests: consumer,
  },
  {
    rule: "a run acquires no more than its handlers can begin",
    file: "packages/client/src/share/run/share-run.ts",
    find: "this.#appetite.size - this.inHand - this.#host.ahead",
    replace: "this.#appetite.size - this.#host.ahead",
    tests: consumer,
  },
  {
    rule: "commit tells what did not take effect",
    file: "packages/client/src/share/kafka-share-consumer.ts",
    find: "    if (round.failedCount > 0) throw new ShareAcknowledgeError(round);\n",
    replace: "",
    tests: consumer,
  },
];
