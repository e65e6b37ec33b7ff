import { stringify } from "yaml";
import type { Alert, AlertSettings } from "./alert.ts";
import { SIGNAL_LABELS, type SignalLabel, type SignalName } from "./signal.ts";
import type { SignalReader } from "./signal-reader.ts";

/** One rule of Prometheus's rule files. */
export interface PrometheusRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RuleOptions {
  readonly read: SignalReader;
  readonly settings: AlertSettings;
  /** Where runbook pages are served; each is named as its alert. */
  readonly runbookUrl: string;
}

/** The rule of an alert in the words of the profiles. */
export function prometheusRule(alert: Alert, { read, settings, runbookUrl }: RuleOptions): PrometheusRule {
  const signal = alert.needs.at(-1)!;
  return {
    alert: alert.name,
    expr: alert.expression(read, settings),
    ...(alert.forMinutes > 0 && { for: `${alert.forMinutes}m` }),
    labels: { severity: alert.severity, ...(alert.rule !== undefined && { rule: alert.rule }) },
    annotations: {
      summary: alert.summary,
      description: inTemplate(alert.description, read, signal),
      runbook_url: `${runbookUrl.replace(/\/$/, "")}/${alert.name}.md`,
      command: `ottla runbook ${alert.name}${alert.labels
        .filter((label) => label !== "cluster" && label !== "rule")
        .map((label) => ` --label ${label}={{ $labels.${read.label(label, signal)} }}`)
        .join("")}`,
    },
  };
}

/** A rule file. `kubernetes`: as a PrometheusRule resource. */
export function ruleFile(rules: readonly PrometheusRule[], form: "prometheus" | "kubernetes"): string {
  const groups = [{ name: "kafka", interval: "1m", rules }];
  if (form === "prometheus") return yamlText({ groups });
  return yamlText({
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    metadata: { name: "kafka", labels: { role: "alert-rules" } },
    spec: { groups },
  });
}

/** YAML without folding, so that expressions stay in one line. */
export function yamlText(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** `<group>` becomes what Prometheus puts the label's value for. */
function inTemplate(text: string, read: SignalReader, signal: SignalName): string {
  return text.replace(/<(\w+)>/g, (place, name: string) =>
    SIGNAL_LABELS.includes(name as SignalLabel) ? `{{ $labels.${read.label(name as SignalLabel, signal)} }}` : place,
  );
}
