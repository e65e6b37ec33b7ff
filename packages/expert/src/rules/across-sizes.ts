import type { Settings } from "../lint/settings.ts";
import type { AcrossHit, AcrossRule } from "./across-rule.ts";
import type { Project } from "./project.ts";
import { evidenceOf } from "./rule.ts";

const REQUEST = "max.request.size";

function given(settings: Settings, key: string): number | undefined {
  const text = settings.given(key);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** The largest message that a cluster takes in any topic, as far as the files say. */
function largestMessage(project: Project, settings: Settings): { readonly bytes: number; readonly of: string } | undefined {
  const topics = project.topicsOf(settings).flatMap((topic) => {
    const bytes = given(topic, "max.message.bytes");
    return bytes === undefined ? [] : [{ bytes, of: `${topic.document.part} (${topic.document.file}) has max.message.bytes=${bytes}` }];
  });
  const brokers = (project.clusterOf(settings)?.brokers ?? []).flatMap((broker) => {
    const bytes = given(broker, "message.max.bytes");
    return bytes === undefined ? [] : [{ bytes, of: `${broker.document.file} has message.max.bytes=${bytes}` }];
  });
  // A topic without a word on it has the default: 1048588.
  return [...topics, ...brokers].toSorted((a, b) => b.bytes - a.bytes)[0];
}

function requestSizes(project: Project): readonly AcrossHit[] {
  return project.producers.flatMap((producer) => {
    const size = given(producer, REQUEST);
    const largest = size === undefined ? undefined : largestMessage(project, producer);
    return largest && size! > Math.max(largest.bytes, 1_048_588)
      ? [
          {
            document: producer.document,
            key: REQUEST,
            message: `The producer sends up to ${size} bytes, and no topic takes more than ${Math.max(largest.bytes, 1_048_588)}: what is larger fails at the broker.`,
            evidence: `${evidenceOf(producer, REQUEST)}; ${largest.of}`,
          },
        ]
      : [];
  });
}

function replicationSizes(project: Project): readonly AcrossHit[] {
  return project.topics.flatMap((topic): readonly AcrossHit[] => {
    const key = "max.message.bytes";
    const bytes = given(topic, key);
    if (bytes === undefined) return [];
    const broker = project
      .clusterOf(topic)
      ?.brokers.find((each) => (given(each, "replica.fetch.response.max.bytes") ?? 10_485_760) < bytes);
    if (broker)
      return [
        {
          document: topic.document,
          key,
          message: `Followers fetch ${given(broker, "replica.fetch.response.max.bytes") ?? 10_485_760} bytes at a time: one record each.`,
          evidence: `${evidenceOf(topic, key)}; ${broker.document.file}: ${evidenceOf(broker, "replica.fetch.response.max.bytes")}`,
        },
      ];
    const consumer = project.consumers.find(
      (each) => project.topicsOf(each).includes(topic) && bytes > 10 * (given(each, "max.partition.fetch.bytes") ?? 1_048_576),
    );
    return consumer
      ? [
          {
            document: topic.document,
            key,
            message: `A consumer fetches ${given(consumer, "max.partition.fetch.bytes") ?? 1_048_576} bytes of a partition: one record at a time of the large ones.`,
            evidence: `${evidenceOf(topic, key)}; ${consumer.document.file}: max.partition.fetch.bytes=${given(consumer, "max.partition.fetch.bytes") ?? "1048576 (default)"}`,
          },
        ]
      : [];
  });
}

/** Rules over how large a record may be on its way. */
export const acrossSizes: readonly AcrossRule[] = [
  {
    id: "PRD-12",
    name: "request-size",
    severity: "warning",
    confidence: "medium",
    condition: "a producer's max.request.size above what any topic or broker of the same project takes",
    why: "Records that the producer takes are refused with RECORD_TOO_LARGE by the broker, after they waited in its buffer.",
    fix: "Lower max.request.size to the topic's max.message.bytes.",
    source: "Apache Kafka documentation, producer configs",
    check: requestSizes,
    examples: [
      {
        files: {
          "p.properties": "acks=all\nmax.request.size=3000000\n",
          "topics.yaml": "topics:\n  - {name: t, config: {max.message.bytes: 2000000}}\n",
        },
        hits: 1,
      },
      {
        files: {
          "p.properties": "acks=all\nmax.request.size=2000000\n",
          "topics.yaml": "topics:\n  - {name: t, config: {max.message.bytes: 2000000}}\n",
        },
        hits: 0,
      },
    ],
  },
  {
    id: "BRK-12",
    name: "replication-size",
    severity: "warning",
    confidence: "medium",
    condition:
      "a topic's max.message.bytes above the brokers' replica.fetch.response.max.bytes, or above ten times a consumer's max.partition.fetch.bytes",
    why: "Each fetch brings one record: replication and reading crawl.",
    fix: "Raise what is fetched at a time, or better make the records smaller.",
    source: "Apache Kafka documentation, broker and consumer configs",
    check: replicationSizes,
    examples: [
      {
        files: {
          "server.properties": "process.roles=broker\n",
          "topics.yaml": "topics:\n  - {name: t, config: {max.message.bytes: 10485761}}\n",
        },
        hits: 1,
      },
      {
        files: {
          "server.properties": "process.roles=broker\n",
          "topics.yaml": "topics:\n  - {name: t, config: {max.message.bytes: 10485760}}\n",
        },
        hits: 0,
      },
      {
        files: {
          "c.properties": "group.id=g\nmax.partition.fetch.bytes=100000\n",
          "topics.yaml": "topics:\n  - {name: t, config: {max.message.bytes: 1000001}}\n",
        },
        hits: 1,
      },
    ],
  },
];
