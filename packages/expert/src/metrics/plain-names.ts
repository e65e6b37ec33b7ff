import type { MetricSample } from "./parse-metrics.ts";

/**
 * A metric's name without what exporters write in different ways: case, lines between words, and whether the name of an MBean stands in the metric's name or in a label. `kafka_server_KafkaRequestHandlerPool_OneMinuteRate{name="RequestHandlerAvgIdlePercent"}`
 * and Strimzi's `kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent` both hold `requesthandleravgidle`.
 */
export function plainName({ name, labels }: MetricSample): string {
  const bean = labels["name"];
  return plain(bean === undefined ? name : `${name} ${bean}`);
}

/** A label, however it is spelt: `client-id`, `client_id`, `clientId`. */
export function labelOf({ labels }: MetricSample, word: string): string | undefined {
  for (const [name, value] of Object.entries(labels)) if (plain(name) === word) return value;
  return undefined;
}

/** Letters and digits alone, in lower case. */
function plain(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** Where a sample of a client or of Streams belongs, and what it measures: `consumermetrics`, `pollidleratioavg`. By the names of Java's MBeans, or those that clients send them by (KIP-714). */
export function clientMetricOf(name: string): { readonly group: ClientMetricGroup; readonly attribute: string } | undefined {
  const found =
    /^(?:kafka(?:consumer|producer|streams)|orgapachekafka|kafka)?(consumerfetchmanager|consumercoordinator|consumer|producer|streamthread|streamtask|streamstateupdater|streamprocessornode|stream)(?:metrics)?([a-z0-9]+)$/.exec(
      name,
    );
  return found === null ? undefined : { group: found[1] as ClientMetricGroup, attribute: found[2]! };
}

type ClientMetricGroup =
  | "consumerfetchmanager"
  | "consumercoordinator"
  | "consumer"
  | "producer"
  | "streamthread"
  | "streamtask"
  | "streamstateupdater"
  | "streamprocessornode"
  | "stream";
