import { spawn } from "node:child_process";
import { once } from "node:events";
import { parseArgs } from "node:util";
import type { ClusterKind } from "./cluster.ts";
import { nodeBinary } from "./paths.ts";
import { type SecureSetUp, secureListeners } from "./secure/secure-listeners.ts";
import { startCluster, type Target, targetEnvironment, testProfile } from "./target.ts";

/** What a run is asked for on its command line. */
export interface SuiteOptions {
  readonly target: ClusterKind;
  readonly brokers: readonly (1 | 3)[];
  /** Only test files whose name contains this. */
  readonly only: string | undefined;
  /** Passed on to node:test as --test-name-pattern. */
  readonly name: string | undefined;
}

/** Reads `--target ottla|kafka`, `--brokers 1,3`, `--only TEXT` and `--name PATTERN`. */
export function readSuiteOptions(defaultTarget: ClusterKind): SuiteOptions {
  const { values } = parseArgs({
    options: {
      target: { type: "string", default: defaultTarget },
      brokers: { type: "string", default: "1,3" },
      only: { type: "string" },
      name: { type: "string" },
    },
  });
  if (values.target !== "ottla" && values.target !== "kafka") usage(`--target is ottla or kafka, not "${values.target}".`);
  const brokers = values.brokers
    .split(",")
    .map((text) => (text === "1" ? 1 : text === "3" ? 3 : usage(`--brokers is 1, 3 or both, not "${text}".`)));
  return { target: values.target, brokers, only: values.only, name: values.name };
}

function usage(problem: string): never {
  process.stderr.write(`${problem}\n`);
  process.exit(2);
}

async function runFiles(files: readonly string[], target: Target, options: SuiteOptions): Promise<number> {
  const flags = [
    "--conditions=source",
    "--disable-warning=TimeoutNegativeWarning",
    "--test",
    "--test-concurrency=1",
    "--test-timeout=240000",
  ];
  // A failed test may leave its client connected; the file must end all the same.
  flags.push("--test-force-exit");
  if (options.name !== undefined) flags.push(`--test-name-pattern=${options.name}`);
  const child = spawn(nodeBinary, [...flags, "--test-reporter=spec", ...files], {
    stdio: "inherit",
    env: { ...process.env, ...targetEnvironment(target) },
  });
  const [status] = (await once(child, "close")) as [number | null];
  return status ?? 1;
}

/** What a suite's cluster has beside the profile of all suites. */
export interface SuiteCluster {
  readonly config?: Readonly<Record<string, string>>;
  /** With TLS, logins and ACLs beside the plaintext listener, whose clients may do all. */
  readonly security?: SecureSetUp;
  /** The one cluster that is enough for a file, where another would show nothing more: `undefined` for a file that is run on each. */
  readonly enoughBrokers?: (file: string) => 1 | 3 | undefined;
}

/** Runs the test files once per broker count, each on a fresh cluster; exit status 0 only if every file passed on each. */
export async function runSuite(
  files: readonly string[],
  options: SuiteOptions,
  { config, security, enoughBrokers = () => undefined }: SuiteCluster = {},
): Promise<void> {
  const chosen = files.filter((file) => options.only === undefined || file.includes(options.only));
  if (chosen.length === 0) usage(`No test file contains "${options.only}".`);
  let failed = false;
  for (const brokers of options.brokers) {
    const isEnough = (enough: 1 | 3) => enough === brokers || !options.brokers.includes(enough);
    const due = chosen.filter((file) => isEnough(enoughBrokers(file) ?? brokers));
    if (due.length === 0) continue;
    const cluster = await startCluster(options.target, {
      brokers,
      config: { ...testProfile, ...config, ...security?.config },
      ...(security && { listeners: secureListeners.map(({ name }) => name), javaProperties: security.javaProperties }),
    });
    process.stdout.write(
      `\n${options.target} with ${brokers} broker(s) at ${cluster.bootstrap}, started in ${Math.round(cluster.startMs)} ms\n`,
    );
    const { kind, bootstrap, bootstraps = {} } = cluster;
    const status = await runFiles(due, { kind, brokers, bootstrap, ...(security && { secure: security.access(bootstraps) }) }, options);
    if (status !== 0) failed = true;
    await cluster.stop();
  }
  process.exitCode = failed ? 1 : 0;
}
