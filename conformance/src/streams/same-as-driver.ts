import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type Client, createClient } from "@ottla/client";
import {
  type ApplicationProtocol,
  type Guarantee,
  serdes,
  session,
  streams,
  StreamsBuilder,
  type Topology,
  TopologyTestDriver,
  tumbling,
} from "@ottla/streams";
import { waitUntil } from "../process/wait-until.ts";

/** Names of topics that a topology reads and writes. */
export interface TopicNames {
  readonly lines: string;
  readonly names: string;
  readonly words: string;
}

/** An application, as a user would write it: the same code runs in the driver and on every cluster. */
export interface SharedApplication {
  readonly what: string;
  readonly build: (topics: TopicNames) => Topology;
  /** Of this store a changelog has what a commit finds changed, as in Java: with commits at other moments it has other records. */
  readonly storeWrittenAtCommits?: string;
}

const texts = { key: serdes.string, value: serdes.string } as const;

export const sharedApplications: readonly SharedApplication[] = [
  {
    what: "words, counted behind a repartition topic",
    build({ lines, words }) {
      const b = new StreamsBuilder();
      b.stream(lines, texts)
        .flatMapValues((line) => line.split(" "))
        .groupBy((word) => word, { ...texts, name: "by-word" })
        .count({ store: "counts" })
        .toStream()
        .to(words);
      return b.build();
    },
  },
  {
    what: "windows",
    build({ lines, words }) {
      const b = new StreamsBuilder();
      b.stream(lines, texts)
        .groupBy((line) => line.slice(0, 1), { ...texts, name: "by-letter" })
        .windowedBy(tumbling({ sizeMs: 10, graceMs: 5 }))
        .count({ store: "windows" })
        .toStream()
        .to(words);
      return b.build();
    },
  },
  {
    what: "windows that are given on when they close",
    build({ lines, words }) {
      const b = new StreamsBuilder();
      b.stream(lines, texts)
        .groupByKey()
        .windowedBy(tumbling({ sizeMs: 4, graceMs: 1 }))
        .count({ store: "windows" })
        .suppress({ until: "windowCloses", name: "over" })
        .toStream()
        .to(words);
      return b.build();
    },
    storeWrittenAtCommits: "over-store",
  },
  {
    what: "sessions",
    build({ lines, words }) {
      const b = new StreamsBuilder();
      b.stream(lines, texts)
        .groupByKey()
        .windowedBy(session({ gapMs: 8, graceMs: 10 }))
        .reduce((all, line) => `${all}|${line}`, { store: "sessions" })
        .toStream()
        .to(words);
      return b.build();
    },
  },
  {
    what: "a join with a table",
    build({ lines, names, words }) {
      const b = new StreamsBuilder();
      const table = b.table(names, { ...texts, store: "names" });
      b.stream(lines, texts)
        .leftJoin(table, (line, name) => `${line} of ${name}`)
        .to(words, { value: serdes.string });
      return b.build();
    },
  },
  {
    what: "a join of streams",
    build({ lines, names, words }) {
      const b = new StreamsBuilder();
      b.stream(lines, texts)
        .join(b.stream(names, texts), (line, name) => `${line} by ${name}`, {
          otherValue: serdes.string,
          beforeMs: 10,
          afterMs: 10,
          graceMs: 5,
          storeName: "pairs",
          name: "pairs",
        })
        .to(words, { value: serdes.string });
      return b.build();
    },
  },
];

/** A week ago at most, so that no topic forgets them. */
const beginMs = Math.floor(Date.now() / 1_000) * 1_000 - 60_000;
const lines = ["a b", "b c a", "a", "c c", "d", "a d"].map((value, i) => ({ key: String(i % 3), value, timestamp: beginMs + 4 * i }));
const names = ["ann", "bob", "cid", "dan"].map((value, i) => ({ key: String(i % 3), value, timestamp: beginMs + 2 + 6 * i }));

