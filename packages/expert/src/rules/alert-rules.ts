import { promWords, type PromWord } from "../lint/prom-words.ts";
import type { Settings } from "../lint/settings.ts";
import type { Hit, SettingsRule } from "./rule.ts";

/** What exporters of Kafka's groups and brokers call their series; names of JMX rules are anybody's own, and are not judged. */
const EXPORTERS: readonly { readonly family: RegExp; readonly exporter: string; readonly names: readonly string[] }[] = [
  {
    family: /^kafka_consumergroup_/,
    exporter: "kafka_exporter and kafka-lag-exporter",
    names: [
      ...["current_offset", "current_offset_sum", "lag", "lag_sum", "members", "lag_zookeeper"],
      ...[
        "group_offset",
        "group_lag",
        "group_lag_seconds",
        "group_max_lag",
        "group_max_lag_seconds",
        "group_sum_lag",
        "group_topic_sum_lag",
      ],
      "poll_time_ms",
    ].map((name) => `kafka_consumergroup_${name}`),
  },
  { family: /^kafka_brokers/, exporter: "kafka_exporter", names: ["kafka_brokers"] },
  {
    family: /^kafka_consumer_group_/,
    exporter:
      "the OpenTelemetry collector alone; kafka_exporter has kafka_consumergroup_lag, KMinion kminion_kafka_consumer_group_topic_lag",
    names: [],
  },
];

/** Lag in records, by whatever exporter. */
const LAG_RECORDS =
  /^(kafka_consumer_?group_lag(_sum)?|kafka_consumergroup_group(_max|_sum|_topic_sum)?_lag|kminion_kafka_consumer_group_topic(_partition)?_lag|ottla_group(_partition)?_lag_records)$/;

function wordsOf(settings: Settings): readonly PromWord[] {
  const [entry] = settings.isOf("alert") ? settings.entries : [];
  return entry === undefined ? [] : (promWords(entry.value) ?? []);
}

/** Words behind which brackets hold names of labels. */
const OF_LABELS = /^(by|without|on|ignoring|group_left|group_right)$/i;

/** Series are names that no bracket follows (that would be a function) and that are no names of labels. */
function series(words: readonly PromWord[]): readonly string[] {
  const found = new Set<string>();
  let isLabels = false;
  for (const [i, { is, text }] of words.entries()) {
    if (text === ")") isLabels = false;
    if (is !== "name" || isLabels) continue;
    if (words[i + 1]?.text !== "(") found.add(text);
    else isLabels = OF_LABELS.test(text);
  }
  return [...found];
}

function evidence(settings: Settings): string {
  return settings.entries[0]!.value.replaceAll(/\s+/g, " ").slice(0, 200);
}

/** Rules over alerts on Kafka. */
export const alertRulesOverFiles: readonly SettingsRule[] = [
  {
    id: "MON-01",
    name: "unknown-series",
    severity: "warning",
    confidence: "needs context",
    condition: "an expression of Prometheus with a series of groups or brokers that none of the usual exporters has",
    why: "An expression over a series that is not there is empty: the alert never fires, and nobody learns of it.",
    fix: 'Take the name that the exporter has ("ottla monitor gen" writes alerts for each, with tests), or put it right in a rule of your own.',
    source: "documentation of kafka_exporter, kafka-lag-exporter, KMinion, the OpenTelemetry collector",
    check: (settings) =>
      series(wordsOf(settings)).flatMap((name): Hit[] => {
        const known = EXPORTERS.find(({ family }) => family.test(name));
        return known === undefined || known.names.includes(name)
          ? []
          : [
              {
                key: "expr",
                message:
                  known.names.length === 0
                    ? `${name} is a series of ${known.exporter}.`
                    : `${name} is no series of ${known.exporter}, which have ${known.names.slice(0, 3).join(", ")}.`,
                evidence: evidence(settings),
              },
            ];
      }),
    examples: [
      { kind: "alert", settings: { expr: 'kafka_consumer_group_lag{group="stock"} / 2' }, hits: 1 },
      { kind: "alert", settings: { expr: "kafka_brokers_count < 3" }, hits: 1 },
      { kind: "alert", settings: { expr: "kafka_brokers < 3" }, hits: 0 },
      {
        kind: "alert",
        settings: { expr: "up / on (kafka_brokers_id, job) group_left (kafka_consumer_group_name) kafka_brokers" },
        hits: 0,
      },
      { kind: "alert", settings: { expr: "sum BY (kafka_brokers_id) (kafka_brokers_count)" }, hits: 1 },
      { kind: "alert", settings: { expr: "kafka_brokers_of (up) == 0" }, hits: 0 },
      { kind: "alert", settings: { expr: 'sum by (group) (kafka_consumergroup_lag_sum{consumergroup="kafka_brokers_count"})' }, hits: 0 },
      { kind: "alert", settings: { expr: "kafka_server_replicamanager_underreplicatedpartitions > 0" }, hits: 0 },
    ],
  },
  {
    id: "MON-02",
    name: "lag-as-a-number",
    severity: "warning",
    confidence: "medium",
    condition: "an alert that compares the lag in records with a number",
    why: "Ten thousand records are a second of one topic and a week of another: such a bound is silent where it should speak, and speaks where all is well. What counts is how old the oldest record is, and whether the lag goes down.",
    fix: 'Compare the lag in seconds, or its course: "ottla lag --prometheus" gives Burrow\'s status, seconds and the time until retention takes records; "ottla monitor gen" has the alerts.',
    source: "Burrow's documentation, consumer lag evaluation",
    check: (settings) => {
      const words = wordsOf(settings);
      const lag = series(words).find((name) => LAG_RECORDS.test(name));
      // Divided by a rate, or followed over time, it is no bare number any more.
      const isCourse = words.some(
        ({ is, text }) =>
          (is === "operator" && text === "/") || (is === "name" && /^(deriv|predict_linear|delta|idelta|increase|rate|irate)$/.test(text)),
      );
      const bound = words.find(({ is, text }, i) => is === "number" && Number(text) > 0 && /^>=?$/.test(words[i - 1]?.text ?? ""));
      return lag !== undefined && bound !== undefined && !isCourse
        ? {
            key: "expr",
            message: `It takes more than ${bound.text} records for too many, whatever the topic's rate.`,
            evidence: evidence(settings),
          }
        : undefined;
    },
    examples: [
      { kind: "alert", settings: { expr: "sum(kafka_consumergroup_lag) by (consumergroup) > 10000" }, hits: 1 },
      { kind: "alert", settings: { expr: "kafka_consumergroup_lag > 0 and deriv(kafka_consumergroup_lag[10m]) > 0" }, hits: 0 },
      { kind: "alert", settings: { expr: "kafka_consumergroup_lag / rate(kafka_consumergroup_current_offset[5m]) > 60" }, hits: 0 },
      { kind: "alert", settings: { expr: "kafka_consumergroup_group_lag_seconds > 60" }, hits: 0 },
      { kind: "alert", settings: { expr: "kafka_consumergroup_lag > 0" }, hits: 0 },
    ],
  },
];
