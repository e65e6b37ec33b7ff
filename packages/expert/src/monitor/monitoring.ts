import { OttlaError } from "@ottla/base";
import { type Alert, type AlertSettings, DEFAULT_ALERT_SETTINGS } from "./alert.ts";
import { alerts } from "./alerts/alerts.ts";
import { dashboards } from "./dashboard.ts";
import type { MetricProfile } from "./metric-profile.ts";
import { kafkaExporter, kafkaLagExporter, kminion, machine } from "./profiles/exporters.ts";
import { jmx, strimzi } from "./profiles/jmx.ts";
import { ottla } from "./profiles/ottla.ts";
import { streams, streamsOtel } from "./profiles/streams.ts";
import { alertmanagerFile, type RouteOptions } from "./render-alertmanager.ts";
import { grafanaDashboard } from "./render-dashboard.ts";
import { ruleTestFile } from "./render-rule-tests.ts";
import { prometheusRule, ruleFile } from "./render-rules.ts";
import { runbookPage } from "./render-runbook.ts";
import type { SignalName } from "./signal.ts";
import { SignalReader } from "./signal-reader.ts";

/** What is scraped, and what may be set. */
export interface MonitoringOptions extends RouteOptions {
  /** Names of profiles; a signal comes from the first that has it. */
  readonly profiles: readonly string[];
  readonly settings?: AlertSettings;
  /** Where node_exporter sees the disk of the logs. Default `/var/lib/kafka`. */
  readonly dataMountpoint?: string;
  /** Where the runbooks will be served. Default: as they lie beside the rules. */
  readonly runbookUrl?: string;
}

/** A file, by its path below the folder that is written to. */
export interface GeneratedFile {
  readonly path: string;
  readonly content: string;
}

/** Everything that was made, and what could not be. */
export interface Monitoring {
  readonly files: readonly GeneratedFile[];
  readonly alerts: readonly Alert[];
  /** What no profile has all the metrics for, with the signals it needs. */
  readonly leftOut: readonly { readonly alert: string; readonly needs: readonly SignalName[] }[];
  readonly profiles: readonly MetricProfile[];
}

const RULES = "kafka-rules.yaml";
const DEFAULT_MOUNTPOINT = "/var/lib/kafka";

/** All profiles, in the order of the overview. */
export function metricProfiles(dataMountpoint: string = DEFAULT_MOUNTPOINT): readonly MetricProfile[] {
  return [strimzi, jmx, ottla, kminion, kafkaExporter, kafkaLagExporter, machine(dataMountpoint), streams, streamsOtel];
}

/**
 * Rules, tests of the rules, routes, dashboards and runbooks in the words of the exporters. Pure; the same options give the same bytes.
 * Errors: `UNKNOWN_PROFILE`, `INVALID_INPUT` (no profile, a number of brokers or seconds that is none).
 */
export function generateMonitoring(options: MonitoringOptions): Monitoring {
  const { settings = DEFAULT_ALERT_SETTINGS, runbookUrl = "runbooks" } = options;
  const profiles = chosenProfiles(options);
  const read = new SignalReader(profiles);
  const readable = alerts.flatMap((alert) => {
    const own = read.together(alert.needs);
    return own ? [{ alert, read: own }] : [];
  });
  if (readable.length === 0)
    throw new OttlaError(
      "INVALID_INPUT",
      `No alert can be made of ${options.profiles.join(", ")} alone; add a profile of the brokers' metrics.`,
    );
  const rules = readable.map(({ alert, read: own }) => prometheusRule(alert, { read: own, settings, runbookUrl }));
  const files: GeneratedFile[] = [
    { path: RULES, content: ruleFile(rules, "prometheus") },
    { path: "kafka-prometheusrule.yaml", content: ruleFile(rules, "kubernetes") },
    { path: "kafka-rules.test.yaml", content: ruleTestFile(readable, RULES) },
    { path: "alertmanager.yaml", content: alertmanagerFile(labelOf(read, "cluster"), labelOf(read, "group"), options) },
  ];
  for (const dashboard of dashboards) {
    const grafana = grafanaDashboard(dashboard, read);
    if (grafana) files.push({ path: `dashboards/${dashboard.name}.json`, content: `${JSON.stringify(grafana, undefined, 2)}\n` });
  }
  for (const { alert } of readable) files.push({ path: `runbooks/${alert.name}.md`, content: runbookPage(alert) });
  const possible = readable.map(({ alert }) => alert);
  const leftOut = alerts.filter((alert) => !possible.includes(alert)).map(({ name, needs }) => ({ alert: name, needs }));
  return { files, alerts: possible, leftOut, profiles };
}

function chosenProfiles({ profiles, settings, dataMountpoint }: MonitoringOptions): readonly MetricProfile[] {
  if (profiles.length === 0) throw new OttlaError("INVALID_INPUT", "Monitoring needs at least one profile.");
  if (settings && !(settings.lagSeconds > 0 && Number.isFinite(settings.lagSeconds)))
    throw new OttlaError("INVALID_INPUT", `lagSeconds is ${settings.lagSeconds}; it must be a number above 0.`);
  if (settings?.brokers !== undefined && !(Number.isInteger(settings.brokers) && settings.brokers > 0))
    throw new OttlaError("INVALID_INPUT", `brokers is ${settings.brokers}; it must be a whole number above 0.`);
  const known = metricProfiles(dataMountpoint);
  return profiles.map((name) => {
    const profile = known.find((candidate) => candidate.name === name);
    if (profile) return profile;
    throw new OttlaError(
      "UNKNOWN_PROFILE",
      `There is no profile ${JSON.stringify(name)}; there are ${known.map((each) => each.name).join(", ")}.`,
    );
  });
}

/** What the first profile calls it; routes look at labels of several signals. */
function labelOf(read: SignalReader, label: "cluster" | "group"): string {
  return read.profiles.map(({ labels }) => labels[label]).find((name) => name !== undefined) ?? label;
}
