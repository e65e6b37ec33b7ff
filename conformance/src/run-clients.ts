// npm run test:clients [-- --target kafka --brokers 1 --only kcat --name PATTERN]: foreign clients against ours, or against Apache Kafka as the oracle.
import { globSync } from "node:fs";
import { repositoryRoot } from "./paths.ts";
import { readSuiteOptions, runSuite } from "./run-suite.ts";

const files = globSync(`${repositoryRoot}conformance/src/clients/*.test.ts`).sort();
await runSuite(files, readSuiteOptions("ottla"), { hasOwnBroker: (file) => /\/secure[^/]*\.test\.ts$/.test(file) });
