import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { relative, sep } from "node:path";
import { OttlaError } from "@ottla/base";
import { fixProperties, hideSecrets, type KafkaVersion, NEWEST_VERSION } from "@ottla/expert";
import { documentOf, PRESETS, type PresetName, type Tuned, type TunedRole, tuneDefaults, tuneDocument } from "@ottla/expert/tune";
import { type CommandContext, type RunCommand, UsageError } from "../../command.ts";
import { printJson, shown } from "../../output.ts";
import { reasonOf } from "../../reason-of.ts";
import { renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";
import { type Measured, measuredText, measureTuning } from "./measure-tuning.ts";

const FILE_BYTES_MAX = 1024 * 1024;
const ROLES: readonly TunedRole[] = ["producer", "consumer", "streams", "topic", "broker"];

/** A file that is tuned. */
interface TunedFile {
  readonly path: string;
  readonly text: string;
}

export const tune: RunCommand = async (context) => {
  const { options, positionals } = context;
  const [preset, path] = positionals as [PresetName, string | undefined];
  if (!PRESETS.includes(preset)) throw new UsageError(`"${preset}" is no preset; there are ${PRESETS.join(", ")}.`);
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
    return await readFile(path, "utf8");
  } catch (error) {
    throw new OttlaError("UNREADABLE_FILE", `${path.slice(0, 200)}: ${reasonOf(error)}`, { cause: error });
  }
}
