import { OttlaError, printableJson } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import type { Admin } from "@ottla/client";
import { type Profile, ruleById, type Severity } from "@ottla/expert";
import { glanceUntil, type SnapshotOptions, takeSnapshot } from "@ottla/expert/collect";
import {
  type ClusterObservation,
  type DoctorReport,
  doctorMetrics,
  examineInSlices,
  type ExamineOptions,
  observeInSlices,
} from "@ottla/expert/doctor";
import type { KafkaTools } from "@ottla/expert/plan";
import { DEFAULT_BOOTSTRAP_SERVER } from "../../cluster-options.ts";
import { type CommandContext, type RunCommand, UsageError } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson, shown } from "../../output.ts";
import { textStyle } from "../../text-style.ts";
import { looksMin, milliseconds } from "../lag/observed-groups.ts";
import { readConfig } from "../lint/read-config.ts";
import { lookOptions } from "./look-options.ts";
import { readApplications } from "./read-applications.ts";
import { printReport } from "./print-report.ts";
import { writePlan } from "./write-plan.ts";

export const doctor: RunCommand = async (context) => {
  const { options, signal } = context;
  const examine = await examineOptions(context);
  const lookThrough = await lookOptions(context);
  const forMs = milliseconds(options, "for", 0);
  const everyMs = milliseconds(options, "every", 5, 0.1);
  const watchMs = options.has("watch") ? milliseconds(options, "watch", 0, 0.1) : undefined;
  const planPath = options.text("fix");
  if (watchMs !== undefined && planPath !== undefined) throw new UsageError("--fix writes a plan of one judgement; leave out --watch.");
  if (options.has("json") && options.has("prometheus"))
    throw new UsageError("Give either --json or --prometheus; the output is one of them.");
  if (watchMs !== undefined && forMs > 0) throw new UsageError("Give either --for or --watch: --watch goes on until Ctrl-C.");
  try {
    return await withClient(context, async (client) => {
      const admin = client.admin();
      const look = lookThrough(client);
      let last: ClusterObservation | undefined;
      if (watchMs === undefined) {
        const { observation, lost } = await observeFor(context, admin, look, forMs, everyMs);
        const report = asLost(await examineInSlices(observation, systemClock, examine), lost);
        const status = tell(context, report);
        if (planPath !== undefined && lost === undefined) await writePlan(context, admin, report, planPath, toolsOf(context));
        return status;
      }
      let status: 0 | 1 | 2 = 2;
      while (!signal.aborted) {
        const began = systemClock.monotonicMs();
        try {
          last = await observeInSlices(last, await takeSnapshot(admin, { ...look, before: last?.snapshot }), systemClock);
        } catch (error) {
          if (signal.aborted) break;
          throw error;
        }
        status = tell(context, await examineInSlices(last, systemClock, examine));
        last = await glanceUntil(admin, last, began + watchMs, { clock: systemClock, signal });
      }
      return status;
    });
  } catch (error) {
    if (signal.aborted || !(error instanceof OttlaError) || error.code === "PLAN_UNWRITABLE") throw error;
    return couldNotLook(context, error);
  }
};

async function examineOptions({ options, signal }: CommandContext): Promise<ExamineOptions> {
  const only = options.texts("only").flatMap((word) => word.split(",").map((each) => each.trim()));
  for (const word of only)
    if (!/^[a-z]{3}$/i.test(word) && !ruleById(word)) throw new UsageError(`There is no rule ${word}; "ottla explain" lists them.`);
  const profile = options.text("profile") as Profile | undefined;
  const minSeverity = options.text("min-severity") as Severity | undefined;
  const applications = options.texts("applications");
  const { thresholds, deployedFirst, version: kafkaVersion } = await readConfig(options.text("config"));
  return {
    thresholds,
    ...(deployedFirst && { deployedFirst }),
    ...(applications.length > 0 && { declaredConsumers: await readApplications(applications, signal, kafkaVersion) }),
    ...(only.length > 0 && { only }),
    ...(profile && { profile }),
    ...(minSeverity && { minSeverity }),
  };
}

/** Looks, and why there are no more of them although there was time: the cluster does not answer any more. */
interface Watched {
  readonly observation: ClusterObservation;
  readonly lost?: OttlaError;
}

/** What was seen before is told; that all is well is not, whatever it was. */
function asLost(report: DoctorReport, lost: OttlaError | undefined): DoctorReport {
  if (lost === undefined) return report;
  const reason = `After ${report.looks} ${report.looks === 1 ? "look" : "looks"} it did not answer any more; what is told was seen before. (${lost.message})`;
  return { ...report, verdict: "unseen", notChecked: [{ subject: "the cluster as it is now", reason }, ...report.notChecked] };
}

/** Looks until the time is over, at least once; never twice at once. */
async function observeFor(
  { signal, stderr }: CommandContext,
  admin: Admin,
  look: SnapshotOptions,
  forMs: number,
  everyMs: number,
): Promise<Watched> {
  if (forMs >= 2000 && stderr.isTTY) stderr.write(`Watching for ${forMs / 1000} s; Ctrl-C ends it.\n`);
  const endMs = systemClock.monotonicMs() + forMs;
  let observation: ClusterObservation | undefined;
  for (;;) {
    const began = systemClock.monotonicMs();
    try {
      const snapshot = await takeSnapshot(admin, { ...look, before: observation?.snapshot });
      observation = await observeInSlices(observation, snapshot, systemClock);
    } catch (error) {
      if (signal.aborted || observation === undefined || !(error instanceof OttlaError)) throw error;
      return { observation, lost: error };
    }
    if (observation.looks >= looksMin(forMs) && systemClock.monotonicMs() >= endMs) return { observation };
    observation = await glanceUntil(admin, observation, Math.min(endMs, began + everyMs), { clock: systemClock, signal });
    signal.throwIfAborted();
  }
}

/** Where commands that are advised go. */
function toolsOf({ options, env }: CommandContext): KafkaTools {
  const bootstrapServer = options.text("bootstrap-server") ?? env["OTTLA_BOOTSTRAP_SERVER"] ?? DEFAULT_BOOTSTRAP_SERVER;
  const commandConfig = options.text("command-config");
  return { bootstrapServer, ...(commandConfig !== undefined && { commandConfig }) };
}

function tell(context: CommandContext, report: DoctorReport): 0 | 1 | 2 {
  const { options, stdout, env } = context;
  if (options.has("prometheus")) stdout.write(doctorMetrics(report));
  else if (!options.has("json")) stdout.write(printReport(report, toolsOf(context), textStyle(stdout, env)));
  else if (options.has("watch")) stdout.write(`${printableJson(report)}\n`);
  else printJson(context, report);
  return report.verdict === "healthy" ? 0 : report.verdict === "findings" ? 1 : 2;
}

/** What could not be looked at is never healthy. */
function couldNotLook(context: CommandContext, error: OttlaError): 2 {
  if (context.options.has("json"))
    printJson(context, { verdict: "unseen", findings: [], notChecked: [{ subject: "cluster", reason: error.message }] });
  context.stderr.write(shown`ottla: ${error.message}\n`);
  return 2;
}
