import { yamlText } from "./render-rules.ts";

export interface RouteOptions {
  /** Where critical alerts go, as a webhook; absent: a receiver without a destination, to be filled in. */
  readonly criticalUrl?: string;
  /** Where warnings go. */
  readonly warningUrl?: string;
}

/** What hides what: a cause that is told makes its consequences silent. */
const INHIBITIONS: readonly { readonly cause: string; readonly consequences: string }[] = [
  { cause: "KafkaBrokerMissing", consequences: "KafkaUnderReplicated|KafkaTargetDown|KafkaIsrChurn|KafkaQuorumLag" },
  { cause: "KafkaOfflinePartitions", consequences: "KafkaUnderReplicated|KafkaUnderMinIsr" },
  { cause: "KafkaUnderMinIsr", consequences: "KafkaUnderReplicated" },
  { cause: "KafkaLogDirOffline", consequences: "KafkaUnderReplicated" },
  { cause: "KafkaGroupStalled|KafkaGroupStopped|KafkaGroupWithoutMembers", consequences: "KafkaGroupFallingBehind|KafkaGroupLate" },
  { cause: "KafkaDiskNearlyFull", consequences: "KafkaDiskTight|KafkaDiskFilling|KafkaDiskFullInFourDays" },
  { cause: "KafkaDiskTight", consequences: "KafkaDiskFilling" },
  { cause: "KafkaHandlersSaturated", consequences: "KafkaHandlersBusy|KafkaProduceSlow|KafkaFetchSlow" },
  { cause: "KafkaCertificateEndsSoon", consequences: "KafkaCertificateEnds" },
];

/**
 * Routes for Alertmanager: one message per cluster and severity, critical ones at once and again every hour, warnings every twelve hours, information nowhere. `clusterLabel` and `groupLabel` are the
 * exporter's names.
 */
export function alertmanagerFile(clusterLabel: string, groupLabel: string, { criticalUrl, warningUrl }: RouteOptions): string {
  return yamlText({
    route: {
      receiver: "kafka-warning",
      group_by: ["alertname", clusterLabel],
      group_wait: "30s",
      group_interval: "5m",
      repeat_interval: "12h",
      routes: [
        { matchers: ['severity="critical"'], receiver: "kafka-critical", group_wait: "10s", repeat_interval: "1h" },
        { matchers: ['severity="info"'], receiver: "kafka-nobody" },
      ],
    },
    receivers: [receiver("kafka-critical", criticalUrl), receiver("kafka-warning", warningUrl), { name: "kafka-nobody" }],
    inhibit_rules: INHIBITIONS.map(({ cause, consequences }) => ({
      source_matchers: [matcher(cause)],
      target_matchers: [matcher(consequences)],
      equal: cause.includes("Group") ? [clusterLabel, groupLabel] : [clusterLabel],
    })),
  });
}

function receiver(name: string, url: string | undefined) {
  return { name, ...(url !== undefined && { webhook_configs: [{ url, send_resolved: true }] }) };
}

function matcher(names: string): string {
  return names.includes("|") ? `alertname=~"${names}"` : `alertname="${names}"`;
}
