import type { Mutant } from "./mutant.ts";

const stage = ["broker/src/pipeline/faults/fault-stage"];
const shapes = ["broker/src/pipeline/faults/"];
const controlled = ["broker/src/controlled"];
const kit = ["packages/testing/src/cluster", "packages/testing/src/faults", "packages/testing/src/start"];
const door = ["cli/src/parts/fault-door"];
const clock = ["base/src/simulated/controlled-clock"];

/** Faults in what lets things go wrong: a test that trusts the kit must not be lied to. */
export const testingMutants: readonly Mutant[] = [
  {
    rule: "a request that waits is not overtaken by the next one of its connection",
    file: "packages/broker/src/pipeline/faults/fault-stage.ts",
    find: "    // What comes behind it on this connection must not overtake it.\n    call.answerBeforeNext();\n",
    replace: "",
    tests: stage,
  },
  {
    rule: "a request that waits keeps its bytes",
    file: "packages/broker/src/pipeline/dispatcher.ts",
    find: "faults && isBorrowed ? Buffer.from(frame) : frame",
    replace: "frame",
    tests: stage,
  },
  {
    rule: "an error for a fetch session that waits comes at once",
    file: "packages/broker/src/pipeline/faults/fault-stage.ts",
    find: 'if ("maxWaitMs" in rest) encounter.rest = { ...rest, maxWaitMs: 0 };',
    replace: "",
    tests: stage,
  },
  {
    rule: "a session that says nothing of a partition is told its error all the same",
    file: "packages/broker/src/pipeline/faults/fault-stage.ts",
    find: 'return request && "sessionId" in request ? sessionTopics(call, request) : [];',
    replace: "return [];",
    tests: stage,
  },
  {
    rule: "what is not refused of a request is handled",
    file: "packages/broker/src/pipeline/faults/refuse.ts",
    find: "rest: kept.length > 0 ? { ...request, [list.asked]: kept } : undefined,",
    replace: "rest: undefined,",
    tests: shapes,
  },
  {
    rule: "a fault happens no more often than it was asked for",
    file: "packages/broker/src/pipeline/faults/fault.ts",
    find: "return this.#isRemoved || this.#count >= this.plan.times;",
    replace: "return this.#isRemoved;",
    tests: stage,
  },
  {
    rule: "what a fault holds ends with the broker",
    file: "packages/broker/src/pipeline/faults/fault-stage.ts",
    find: "    for (const end of [...this.#waiting]) end();\n",
    replace: "",
    tests: stage,
  },
  {
    rule: "what a fault holds ends with its client",
    file: "packages/broker/src/pipeline/faults/fault-stage.ts",
    find: "const unlisten = call.session.closed.onClosed(() => process.nextTick(end));",
    replace: "const unlisten = (): void => {};",
    tests: stage,
  },
  {
    rule: "a lost answer is one of a request that was handled",
    file: "packages/broker/src/pipeline/faults/fault-stage.ts",
    find: "const answer = rest === undefined ? undefined : handle(rest);",
    replace: "const answer = rest === undefined || lost ? undefined : handle(rest);",
    tests: stage,
  },
  {
    rule: "a reset tells no leader epoch that clients know",
    file: "packages/broker/src/controlled/controlled-broker.ts",
    find: "leaderEpoch = Math.max(leaderEpoch, partition.leaderEpoch + 1);",
    replace: "leaderEpoch = 0;",
    tests: controlled,
  },
  {
    rule: "a reset hands out no producer id again",
    file: "packages/broker/src/controlled/controlled-broker.ts",
    find: "producerId = Math.max(producerId, metadata.nextProducerId);",
    replace: "",
    tests: controlled,
  },
  {
    rule: "a snapshot does not change with the disk",
    file: "packages/broker/src/controlled/controlled-broker.ts",
    find: "this.#memory = snapshot.copy();",
    replace: "this.#memory = snapshot;",
    tests: controlled,
  },
  {
    rule: "connections that come during a reset are held",
    file: "packages/broker/src/controlled/kept-ports.ts",
    find: "else if (kept.held.length < HELD_SOCKETS_MAX) kept.held.push(socket);\n      else refuse(socket);",
    replace: "else refuse(socket);",
    tests: controlled,
  },
  {
    rule: "what a node led that goes down is led by a replica that is up",
    file: "packages/broker/src/metadata/leadership.ts",
    find: "(replicas.find(isUp) ?? NO_LEADER)",
    replace: "(replicas[0] ?? NO_LEADER)",
    tests: ["broker/src/metadata/leadership"],
  },
  {
    rule: "the kit's own requests meet no fault",
    file: "packages/broker/src/pipeline/faults/fault-stage.ts",
    find: "    if (!this.#table.concerns(call.clientId)) return handle(request);\n",
    replace: "",
    tests: kit,
  },
  {
    rule: "a lag of nothing known is not zero",
    file: "packages/testing/src/group-handle.ts",
    find: 'if (partitions.length === 0) return { seen: "the group has committed nothing and has no partitions" };',
    replace: "",
    tests: kit,
  },
  {
    rule: "records beyond those expected are told",
    file: "packages/testing/src/topic-record.ts",
    find: "return left.length === 0 ? undefined :",
    replace: "return left.length >= 0 ? undefined :",
    tests: kit,
  },
  {
    rule: "the door serves no other name that points to it",
    file: "packages/cli/src/parts/fault-door.ts",
    find: "if (!isLoopbackName(host))",
    replace: "if (false)",
    tests: door,
  },
  {
    rule: "of a list of faults all are armed or none",
    file: "packages/cli/src/parts/fault-requests.ts",
    find: "    for (const fault of armed) fault.remove();\n",
    replace: "",
    tests: door,
  },
  {
    rule: "a clock that is frozen fires no timer",
    file: "packages/base/src/simulated/controlled-clock.ts",
    find: "if (!this.#still) this.#arm(pending);",
    replace: "this.#arm(pending);",
    tests: clock,
  },
  {
    rule: "wall time is told in whole ms",
    file: "packages/base/src/simulated/controlled-clock.ts",
    find: "return Math.floor(",
    replace: "return Number(",
    tests: clock,
  },
];
