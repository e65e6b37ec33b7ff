import { readFile, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { OttlaError } from "@ottla/base";
import { type DesignedSystem, type Domain, designSystem, domainJsonSchema, issueText, outputFiles, readDomain } from "@ottla/expert/design";
import { type CommandContext, INT32_MAX, type RunCommand, UsageError } from "../../command.ts";
import { printJson, shown } from "../../output.ts";
import { reasonOf } from "../../reason-of.ts";
import { renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";
import { writeOutputs } from "./write-outputs.ts";

/** Records of a proof where nothing is said, and the most. */
const RECORDS = 1000;
const RECORDS_MAX = 20_000;
const TIMEOUT_MS = 120_000;
/** What is larger is neither a design nor a schema. */
const FILE_BYTES_MAX = 1024 * 1024;

export const design: RunCommand = async (context) => {
  const { options, positionals, stdout, stderr } = context;
  if (options.has("schema")) {
    printJson(context, domainJsonSchema());
    return 0;
  }
  const [file] = positionals;
  if (file === undefined) throw new UsageError("Name the design file, or give --schema.");
  if (options.has("overwrite") && !options.has("out")) throw new UsageError("--overwrite goes with --out.");
  const { domain, issues } = readDomain(await readText(file));
  if (!domain) {
    for (const issue of issues) stderr.write(shown`ottla: ${issueText(issue, file)}\n`);
    return 1;
  }
  const system = designSystem(domain, await readSchemas(domain, file));
  if (options.has("prove")) return showProof(context, domain, system);
  const plan = options.text("plan");
  if (plan !== undefined) return (await import("./plan-design.ts")).planDesign(context, domain, system, plan);
  const out = options.text("out");
  if (out !== undefined) return writeAndTell(context, system, out);
  if (options.has("json")) printJson(context, system);
  else stdout.write(page(context, system));
  return 0;
};

async function writeAndTell(context: CommandContext, system: DesignedSystem, out: string): Promise<0> {
  const written = await writeOutputs(out, outputFiles(system), context.options.has("overwrite"));
  if (context.options.has("json")) printJson(context, written);
  else
    context.stdout.write(
      shown`Wrote ${written.written.length} files to ${out} (${written.unchanged.length} were the same already, ${written.removed.length} were removed); begin with report.md.\n`,
    );
  return 0;
}

/** Status 1 when a promise does not hold. */
async function showProof(context: CommandContext, domain: Domain, system: DesignedSystem): Promise<0 | 1> {
  const { options, stdout, stderr, env } = context;
  const { prove } = await import("./prove/prove.ts");
  const checks = await prove(context, domain, system, {
    records: options.integer("records", 1, RECORDS_MAX) ?? RECORDS,
    timeoutMs: options.integer("timeout-ms", 1, INT32_MAX) ?? TIMEOUT_MS,
    onProgress: (text) => void stderr.write(`ottla: ${text} …\n`),
  });
  const failed = checks.filter(({ isGood }) => !isGood).length;
  if (options.has("json")) printJson(context, { system: system.system, isProven: failed === 0, checks });
  else {
    const rows = checks.map(({ of, what, isGood, seen }) => [isGood ? "yes" : "NO", of, what, seen]);
    stdout.write(renderTable([{ title: "holds" }, { title: "of" }, { title: "promise" }, { title: "seen" }], rows, textStyle(stdout, env)));
    stdout.write(failed === 0 ? `All ${checks.length} promises hold.\n` : `${failed} of ${checks.length} promises do not hold.\n`);
  }
  return failed === 0 ? 0 : 1;
}

async function readSchemas({ events }: Domain, file: string): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const { schema } of events) if (schema !== undefined) texts.set(schema, await readText(resolve(dirname(file), schema)));
  return texts;
}

/** Errors: `UNREADABLE_FILE`. */
async function readText(file: string): Promise<string> {
  try {
    if ((await stat(file)).size > FILE_BYTES_MAX) throw new Error(`It is larger than ${FILE_BYTES_MAX} bytes.`);
    return await readFile(file, "utf8");
  } catch (error) {
    throw new OttlaError("UNREADABLE_FILE", `${file.slice(0, 200)}: ${reasonOf(error)}`, { cause: error });
  }
}

/** What a person wants to see first: the topics with what decided, and what there is to mind. */
function page({ stdout, env }: CommandContext, { system, topics, acls, clients, notes, capacity }: DesignedSystem): string {
  const style = textStyle(stdout, env);
  const rows = topics.map(({ name, partitions, replicationFactor, reasons }) => [
    name,
    partitions,
    replicationFactor,
    reasons[0]!.reason.split(";")[0],
  ]);
  const table = renderTable(
    [{ title: "topic" }, { title: "partitions", isNumeric: true }, { title: "copies", isNumeric: true }, { title: "why so many" }],
    rows,
    style,
  );
  const figures = renderTable(
    [{ title: "capacity" }, { title: "value", isNumeric: true }],
    capacity.map(({ about, value }) => [about, value]),
    style,
  );
  return [
    shown`${system}: ${topics.length} topics, ${acls.length} ACLs, ${clients.length} clients`,
    "",
    table,
    figures,
    ...notes.map((note) => shown`- ${note}`),
    "",
    "All of it with reasons: --out DIR.",
    "",
  ].join("\n");
}
