import { OttlaError } from "@ottla/base";
import { type ConfigShape, configKeysOf } from "../plugin/config-shape.ts";
import type { CheckContext, CheckFinding } from "../plugin/plugin-context.ts";
import { type ConnectorProperties, readConfig } from "../plugin/read-config.ts";
import { fail, said } from "./connector-check.ts";
import { allWords, checkHidden, keepingLogger, secretsIn } from "./kept-words.ts";
import { within } from "./within.ts";

interface Checked {
  readonly config: ConfigShape;
  check?(config: never, context: CheckContext): Promise<readonly CheckFinding[]>;
}

/** Settings that can be used are taken without an error, and every one that must be given is missed by its name. */
export async function checkSettings(plugin: Checked, properties: ConnectorProperties, stopWithinMs: number): Promise<void> {
  for (const { name, default: fallback, doc } of configKeysOf(plugin.config)) {
    if (doc.trim() === "") fail(`The setting ${name} has no documentation, which /validate, forms and people read: give it .doc("…").`);
    if (fallback !== undefined) continue;
    const { [name]: _, ...others } = properties;
    const error = thrown(() => readConfig(plugin.config, others));
    if (error === undefined || !said(error).includes(name))
      fail(`Without ${name}, which must be given, the settings are taken, or the error does not name it.`, error);
  }
  const findings = await findingsOf(plugin, properties, stopWithinMs);
  const wrong = findings.filter(({ severity }) => severity === "error");
  if (wrong.length > 0) fail(`check() refuses settings that can be used: ${wrong.map(({ message }) => message).join(" ")}`);
}

/** What is wrong is said: by check(), or by the first call that cannot do without; with a code, a sentence, and no secret. */
export async function checkRefusal(
  plugin: Checked,
  properties: ConnectorProperties,
  { attempt, stopWithinMs }: { readonly stopWithinMs: number; attempt(): Promise<void> },
): Promise<void> {
  const secrets = secretsIn(plugin.config, properties);
  const findings = await findingsOf(plugin, properties, stopWithinMs);
  const wrong = findings.filter(({ severity }) => severity === "error");
  const error: unknown = await within(stopWithinMs, "Telling that settings cannot be used", attempt()).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (wrong.length === 0 && error === undefined)
    fail(
      "Settings that cannot be used are found by nobody: check() says nothing and the task waits without a word. Say in check() what cannot be reached.",
    );
  if (error !== undefined && !(error instanceof OttlaError))
    fail(
      `What goes wrong is a ${(error as Error)?.name ?? typeof error} without a code: "${said(error)}". Throw ConnectError or RetriableError, whose message names the thing and the remedy.`,
      error,
    );
  for (const message of [...wrong.map((finding) => finding.message), ...(error === undefined ? [] : [said(error)])])
    if (message.trim().split(/\s+/).length < 3 || /\b(?:undefined|\[object Object\])/.test(message))
      fail(`An error says nothing: "${message}". A sentence names the thing and the remedy.`);
  checkHidden(secrets, [...findings.map(({ message }) => message), ...(error === undefined ? [] : [allWords(error)])]);
}

async function findingsOf(plugin: Checked, properties: ConnectorProperties, stopWithinMs: number): Promise<readonly CheckFinding[]> {
  if (plugin.check === undefined) return [];
  const lines: string[] = [];
  const ended = new AbortController();
  try {
    const context = { signal: ended.signal, log: keepingLogger(lines) };
    const findings = await within(stopWithinMs, "check()", plugin.check(readConfig(plugin.config, properties) as never, context));
    checkHidden(secretsIn(plugin.config, properties), [...lines, ...findings.map(({ message }) => message)]);
    return findings;
  } finally {
    ended.abort();
  }
}

function thrown(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return error;
  }
}
