// npm run test:guides: what the guides say that needs Kafka's own tools, run as it stands there.
import { globSync } from "node:fs";
import { repositoryRoot } from "./paths.ts";
import { readSuiteOptions, runSuite } from "./run-suite.ts";

await runSuite(globSync(`${repositoryRoot}conformance/src/guides/*.test.ts`).sort(), readSuiteOptions("ottla"));
