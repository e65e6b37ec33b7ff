import { after, before, describe } from "node:test";
import { defineTransactionCases } from "./client-cases/transaction-cases.ts";
import { requireTarget } from "./target.ts";
import { setTransactionVersion } from "./wire/transaction-version.ts";

const VERSIONS = [
  [2, "an epoch for each (transaction.version 2)"],
  [1, "the classic protocol (transaction.version 1)"],
] as const;
const NEWEST = VERSIONS[0][0];

// One after the other: the level is the whole cluster's.
for (const [level, name] of VERSIONS) {
  describe(`transaction.version ${level}`, { concurrency: false }, () => {
    before(() => setTransactionVersion(requireTarget().bootstrap, level));
    after(() => setTransactionVersion(requireTarget().bootstrap, NEWEST));
    defineTransactionCases(requireTarget, name);
  });
}
