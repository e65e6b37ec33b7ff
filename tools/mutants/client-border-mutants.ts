import type { Mutant } from "./mutant.ts";

const exported = ["client/src/exports"];
const leaving = ["client/src/group/leave-while-joining"];
const packing = ["client/src/producer/batch-packing"];
const builder = ["protocol/src/records/record-batch-builder"];

/** Faults in what the client exports and its typed topics refuse, in leaving a group that rebalances, and in packing ahead. */
export const clientBorderMutants: readonly Mutant[] = [
  {
    rule: "who leaves a group does not wait behind its own join",
    file: "packages/client/src/group/classic-member.ts",
    find: "await this.#calls.leave(me, reason, isWaiting);",
    replace: "await this.#calls.leave(me, reason, false);",
    tests: leaving,
  },
  {
    rule: "the connection that a member leaves over is closed",
    file: "packages/client/src/group/group-calls.ts",
    find: "      lane.close();\n",
    replace: "",
    tests: leaving,
  },
  {
    rule: "a typed send whose signal is none sends nothing",
    file: "packages/client/src/topics/typed-sends.ts",
    find: '    checkSignalOnly("send", options);\n',
    replace: "",
    tests: exported,
  },
  {
    rule: "holes in a list that a typed producer is given are no records that were sent",
    file: "packages/client/src/topics/typed-sends.ts",
    find: "Array.from(records, (each) => this.#sendOne(each, options))",
    replace: "records.map((each) => this.#sendOne(each, options))",
    tests: exported,
  },
  {
    rule: "a typed close that is refused closes nothing",
    file: "packages/client/src/topics/typed-producer.ts",
    find: '    checkOptions("close", options, { timeoutMs: checkTimeout });\n',
    replace: "",
    tests: exported,
  },
  {
    rule: "what is no definition of a topic is refused",
    file: "packages/client/src/client.ts",
    find: '      if (typeof named !== "string") checkDefinition("topic: definition", named);\n',
    replace: "",
    tests: exported,
  },
  {
    rule: "a partition is not computed of a count that is none",
    file: "packages/client/src/producer/key-hash.ts",
    find: 'checkInteger("partitionOfKey: partitionCount", partitionCount, 1, INT32_MAX)',
    replace: "partitionCount",
    tests: exported,
  },
  {
    rule: "properties are texts",
    file: "packages/client/src/options/from-properties.ts",
    find: 'if (typeof value !== "string") throw invalid(`properties: ${name}`',
    replace: 'if (value === "") throw invalid(`properties: ${name}`',
    tests: exported,
  },
  {
    rule: "a batch that is packed is closed with the bytes that it was packed to",
    file: "packages/protocol/src/records/record-batch-builder.ts",
    find: "    if (this.#packedAhead?.codec === codec) return this.#packedAhead.batch;\n",
    replace: "",
    tests: builder,
  },
  {
    rule: "a batch that was packed takes no more records",
    file: "packages/client/src/producer/producer-batch.ts",
    find: '    this.#packing = "done";\n    const buffer = this.#builder.pack(codec);',
    replace: "    const buffer = this.#builder.pack(codec);",
    tests: packing,
  },
];
