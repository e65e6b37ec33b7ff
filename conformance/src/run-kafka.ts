// npm run test:kafka [-- --target ottla --brokers 1 --only client-produce]: our client and command line against Apache Kafka, one node and three.
// With --once (npm run test:kafka:once, for CI) on three, and on one node only what another number of nodes shows something more of; without what takes long.
import { globSync } from "node:fs";
import { shareProfile } from "./client-cases/share-profile.ts";
import { repositoryRoot } from "./paths.ts";
import { readSuiteOptions, runSuite } from "./run-suite.ts";
import { setUpSecurity } from "./secure/secure-listeners.ts";

/** Within a second of its last renewal no broker renews a login. */
const SESSION_MS = 1300;
const options = readSuiteOptions("kafka");
/** Each of its cases starts a tool of Java's twice; our half of them is among the tests of our own broker. */
const IS_LONG = /\/cli-streams-reset\.test\.ts$/;
const files = globSync(`${repositoryRoot}conformance/src/{client,cli}-*.test.ts`)
  .sort()
  .filter((file) => !options.once || !IS_LONG.test(file));
/** They take nodes away, or are about what a single one does. */
const ABOUT_NODES = /\/client-share\.test\.ts$/;
const enoughBrokers = (file: string) => (options.once && !ABOUT_NODES.test(file) ? 3 : undefined);
if (options.target === "ottla") await runSuite(files, options, { enoughBrokers });
else {
  await using security = await setUpSecurity(SESSION_MS);
  await runSuite(files, options, { config: shareProfile, security, enoughBrokers });
}