/** Runs the application on a cluster and in the driver with the same input: every topic that it writes, its own included, has the same bytes and times in the same order. */
export async function assertSameAsDriver(
  bootstrap: string,
  { build, storeWrittenAtCommits }: SharedApplication,
  guarantee: Guarantee,
  groupProtocol: ApplicationProtocol = "classic",
): Promise<void> {
  const applicationId = `same-${randomUUID().slice(0, 8)}`;
  const topics: TopicNames = { lines: `${applicationId}-lines`, names: `${applicationId}-names`, words: `${applicationId}-words` };
  const topology = build(topics);
  const reads = new Set(
    [...topology.toJSON().subtopologies.flatMap(({ nodes }) => nodes)].flatMap((node) => ("topics" in node ? (node.topics ?? []) : [])),
  );
  const inputs = [
    ...lines.map((each) => ({ ...each, topic: topics.lines })),
    ...names.map((each) => ({ ...each, topic: topics.names })),
  ].filter(({ topic }) => reads.has(topic));
  const expected = inDriver(topology, applicationId, inputs);
  expected.delete(`${applicationId}-${storeWrittenAtCommits}-changelog`);
  const client = createClient({ bootstrapServers: bootstrap });
  try {
    const created = await client.admin().createTopics(Object.values(topics).map((name) => ({ name, partitionCount: 1 })));
    for (const { error } of created) if (error !== undefined) throw error;
    const producer = client.producer();
    for (const { topic, key, value, timestamp } of inputs) await producer.send([{ topic, partition: 0, key, value, timestamp }]);
    const options = { applicationId, bootstrapServers: bootstrap, guarantee, groupProtocol, cacheMaxBytes: 0, commitIntervalMs: 50 };
    await using app = streams(topology, options);
    await app.start();
    for (const [topic, records] of expected) assert.deepEqual(await written(client, topic, records.length), records, topic);
  } finally {
    await client.close();
  }
}

interface Input {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  readonly timestamp: number;
}

function inDriver(topology: Topology, applicationId: string, inputs: readonly Input[]): Map<string, string[]> {
  using driver = new TopologyTestDriver(topology, { applicationId });
  const offsets = new Map<string, number>();
  driver.replay(
    inputs.map(({ topic, key, value, timestamp }) => {
      const offset = offsets.get(topic) ?? 0;
      offsets.set(topic, offset + 1);
      return { topic, offset, key: Buffer.from(key), value: Buffer.from(value), timestamp };
    }),
  );
  const expected = new Map<string, string[]>();
  for (const { topic, key, value, timestamp } of driver.takeProduced()) {
    const shown = expected.get(topic) ?? [];
    shown.push(shownRecord(key, value, timestamp));
    expected.set(topic, shown);
  }
  assert.ok(expected.size > 0, "the driver writes something");
  return expected;
}

/** All that is committed, as soon as so many records are there. */
async function written(client: Client, topic: string, count: number): Promise<readonly string[]> {
  const consumer = client.consumer({ isolationLevel: "read_committed", autoOffsetReset: "earliest", enableAutoCommit: false });
  const place = { topic, partition: 0 };
  consumer.assign([place]);
  consumer.seekToBeginning([place]);
  const found: string[] = [];
  try {
    await waitUntil(`${count} records of ${topic}`, async () => {
      for (const batch of await consumer.poll(50))
        for (const { key, value, timestamp } of batch) found.push(shownRecord(key, value, timestamp));
      return found.length >= count;
    });
  } finally {
    await consumer.close();
  }
  return found;
}

function shownRecord(key: Uint8Array | null, value: Uint8Array | null, timestamp: number | null): string {
  return `${hex(key)} ${hex(value)} ${timestamp}`;
}

function hex(bytes: Uint8Array | null): string {
  return bytes === null ? "null" : Buffer.from(bytes).toString("hex");
}
