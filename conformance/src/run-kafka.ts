// npm run test:kafka [-- --target ottla --brokers 1 --only client-produce]: our client and command line against Apache Kafka, one node and three.
import { globSync } from "node:fs";
import { repositoryRoot } from "./paths.ts";
import { readSuiteOptions, runSuite } from "./run-suite.ts";

await runSuite(globSync(`${repositoryRoot}conformance/src/{client,cli}-*.test.ts`).sort(), readSuiteOptions("kafka"));
