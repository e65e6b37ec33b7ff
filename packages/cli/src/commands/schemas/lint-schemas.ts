import { OttlaError } from "@ottla/base";
import { type Finding, judgeFile, type LintOptions, type NotChecked, readLintFile, type Severity } from "@ottla/expert";
import { changeAdvice, schemaAdvice } from "@ottla/registry/lint";
import type { RunCommand } from "../../command.ts";
import { textStyle } from "../../text-style.ts";
import { type LintFormat, printFindings } from "../lint/print-findings.ts";
import { readConfig } from "../lint/read-config.ts";
import { type BaseSchemas, baseSchemas } from "./check/base-schemas.ts";
import { findingOfAdvice } from "./check/finding-of-advice.ts";
import { LinkedFiles } from "./files/link-files.ts";
import { findSchemaFiles, type SchemaFile } from "./files/schema-file.ts";
import { SchemaEngine } from "./schema-engine.ts";

const SEVERITIES: readonly Severity[] = ["error", "warning", "info"];

export const lintSchemas: RunCommand = async (context) => {
  const { options, stdout, env, signal } = context;
  const { files, unreadable } = await findSchemaFiles(context);
  const engine = await SchemaEngine.load();
  // Without a word about it, schemas are judged by themselves.
  const base = options.has("against") ? await baseSchemas(context, engine) : undefined;
  const lintOptions: LintOptions = { config: await readConfig(undefined) };
  const linked = new LinkedFiles(files, { locked: base?.locked });
  const notChecked: NotChecked[] = unreadable.map(({ path, reason }) => ({ subject: path, reason }));
  const findings: Finding[] = [];
  for (const file of files) {
    signal.throwIfAborted();
    const read = await readLintFile({ path: file.path, text: file.text });
    notChecked.push(...read.notChecked);
    const advice = await adviceOn(file, linked, engine, base);
    if ("reason" in advice) notChecked.push({ subject: file.path, reason: advice.reason });
    findings.push(...judgeFile(file.path, read, lintOptions, "findings" in advice ? advice.findings : []));
  }
  const format = options.has("json")
    ? "json"
    : ((options.text("format") ?? (env["GITHUB_ACTIONS"] === "true" ? "github" : "text")) as LintFormat);
  stdout.write(printFindings({ findings, notChecked, documents: files.length, leftOut: 0 }, format, textStyle(stdout, env)));
  const failOn = (options.text("fail-on") ?? "warning") as Severity;
  const grave = SEVERITIES.slice(0, SEVERITIES.indexOf(failOn) + 1);
  return notChecked.length > 0 || findings.some(({ severity }) => grave.includes(severity)) ? 1 : 0;
};

/** What readers would misread of a schema, and of its change where there is an older one. */
async function adviceOn(
  file: SchemaFile,
  linked: LinkedFiles,
  engine: SchemaEngine,
  base: BaseSchemas | undefined,
): Promise<{ readonly findings: readonly Finding[] } | { readonly reason: string }> {
  try {
    const schema = engine.parse(file.schemaType, file.text, linked.resolvedOf(file));
    const older = (await base?.of(file))?.versions.at(-1)?.schema;
    const advice = [...schemaAdvice(schema), ...(older === undefined ? [] : changeAdvice(older, schema))];
    return { findings: advice.map((each) => findingOfAdvice(file, each)) };
  } catch (error) {
    if (!(error instanceof OttlaError) || error.code.startsWith("REGISTRY_UNREACHABLE")) throw error;
    return { reason: error.message };
  }
}
