import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { OttlaError } from "@ottla/base";
import { generateMonitoring, type Monitoring, type MonitoringOptions } from "@ottla/expert/monitor";
import { type ParsedOptions, type RunCommand, UsageError } from "../../command.ts";
import { printJson } from "../../output.ts";

export const generate: RunCommand = async (context) => {
  const { options, stdout } = context;
  const monitoring = make(options);
  const folder = options.text("out");
  if (folder !== undefined) for (const { path, content } of monitoring.files) await write(join(folder, path), content);
  const { files, alerts, leftOut, profiles } = monitoring;
  if (options.has("json")) {
    printJson(context, {
      alerts: alerts.map(({ name }) => name),
      leftOut,
      files: files.map(({ path, content }) => (folder === undefined ? { path, content } : { path: join(folder, path) })),
    });
    return 0;
  }
  if (folder === undefined) throw new UsageError("Give --out FOLDER, or --json for all files in one document.");
  stdout.write(`${files.length} files in ${folder}: ${alerts.length} alerts with tests and runbooks, routes, dashboards.\n`);
  stdout.write(`To be scraped:\n${profiles.map(({ name, scrape }) => `- ${name}: ${scrape}\n`).join("")}`);
  if (leftOut.length > 0) stdout.write(`Left out, since no profile has their metrics: ${leftOut.map(({ alert }) => alert).join(", ")}.\n`);
  return 0;
};

function make(options: ParsedOptions): Monitoring {
  const profiles = options.texts("profile");
  if (profiles.length === 0) throw new UsageError("Give --profile: what is scraped. ottla monitor alerts tells what each has.");
  const brokers = options.integer("brokers", 1);
  const text = (name: string, key: keyof MonitoringOptions) => {
    const value = options.text(name);
    return value === undefined ? {} : { [key]: value };
  };
  try {
    return generateMonitoring({
      profiles,
      settings: { lagSeconds: options.integer("lag-seconds", 1) ?? 60, ...(brokers !== undefined && { brokers }) },
      ...text("data-mountpoint", "dataMountpoint"),
      ...text("runbook-url", "runbookUrl"),
      ...text("critical-webhook", "criticalUrl"),
      ...text("warning-webhook", "warningUrl"),
    });
  } catch (error) {
    throw error instanceof OttlaError ? new UsageError(error.message) : error;
  }
}

async function write(path: string, content: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  } catch (error) {
    throw new OttlaError("CANNOT_WRITE", `${path} cannot be written: ${(error as Error).message}. Give another --out.`);
  }
}
