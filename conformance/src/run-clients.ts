// npm run test:clients [-- --target kafka --brokers 1 --only kcat --name PATTERN]: foreign clients against ours, or against Apache Kafka as the oracle.
import { globSync } from "node:fs";
import { repositoryRoot } from "./paths.ts";
import { readSuiteOptions, runSuite } from "./run-suite.ts";

const files = globSync(`${repositoryRoot}conformance/src/clients/*.test.ts`).sort();
await runSuite(files, readSuiteOptions("ottla"), { enoughBrokers });

/** Those with a broker of their own need no other; command lines take seconds to start each time, and whatever they ask one node they ask three. */
function enoughBrokers(file: string): 1 | 3 | undefined {
  if (/\/secure[^/]*\.test\.ts$/.test(file)) return 1;
  return /\/(kcat|java-tools)\.test\.ts$/.test(file) ? 3 : undefined;
}
