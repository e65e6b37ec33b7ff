import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { parseArgs } from "node:util";
import { MOST_AGAIN, UNSTEADY } from "../../tools/ci/unsteady.ts";
import type { ClusterKind } from "./cluster.ts";
import { type SecureSetUp, secureListeners } from "./secure/secure-listeners.ts";
import { startCluster, targetEnvironment, testProfile } from "./target.ts";

const TEST_TIMEOUT_MS = 240_000;

/** What a run is asked for on its command line. */
export interface SuiteOptions {
  readonly target: ClusterKind;
  readonly brokers: readonly (1 | 3)[];
  /** Only test files whose name contains this. */
  readonly only: string | undefined;
  /** Passed on to node:test as --test-name-pattern. */
  readonly name: string | undefined;
  /** Each file on one cluster where one shows what it is for. */
  readonly once: boolean;
}

/** Reads `--target ottla|kafka`, `--brokers 1,3`, `--only TEXT`, `--name PATTERN` and `--once`. */
export function readSuiteOptions(defaultTarget: ClusterKind): SuiteOptions {
  const { values } = parseArgs({
    options: {
      target: { type: "string", default: defaultTarget },
      brokers: { type: "string", default: "1,3" },
      only: { type: "string" },
      name: { type: "string" },
      once: { type: "boolean", default: false },
    },
  });
  if (values.target !== "ottla" && values.target !== "kafka") usage(`--target is ottla or kafka, not "${values.target}".`);
  const brokers = values.brokers
    .split(",")
    .map((text) => (text === "1" ? 1 : text === "3" ? 3 : usage(`--brokers is 1, 3 or both, not "${text}".`)));
  return { target: values.target, brokers, only: values.only, name: values.name, once: values.once };
}

function usage(problem: string): never {
  process.stderr.write(`${problem}\n`);
  process.exit(2);
}

/** Runs the test files one after the other, and gives those that failed. */
async function runFiles(files: readonly string[], options: SuiteOptions): Promise<string[]> {
  const failed = new Set<string>();
  const events = run({
    files: [...files],
    concurrency: 1,
    timeout: TEST_TIMEOUT_MS,
    // A failed test may leave its client connected; the file must end all the same.
    execArgv: ["--conditions=source", "--disable-warning=TimeoutNegativeWarning", "--test-force-exit"],
    ...(options.name !== undefined && { testNamePatterns: [options.name] }),
  });
  // Of a file whose process died nothing but its name is told.
  events.on("test:fail", ({ file, name }) => failed.add(file ?? name));
  await pipeline(events, new spec(), process.stdout, { end: false });
  return files.filter((file) => failed.has(file));
}

/** What a suite's cluster has beside the profile of all suites. */
export interface SuiteCluster {
  readonly config?: Readonly<Record<string, string>>;
  /** With TLS, logins and ACLs beside the plaintext listener, whose clients may do all. */
  readonly security?: SecureSetUp;
  /** The one cluster that is enough for a file, where another would show nothing more: `undefined` for a file that is run on each. */
  readonly enoughBrokers?: (file: string) => 1 | 3 | undefined;
}

/** Runs the test files once per broker count, each on a fresh cluster; exit status 0 only if every file passed on each. With `OTTLA_TEST_AGAIN` what failed, if it is no more than a few files, runs once more on another one. */
export async function runSuite(
  files: readonly string[],
  options: SuiteOptions,
  { config, security, enoughBrokers = () => undefined }: SuiteCluster = {},
): Promise<void> {
  const chosen = files.filter((file) => options.only === undefined || file.includes(options.only));
  if (chosen.length === 0) usage(`No test file contains "${options.only}".`);
  const onCluster = async (due: readonly string[], brokers: 1 | 3): Promise<string[]> => {
    const cluster = await startCluster(options.target, {
      brokers,
      config: { ...testProfile, ...config, ...security?.config },
      ...(security && { listeners: secureListeners.map(({ name }) => name), javaProperties: security.javaProperties }),
    });
    process.stdout.write(
      `\n${options.target} with ${brokers} broker(s) at ${cluster.bootstrap}, started in ${Math.round(cluster.startMs)} ms\n`,
    );
    const { kind, bootstrap, bootstraps = {} } = cluster;
    Object.assign(process.env, targetEnvironment({ kind, brokers, bootstrap, ...(security && { secure: security.access(bootstraps) }) }));
    const failed = await runFiles(due, options);
    await cluster.stop();
    return failed;
  };
  let failed = false;
  for (const brokers of options.brokers) {
    const isEnough = (enough: 1 | 3) => enough === brokers || !options.brokers.includes(enough);
    const due = chosen.filter((file) => isEnough(enoughBrokers(file) ?? brokers));
    if (due.length === 0) continue;
    let bad = await onCluster(due, brokers);
    if (process.env["OTTLA_TEST_AGAIN"] !== undefined && bad.length > 0 && bad.length <= MOST_AGAIN) {
      process.stdout.write(`\nonce more: ${bad.map((file) => basename(file)).join(", ")}\n`);
      const again = await onCluster(bad, brokers);
      for (const file of bad) if (!again.includes(file)) process.stdout.write(`${UNSTEADY}${basename(file)}\n`);
      bad = again;
    }
    if (bad.length > 0) failed = true;
  }
  process.exitCode = failed ? 1 : 0;
}
