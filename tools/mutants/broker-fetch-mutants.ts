import type { Mutant } from "./mutant.ts";

const fetches = ["broker/src/fetch/fetches"];
const sessions = ["broker/src/fetch/fetch-sessions"];
const memory = ["broker/src/fetch/fetches"];

/** Faults in Fetch: its waits, its sessions, its turns, and the memory of its answers. */
export const brokerFetchMutants: readonly Mutant[] = [
  {
    rule: "a partition is watched before it is read",
    file: "packages/broker/src/fetch/partition-read.ts",
    find: "  target.watch(partition);\n",
    replace: "  setImmediate(() => target.watch(partition));\n",
    tests: fetches,
  },
  {
    rule: "what was read and is not answered is released",
    file: "packages/broker/src/fetch/fetches.ts",
    find: "        read.release(false);\n        putBack(partitions, read);\n        while",
    replace: "        putBack(partitions, read);\n        while",
    tests: memory,
  },
  {
    rule: "the close of the connection ends a wait",
    file: "packages/broker/src/fetch/fetch-wait.ts",
    find: 'closed.onClosed(() => this.end("gone"));',
    replace: "closed.onClosed(() => {});",
    tests: fetches,
  },
  {
    rule: "a wait has an upper bound",
    file: "packages/broker/src/fetch/fetch-wait.ts",
    find: "Math.min(maxWaitMs, FETCH_WAIT_MAX_MS)",
    replace: "maxWaitMs",
    tests: fetches,
  },
  {
    rule: "a stop ends the waits",
    file: "packages/broker/src/fetch/fetches.ts",
    find: '    for (const wait of this.#waits) wait.end("ended");\n',
    replace: "",
    tests: fetches,
  },
  {
    rule: "after a stop nobody waits",
    file: "packages/broker/src/fetch/fetches.ts",
    find: '    if (this.#isStopped) wait.end("ended");\n',
    replace: "",
    tests: fetches,
  },
  {
    rule: "news of a partition wake who waits",
    file: "packages/broker/src/fetch/fetches.ts",
    find: "partitions.listen(() => wait.wake());",
    replace: "partitions.listen(() => {});",
    tests: fetches,
  },
  {
    rule: "a log start that moved is news",
    file: "packages/broker/src/fetch/fetch-read.ts",
    find: " || logStartOffset !== target.sentLogStartOffset;",
    replace: ";",
    tests: fetches,
  },
  {
    rule: "who was served goes to the end of the line",
    file: "packages/broker/src/fetch/fetches.ts",
    find: "    if (sizeBytes > 0) partitions.putBehind(target);\n",
    replace: "",
    tests: fetches,
  },
  {
    rule: "a second Fetch of a session ends the first",
    file: "packages/broker/src/fetch/fetches.ts",
    find: '      turn.running.wait?.end("ended");\n',
    replace: "",
    tests: fetches,
  },
  {
    rule: "a Fetch of another epoch than the session's is refused",
    file: "packages/broker/src/fetch/fetches.ts",
    find: "    if (session.nextEpoch !== ask.sessionEpoch) return withoutSession(ErrorCode.INVALID_FETCH_SESSION_EPOCH);\n",
    replace: "",
    tests: ["broker/src/handlers/01-fetch"],
  },
  {
    rule: "minBytes above maxBytes does not wait for what cannot come",
    file: "packages/broker/src/fetch/fetches.ts",
    find: "minBytes: Math.min(minBytes, maxBytes)",
    replace: "minBytes",
    tests: fetches,
  },
  {
    rule: "the bytes of the sessions are bounded",
    file: "packages/broker/src/fetch/fetch-sessions.ts",
    find: "this.#heldBytes + bytes > this.#maxBytes || ",
    replace: "",
    tests: sessions,
  },
  {
    rule: "sessions without a connection go first",
    file: "packages/broker/src/fetch/fetch-sessions.ts",
    find: "const oldest = orphan ?? this",
    replace: "const oldest = this",
    tests: sessions,
  },
  {
    rule: "a session that was used lately is not evicted",
    file: "packages/broker/src/fetch/fetch-sessions.ts",
    find: "      if (orphan === undefined && oldest.lastUsedMs > idleSinceMs) return false;\n",
    replace: "",
    tests: sessions,
  },
  {
    rule: "a session that grew beyond the bound is dropped",
    file: "packages/broker/src/fetch/fetch-sessions.ts",
    find: "(moreBytes > 0 && !this.#makeRoom(moreBytes, kept))",
    replace: "moreBytes < 0",
    tests: sessions,
  },
  {
    rule: "a dropped session gives its bytes back",
    file: "packages/broker/src/fetch/fetch-sessions.ts",
    find: "    this.#heldBytes -= kept.heldBytes;\n",
    replace: "",
    tests: sessions,
  },
  {
    rule: "memory that a read did not need is given back",
    file: "packages/broker/src/fetch/partition-read.ts",
    find: "else memory.release(takenBytes - heldBytes);",
    replace: "",
    tests: memory,
  },
];
