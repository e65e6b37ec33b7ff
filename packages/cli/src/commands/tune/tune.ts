import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { relative, sep } from "node:path";
import { OttlaError } from "@ottla/base";
import { fixProperties, hideSecrets, type KafkaVersion, NEWEST_VERSION, printNumber, printSeconds, reportLag } from "@ottla/expert";
import {
  documentOf,
  PRESETS,
  type PresetName,
  type Tuned,
  type TunedConsumer,
  type TunedRole,
  tuneConsumer,
  tuneDefaults,
  tuneDocument,
} from "@ottla/expert/tune";
import { type CommandContext, type RunCommand, UsageError } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson, shown } from "../../output.ts";
import { reasonOf } from "../../reason-of.ts";
import { renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";
import { milliseconds, watchFor } from "../lag/observed-groups.ts";
import { type Measured, measuredText, measureTuning } from "./measure-tuning.ts";

/** Beside the presets: what is measured at a group. */
const CONSUMER = "consumer";
const LOOK_EVERY_MS = 1000;
const FILE_BYTES_MAX = 1024 * 1024;
const ROLES: readonly TunedRole[] = ["producer", "consumer", "streams", "topic", "broker"];

/** A file that is tuned. */
interface TunedFile {
  readonly path: string;
  readonly text: string;
}

export const tune: RunCommand = async (context) => {
  const { options, positionals } = context;
  if (positionals[0] === CONSUMER) return tuneGroup(context);
  const [preset, path] = positionals as [PresetName, string | undefined];
  if (options.has("group"))
    throw new UsageError(`--group is for "ottla tune ${CONSUMER}", which measures what a record takes its members.`);
  if (!PRESETS.includes(preset)) throw new UsageError(`"${preset}" is no preset; there are ${[...PRESETS, CONSUMER].join(", ")}.`);
  if (options.has("write") && path === undefined) throw new UsageError("--write changes a file: name it.");
  if (options.has("role") && path !== undefined) throw new UsageError("--role is for the defaults; a file says itself whose it is.");
  const version = (options.text("kafka-version") ?? NEWEST_VERSION) as KafkaVersion;
  const file = path === undefined ? undefined : { path, text: await readText(path) };
  const roles = options.has("role") ? ROLES.filter((role) => options.texts("role").includes(role)) : ROLES;
  const tuned = file ? tuneDocument(preset, documentIn(file), version) : tuneDefaults(preset, roles, version);
  const measured = options.has("measure") ? await measureTuning(context, tuned, file?.text) : undefined;
  show(context, tuned, file, measured);
  if (options.has("write") && file && tuned.changes.length > 0) await writeFixed(context, file, tuned);
  return 0;
};

/** `max.poll.records` from what a record takes the members of a group, measured from outside. */
async function tuneGroup(context: CommandContext): Promise<0> {
  const { options, positionals, stderr, stdout } = context;
  const [, path] = positionals;
  const groupId = options.text("group");
  if (groupId === undefined) throw new UsageError(`Say which group is measured: ottla tune ${CONSUMER} --group GROUP.`);
  const odd = ["measure", "role"].find((name) => options.has(name));
  if (odd !== undefined) throw new UsageError(`--${odd} is for presets; the group itself is what is measured here.`);
  if (options.has("write") && path === undefined) throw new UsageError("--write changes a file: name it.");
  const version = (options.text("kafka-version") ?? NEWEST_VERSION) as KafkaVersion;
  const forMs = milliseconds(options, "for", 15, 1);
  const file = path === undefined ? undefined : { path, text: await readText(path) };
  const document = file && documentIn(file);
  if (document && document.kind !== "consumer" && document.kind !== "client")
    throw new UsageError(`${document.file.slice(0, 200)} holds no settings of a consumer.`);
  const report = await withClient(context, async (client) => {
    if (forMs >= 2000 && stderr.isTTY) stderr.write(`Watching for ${forMs / 1000} s; Ctrl-C ends it.\n`);
    const watched = await watchFor(context, client.admin(), forMs, LOOK_EVERY_MS, [groupId]);
    const [observation] = watched.observations.values();
    if (observation) return reportLag(observation);
    throw watched.failures[0]?.error ?? new OttlaError("GROUP_ID_NOT_FOUND", `There is no group ${groupId}.`);
  });
  const tuned = tuneConsumer(report, document, version);
  if (!options.has("json")) stdout.write(paceText(tuned));
  show(context, tuned, file, undefined);
  if (options.has("write") && file && tuned.changes.length > 0) await writeFixed(context, file, tuned);
  return 0;
}

function paceText({ groupId, watchedMs, members, slowest, fitting, notes }: TunedConsumer): string {
  const pace =
    slowest === undefined
      ? ""
      : shown`The slowest of ${members.length} that work is ${slowest.memberId}, with ${printNumber(slowest.consumedPerS)} records/s: ${printSeconds(slowest.recordMs / 1000)} a record on average, so that ${printNumber(fitting ?? 0)} fit into half of max.poll.interval.ms.\n`;
  return (
    shown`Group ${groupId}, watched for ${printSeconds(Math.round(watchedMs / 100) / 10)}.\n` +
    pace +
    notes.map((note) => shown`${note}\n`).join("")
  );
}

function documentIn({ path, text }: TunedFile) {
  const document = documentOf(path, text);
  if (document) return document;
  throw new OttlaError(
    "NO_SETTINGS",
    `${path.slice(0, 200)} holds no settings of a producer, consumer, Streams application, topic or broker; name a properties file of one.`,
  );
}

function show(context: CommandContext, tuned: Tuned, file: TunedFile | undefined, measured: Measured | undefined): void {
  const { options, stdout, env } = context;
  if (options.has("json")) {
    printJson(context, { ...tuned, ...(measured && { measured }) });
    return;
  }
  const style = textStyle(stdout, env);
  const { preset, changes, kept, unknown } = tuned;
  if (changes.length === 0 && preset === CONSUMER && kept.length === 0) return;
  if (changes.length === 0) stdout.write(shown`Nothing to change for ${preset}: ${kept.length} settings are as it wants them.\n`);
  else if (file) stdout.write(`${patchOf(file, tuned)}\n`);
  const rows = changes.map(({ role, key, from, isDefault, to, reason, cost }) => [
    role,
    key,
    from === undefined ? "-" : `${from}${isDefault ? " (default)" : ""}`,
    to,
    reason,
    cost,
  ]);
  if (changes.length > 0)
    stdout.write(
      renderTable(
        [{ title: "of" }, { title: "setting" }, { title: "now" }, { title: "then" }, { title: "why" }, { title: "what it costs" }],
        rows,
        style,
      ),
    );
  if (unknown.length > 0) stdout.write(shown`Filled in elsewhere, and so not looked at: ${unknown.join(", ")}.\n`);
  if (measured) stdout.write(measuredText(measured));
}

/** With the path from here, so that `git apply` finds it. */
function patchOf({ path, text }: TunedFile, { changes }: Tuned): string {
  const near = relative(process.cwd(), path).split(sep).join("/");
  return hideSecrets(fixProperties(near.startsWith("..") ? path : near, text, [findingOf(path, changes)]).patch).text;
}

/** Changes as a finding has them, which is what patches are made from. */
function findingOf(file: string, changes: Tuned["changes"]) {
  return {
    rule: "TUNE",
    severity: "info" as const,
    confidence: "medium" as const,
    subject: file,
    file,
    message: "",
    evidence: "",
    settings: changes.map(({ key, to }) => ({ key, value: to })),
  };
}

/** Beside the file and then in its place: whatever happens, it is the old one or the new one. */
async function writeFixed({ stdout, options }: CommandContext, { path, text }: TunedFile, { changes }: Tuned): Promise<void> {
  const fixed = fixProperties(path, text, [findingOf(path, changes)]).text;
  const beside = `${path}.ottla-tune`;
  await writeFile(beside, fixed, { mode: (await stat(path)).mode });
  await rename(beside, path);
  if (!options.has("json")) stdout.write(shown`Changed ${path}.\n`);
}

/** Errors: `UNREADABLE_FILE`. */
async function readText(path: string): Promise<string> {
  try {
    if ((await stat(path)).size > FILE_BYTES_MAX) throw new Error(`It is larger than ${FILE_BYTES_MAX} bytes.`);
    const text = await readFile(path, "utf8");
    if (text.includes("\0")) throw new Error("It is no text.");
    return text;
  } catch (error) {
    throw new OttlaError("UNREADABLE_FILE", `${path.slice(0, 200)}: ${reasonOf(error)}`, { cause: error });
  }
}
