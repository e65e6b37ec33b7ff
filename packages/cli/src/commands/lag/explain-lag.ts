import { systemClock } from "@ottla/base/node";
import { explainByMetrics, explainLag, type LagCause, type LagReport, printNumber, printSeconds, reportLag } from "@ottla/expert";
import { readMetrics } from "@ottla/expert/collect";
import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson, reportFailures, shown } from "../../output.ts";
import { type TextStyle, textStyle } from "../../text-style.ts";
import { metricsPages } from "../doctor/look-options.ts";
import { failuresOf, milliseconds, watchFor } from "./observed-groups.ts";

export const explainGroup: RunCommand = (context) => {
  const { options, positionals, stdout, env, signal } = context;
  const forMs = milliseconds(options, "for", 15);
  const everyMs = milliseconds(options, "every", 1, 0.1);
  const pages = metricsPages(context);
  return withClient(context, async (client) => {
    const watched = await watchFor(context, client.admin(), forMs, everyMs);
    const failures = [...failuresOf(watched, positionals)];
    const [observation] = watched.observations.values();
    if (!observation) return reportFailures(context, failures);
    const report = reportLag(observation);
    const metrics = await readMetrics(pages, systemClock, signal);
    const causes = [...explainLag(observation, report).causes, ...explainByMetrics(observation, metrics)];
    failures.push(...metrics.unread.map(({ page: at, reason }) => ({ name: `metrics of ${at}`, error: "NOT_SEEN", message: reason })));
    if (options.has("json")) printJson(context, { ...report, causes });
    else stdout.write(page(report, causes, failures.length === 0, textStyle(stdout, env)));
    return reportFailures(context, failures);
  });
};

function page(report: LagReport, causes: readonly LagCause[], isWhole: boolean, style: TextStyle): string {
  const { groupId, state, members, totalLag, timeLagMs, observedMs } = report;
  const facts = [
    state,
    `${members} ${members === 1 ? "member" : "members"}`,
    `${printNumber(totalLag)} records wait`,
    timeLagMs !== undefined && `the oldest for about ${printSeconds(timeLagMs / 1000)}`,
    `watched for ${printSeconds(Math.round(observedMs / 100) / 10)}`,
  ];
  const head = `${style.bold(shown`${groupId}`)}  ${facts.filter(Boolean).join(", ")}\n`;
  if (causes.length === 0 && !isWhole) return `${head}Nothing waits in what could be seen; not all of it could.\n`;
  if (causes.length === 0) return `${head}${style.green("Nothing waits: the group is where the records end.")}\n`;
  return [head, ...causes.map((cause, i) => causeText(cause, i + 1, style))].join("\n");
}

function causeText({ id, what, evidence, remedy, commands }: LagCause, number: number, style: TextStyle): string {
  const lines = [
    `${number}. ${style.yellow(shown`${what}`)} ${style.dim(`(${id})`)}`,
    shown`   Seen: ${evidence}`,
    shown`   Do: ${remedy}`,
  ];
  return `${[...lines, ...commands.map((command) => shown`     ${command}`)].join("\n")}\n`;
}
