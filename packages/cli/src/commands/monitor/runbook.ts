import { ruleById } from "@ottla/expert";
import { takeSnapshot } from "@ottla/expert/collect";
import { type DoctorReport, examineCluster, observeCluster } from "@ottla/expert/doctor";
import { type Alert, alertByName, alerts, runbookPage, SIGNAL_LABELS } from "@ottla/expert/monitor";
import { type CommandContext, type RunCommand, UsageError } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson, shown } from "../../output.ts";
import { lookOptions } from "../doctor/look-options.ts";

/** Labels of alerts, and places that only a person can fill. */
const PLACES: ReadonlySet<string> = new Set([...SIGNAL_LABELS, "user", "offset", "metrics"]);

export const runbook: RunCommand = async (context) => {
  const { options, positionals, stdout } = context;
  const alert = alertByName(positionals[0]!);
  if (!alert) throw new UsageError(`There is no alert ${positionals[0]}; there are ${alerts.map(({ name }) => name).join(", ")}.`);
  const labels = readLabels(options.texts("label"));
  const now = options.has("bootstrap-server") ? await lookNow(context, alert) : undefined;
  if (options.has("json"))
    printJson(context, {
      alert: alert.name,
      severity: alert.severity,
      rule: alert.rule,
      labels,
      ...alert.runbook,
      ...(now && { now: { findings: now.findings, notChecked: now.notChecked } }),
    });
  else stdout.write(`${now ? seenNow(now) : ""}${runbookPage(alert, labels)}\n`);
  return 0;
};

/** What the doctor finds by the alert's rule; undefined where no rule sees the same. */
async function lookNow(context: CommandContext, { name, rule }: Alert): Promise<DoctorReport | undefined> {
  if (rule === undefined || !ruleById(rule)) {
    context.stderr.write(`ottla: No rule of the doctor sees what ${name} tells; the steps alone follow.\n`);
    return undefined;
  }
  const lookThrough = await lookOptions(context);
  return withClient(context, async (client) => {
    const snapshot = await takeSnapshot(client.admin(), lookThrough(client));
    return examineCluster(observeCluster(undefined, snapshot), { only: [rule] });
  });
}

function seenNow({ findings, notChecked, takenAtMs }: DoctorReport): string {
  const lines = findings.map(({ subject, message }) => shown`- ${subject}: ${message}\n`);
  const gaps = notChecked.map(({ subject, reason }) => shown`- not seen: ${subject}: ${reason}\n`);
  const nothing = lines.length === 0 && gaps.length === 0 ? ["- nothing of it\n"] : [];
  return [`Now (${new Date(takenAtMs).toISOString()}):\n`, ...lines, ...gaps, ...nothing, "\n"].join("");
}

function readLabels(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf("=");
      const name = text.slice(0, at);
      if (at < 1 || at === text.length - 1) throw new UsageError(`--label ${text} is no NAME=VALUE.`);
      if (!PLACES.has(name)) throw new UsageError(`--label ${name}: an alert has no such label; there are ${[...PLACES].join(", ")}.`);
      return [name, text.slice(at + 1)];
    }),
  );
}
