import type { Mutant } from "./mutant.ts";

const tenants = ["cli/src/commands/tenants"];
const pipe = ["base/src/node/log-pipe", "base/src/node/line-logger"];
const printable = ["base/src/printable", "cli/src/table"];
const processes = ["cli/src/run-process"];
const parts = ["cli/src/parts/part-runner"];
const listeners = ["broker/src/net/listener-settings"];
const properties = ["cli/src/client-properties", "cli/src/broker-settings"];
const line = ["cli/src/parse-command-line"];

/** Faults in the command line, and in what `base` gives it: the log's pipe, printable text; with the addresses that clients are told. */
export const cliMutants: readonly Mutant[] = [
  {
    rule: "what waits for a log's reader is bounded",
    file: "packages/base/src/node/log-pipe.ts",
    find: "if (out.writableLength + line.length <= LOG_WAITING_BYTES_MAX) out",
    replace: "if (out.writableLength >= 0) out",
    tests: pipe,
  },
  {
    rule: "a log whose reader is gone does not end the process",
    file: "packages/base/src/node/log-pipe.ts",
    find: '    out.on("error", () => {});\n',
    replace: "",
    tests: pipe,
  },
  {
    rule: "lines that were left out are counted in the log",
    file: "packages/base/src/node/log-pipe.ts",
    find: "    this.write(this.#noteOf(droppedCount));\n",
    replace: "",
    tests: pipe,
  },
  {
    rule: "characters that turn the direction are escaped",
    file: "packages/base/src/printable.ts",
    find: "\\u2028-\\u202e\\u2066-\\u2069",
    replace: "\\u2028-\\u2029",
    tests: printable,
  },
  {
    rule: "control characters in JSON are escaped",
    file: "packages/base/src/printable.ts",
    find: 'character === "\\n" ? character : `',
    replace: 'character !== "" ? character : `',
    tests: printable,
  },
  {
    rule: "a reader that goes away does not stop a server",
    file: "packages/cli/src/run-process.ts",
    find: '    if (kind !== "server") stop.abort();\n',
    replace: "    stop.abort();\n",
    tests: processes,
  },
  {
    rule: "a command that a signal breaks off ends with the signal's status",
    file: "packages/cli/src/run-process.ts",
    find: 'first === undefined || kind === "stream" ? 0 :',
    replace: 'first === undefined || kind !== "server" ? 0 :',
    tests: processes,
  },
  {
    rule: "the output of a slow reader is waited for",
    file: "packages/cli/src/run-process.ts",
    find: "Promise.all([written(stdout), written(stderr)])",
    replace: "Promise.resolve()",
    tests: processes,
  },
  {
    rule: "a full disk is told",
    file: "packages/cli/src/run-process.ts",
    find: "if (loss === undefined || isReaderGone(loss)) return status;",
    replace: "if (loss === undefined || status === 0) return status;",
    tests: processes,
  },
  {
    rule: "what the last turn could not print is told",
    file: "packages/cli/src/run-process.ts",
    find: "lost ?? stdout.errored ?? undefined;",
    replace: "lost;",
    tests: processes,
  },
  {
    rule: "the same signal twice is one",
    file: "packages/cli/src/run-process.ts",
    find: "performance.now() - first.atMs > times.sameSignalMs)",
    replace: "performance.now() - first.atMs >= 0)",
    tests: processes,
  },
  {
    rule: "a server takes the time of a clean stop",
    file: "packages/cli/src/run-process.ts",
    find: '    if (kind === "server") return command;\n',
    replace: "",
    tests: processes,
  },
  {
    rule: "after a signal all that is in hand shares one time",
    file: "packages/cli/src/signal-grace.ts",
    find: "const abortedMs = abortedAtMs.get(signal) ?? now;",
    replace: "const abortedMs = now;",
    tests: ["cli/src/signal-grace"],
  },
  {
    rule: "parts stop in reverse order",
    file: "packages/cli/src/parts/part-runner.ts",
    find: "this.#running.toReversed()",
    replace: "this.#running.slice()",
    tests: parts,
  },
  {
    rule: "a port that was asked for is not replaced",
    file: "packages/cli/src/parts/part-runner.ts",
    find: "if (plan.isEssential || (isTaken && port.isAskedFor)) throw",
    replace: "if (plan.isEssential) throw",
    tests: parts,
  },
  {
    rule: "a part that does not start is said",
    file: "packages/cli/src/parts/part-runner.ts",
    find: "if (!isTaken) return this.#failed(plan, error);",
    replace: "if (!isTaken) return false;",
    tests: parts,
  },
  {
    rule: "a stuck part is left behind after its time",
    file: "packages/cli/src/parts/part-runner.ts",
    find: "await Promise.race([stopping, late]);",
    replace: "await stopping; void late;",
    tests: parts,
  },
  {
    rule: "wide characters take two columns",
    file: "packages/cli/src/table.ts",
    find: "return PLAIN.test(text) ? text.length : stringWidth(text);",
    replace: "return text.length;",
    tests: ["cli/src/table"],
  },
  {
    rule: "clients are told the address that is bound",
    file: "packages/broker/src/net/listener-settings.ts",
    find: "return { host: EVERY_INTERFACE.has(host) ? undefined : host, port: boundPort };",
    replace: 'return { host: "127.0.0.1", port: boundPort };',
    tests: listeners,
  },
  {
    rule: "0.0.0.0 is advertised to nobody",
    file: "packages/broker/src/net/listener-settings.ts",
    find: "    if (EVERY_INTERFACE.has(host))\n",
    replace: '    if (host === "")\n',
    tests: listeners,
  },
  {
    rule: "a listener on every interface needs an advertised address",
    file: "packages/broker/src/net/listener-settings.ts",
    find: '(host === "0.0.0.0" || host === "::") && !',
    replace: '(host === "0.0.0.0!") && !',
    tests: listeners,
  },
  {
    rule: "ports of several brokers end at 65535",
    file: "packages/broker/src/net/listener-settings.ts",
    find: "if (port !== 0 && lastPort > 65535)",
    replace: "if (port !== 0 && port > 65535)",
    tests: listeners,
  },
  {
    rule: "a property that does nothing is warned of once",
    file: "packages/cli/src/client-properties.ts",
    find: "    looked.add(options);\n",
    replace: "",
    tests: properties,
  },
  {
    rule: "--set goes before the file",
    file: "packages/cli/src/broker-settings.ts",
    find: 'return new Map([...(file === undefined ? [] : readPropertiesFile(file, "--config")), ...assignments]);',
    replace: 'return new Map([...assignments, ...(file === undefined ? [] : readPropertiesFile(file, "--config"))]);',
    tests: properties,
  },
  {
    rule: "a negative number is a value",
    file: "packages/cli/src/parse-command-line.ts",
    find: 'if (spec && spec.kind !== "flag") joined',
    replace: 'if (spec && spec.kind === "flag") joined',
    tests: line,
  },
  {
    rule: "the longest path names the command",
    file: "packages/cli/src/parse-command-line.ts",
    find: "if (matches && command.path.length > (best?.path.length ?? 0)) best",
    replace: "if (matches && best === undefined) best",
    tests: line,
  },
  {
    rule: "a key that is given for a properties file is not shown",
    file: "packages/cli/src/properties-file.ts",
    find: 'name.startsWith("-----BEGIN")',
    replace: "false",
    tests: properties,
  },
  {
    rule: "who could not be given a login is given no right",
    file: "packages/cli/src/commands/tenants/carry-out.ts",
    find: 'step.kind === "add-acl" && run.failed.has(userOf(step))',
    replace: "false",
    tests: tenants,
  },
  {
    rule: "a password that may have been set is told",
    file: "packages/cli/src/commands/tenants/carry-out.ts",
    find: 'outcome: "unknown", ...madeFor(step)',
    replace: 'outcome: "unknown"',
    tests: tenants,
  },
  {
    rule: "both mechanisms of a user have one password",
    file: "packages/cli/src/commands/tenants/carry-out.ts",
    find: "made.get(user) ?? randomBytes",
    replace: "randomBytes",
    tests: tenants,
  },
];
