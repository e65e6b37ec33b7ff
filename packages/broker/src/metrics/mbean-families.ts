import { type Clock, type LatencyHistogram, labelText, type MetricFamily } from "@ottla/base";

/** A metric as Apache Kafka registers it: `kafka.server:type=BrokerTopicMetrics,name=MessagesInPerSec` is `["server", "BrokerTopicMetrics", "MessagesInPerSec"]`. */
export type MBean = readonly [domain: string, type: string, name: string];

type Collect = MetricFamily["collect"];

/**
 * The beginning of a name. Kafka's meters, gauges and histograms appear under the names that the usual rules of the Prometheus JMX exporter give them: those of Strimzi
 * (`…_messagesin_total`, `…_totaltimems_count`) and of Confluent (`…_messagesinpersec`), whose dashboards read them. Where both have one name there is one family.
 */
function prefixOf([domain, type, name]: MBean): string {
  return `kafka_${domain}_${type}_${name}`.toLowerCase().replaceAll(/[^a-z0-9_]/g, "_");
}

/** What Kafka counts by a meter; `name` ends with "PerSec". */
export function meter(bean: MBean, help: string, collect: Collect): MetricFamily[] {
  const [domain, type, name] = bean;
  return [
    { name: `${prefixOf([domain, type, name.slice(0, -"PerSec".length)])}_total`, type: "counter", help, collect },
    { name: prefixOf(bean), type: "counter", help, collect },
  ];
}

export function gauge(bean: MBean, help: string, collect: Collect): MetricFamily[] {
  return [{ name: prefixOf(bean), type: "gauge", help, collect }];
}

/** A gauge without labels. */
export function plainGauge(bean: MBean, help: string, value: () => number): MetricFamily[] {
  return gauge(bean, help, function* (sink) {
    sink("", value());
    yield;
  });
}

/** A share between 0 and 1; `name` ends with "Percent". */
export function percent(bean: MBean, help: string, value: () => number): MetricFamily[] {
  const [domain, type, name] = bean;
  const strimzi: MBean = [domain, type, `${name.slice(0, -"Percent".length)}_percent`];
  return [...plainGauge(strimzi, help, value), ...plainGauge(bean, help, value)];
}

/** A metric of the process itself, by its full name. */
export function own(name: string, type: MetricFamily["type"], help: string, collect: Collect): MetricFamily {
  return { name, type, help, collect };
}

/** As JMX's attributes 50thPercentile to 999thPercentile come out. */
const KAFKA_QUANTILES: readonly (readonly [share: number, text: string])[] = [
  [0.5, "0.50"],
  [0.75, "0.75"],
  [0.95, "0.95"],
  [0.98, "0.98"],
  [0.99, "0.99"],
  [0.999, "0.999"],
];
const SHARES = KAFKA_QUANTILES.map(([share]) => share);

type Labels = Readonly<Record<string, string | number>>;

/** What Kafka measures by a timer or a histogram of times. */
export function timer(
  bean: MBean,
  help: string,
  clock: Clock,
  each: () => Iterable<readonly [labels: Labels, times: LatencyHistogram]>,
): MetricFamily[] {
  return [
    ...gauge(bean, `${help}, in ms, over the last five to ten minutes.`, function* (sink) {
      for (const [labels, times] of each()) {
        const quantiles = times.quantiles(SHARES, clock.monotonicMs());
        for (const [i, [, quantile]] of KAFKA_QUANTILES.entries()) sink(labelText({ ...labels, quantile }), quantiles?.[i] ?? NaN);
        yield;
      }
    }),
    own(`${prefixOf(bean)}_count`, "counter", `${help}: how many were measured.`, function* (sink) {
      for (const [labels, times] of each()) {
        sink(labelText(labels), times.count);
        yield;
      }
    }),
  ];
}

/** A topic's labels; topic names hold nothing that needs escaping. */
export function topicLabel(topic: string): string {
  return `{topic="${topic}"}`;
}

export function partitionLabels(topic: string, partition: number): string {
  return `{topic="${topic}",partition="${partition}"}`;
}
