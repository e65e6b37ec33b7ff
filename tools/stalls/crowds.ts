import { encodeRequest } from "@ottla/protocol";
import { apiVersionsApi, makeApiVersionsRequest } from "@ottla/protocol/apis/api-versions";
import { createTopicsApi, makeCreatableTopic, makeCreateTopicsRequest } from "@ottla/protocol/apis/create-topics";
import { deleteTopicsApi, makeDeleteTopicsRequest } from "@ottla/protocol/apis/delete-topics";
import { describeConfigsApi, makeDescribeConfigsRequest, makeDescribeConfigsResource } from "@ottla/protocol/apis/describe-configs";
import { describeLogDirsApi, makeDescribeLogDirsRequest } from "@ottla/protocol/apis/describe-log-dirs";
import { fetchApi, makeFetchPartition, makeFetchRequest, makeFetchTopic } from "@ottla/protocol/apis/fetch";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import { makeMetadataRequest, metadataApi } from "@ottla/protocol/apis/metadata";
import {
  makeOffsetCommitRequest,
  makeOffsetCommitRequestPartition,
  makeOffsetCommitRequestTopic,
  offsetCommitApi,
} from "@ottla/protocol/apis/offset-commit";
import { makeOffsetFetchRequest, makeOffsetFetchRequestGroup, offsetFetchApi } from "@ottla/protocol/apis/offset-fetch";
import type { Attacker } from "./attacker.ts";
import { BusyDisk } from "./busy-disk.ts";
import type { Crowd } from "./crowd.ts";
import { deletingGroups, largeConsumerGroup, largeGroup, listingGroups } from "./group-crowds.ts";

const MIB = 1024 * 1024;
const apiVersions = Buffer.concat(encodeRequest(apiVersionsApi, 0, 1, "crowd", makeApiVersionsRequest()));
const allTopics = Buffer.concat(encodeRequest(metadataApi, 8, 1, "crowd", makeMetadataRequest({ topics: null })));
const brokerConfigs = Buffer.concat(
  encodeRequest(
    describeConfigsApi,
    1,
    1,
    "crowd",
    makeDescribeConfigsRequest({
      resources: Array.from({ length: 2000 }, () => makeDescribeConfigsResource({ resourceType: 4, resourceName: "1" })),
      includeSynonyms: true,
    }),
  ),
);
/** A fetch that waits for 24 days unless a GB comes. */
const parkedFetch = Buffer.concat(
  encodeRequest(
    fetchApi,
    4,
    1,
    "crowd",
    makeFetchRequest({
      maxWaitMs: 2 ** 31 - 1,
      minBytes: 2 ** 30,
      topics: [makeFetchTopic({ topic: "stall-topic", partitions: [makeFetchPartition({ partition: 0, partitionMaxBytes: MIB })] })],
    }),
  ),
);

const namesFrom = (first: number): string[] => Array.from({ length: 1000 }, (_, index) => `crowd-${first + index}`);

function creationOf(names: readonly string[]): Buffer {
  const topics = names.map((name) => makeCreatableTopic({ name, numPartitions: 1, replicationFactor: 1 }));
  return Buffer.concat(encodeRequest(createTopicsApi, 7, 1, "crowd", makeCreateTopicsRequest({ topics, timeoutMs: 30_000 })));
}

function deletionOf(topicNames: string[]): Buffer {
  return Buffer.concat(encodeRequest(deleteTopicsApi, 5, 1, "crowd", makeDeleteTopicsRequest({ topicNames, timeoutMs: 30_000 })));
}

const findCoordinator = Buffer.concat(encodeRequest(findCoordinatorApi, 3, 1, "crowd", makeFindCoordinatorRequest({ key: "crowd" })));

async function many(count: number, open: () => Promise<Attacker>): Promise<Attacker[]> {
  const attackers: Attacker[] = [];
  for (let i = 0; i < count; i++) attackers.push(await open());
  return attackers;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function closeAll(attackers: readonly Attacker[]): string {
  const closed = attackers.filter(({ isClosed }) => isClosed).length;
  for (const attacker of attackers) attacker.close();
  return `${closed} of ${attackers.length} connections were closed by the broker`;
}

/** Connections that come in one moment and go in one. */
function comingAndGoing(count: number, isLong: boolean): Crowd {
  return {
    name: `${count} connections at once, closed at once`,
    isLong,
    async run(open) {
      const attackers = await Promise.all(Array.from({ length: count }, open));
      await pause(500);
      const ended = closeAll(attackers);
      await pause(1000);
      return ended;
    },
  };
}

/** Many of one small request at once, all answers taken. */
function burst(name: string, request: Buffer, count: number, isLong: boolean): Crowd {
  return {
    name: `${count} pipelined ${name}`,
    isLong,
    async run(open) {
      const attacker = await open();
      const sent = attacker.send(Buffer.concat(Array.from({ length: count }, () => request)), 120_000);
      const ended = await attacker.answers(count, 120_000);
      await sent;
      attacker.close();
      return ended;
    },
  };
}

const WIDE_TOPIC = "wide-topic";
const WIDE_GROUP = "wide-group";
const allSizes = Buffer.concat(encodeRequest(describeLogDirsApi, 4, 1, "crowd", makeDescribeLogDirsRequest({ topics: null })));
const allOffsets = [
  Buffer.concat(
    encodeRequest(offsetFetchApi, 7, 1, "crowd", makeOffsetFetchRequest({ groupId: WIDE_GROUP, topics: null, requireStable: true })),
  ),
  Buffer.concat(
    encodeRequest(
      offsetFetchApi,
      9,
      1,
      "crowd",
      makeOffsetFetchRequest({ groups: [makeOffsetFetchRequestGroup({ groupId: WIDE_GROUP, topics: null })] }),
    ),
  ),
];

/** One topic with so many partitions, and a group that has committed each: answers that tell all of it, asked for with few bytes. */
function wideTopic(partitions: number, count: number, isLong: boolean): Crowd {
  return {
    name: `${count} times all of a topic of ${partitions} partitions, with its sizes, and all offsets of its group`,
    isLong,
    async run(open) {
      const attacker = await open();
      let answered = 0;
      const ask = async (requests: readonly Buffer[]): Promise<string> => {
        answered += requests.length;
        const sent = attacker.send(Buffer.concat(requests), 60_000);
        const ended = await attacker.answers(answered, 60_000);
        await sent;
        return ended;
      };
      const topics = [makeCreatableTopic({ name: WIDE_TOPIC, numPartitions: partitions, replicationFactor: 1 })];
      const creation = encodeRequest(createTopicsApi, 7, 1, "crowd", makeCreateTopicsRequest({ topics, timeoutMs: 30_000 }));
      if ((await ask([findCoordinator, Buffer.concat(creation)])) !== "answered") return "the topic could not be made";
      const committed = Array.from({ length: partitions }, (_, partitionIndex) =>
        makeOffsetCommitRequestPartition({ partitionIndex, committedOffset: 1 }),
      );
      const commit = makeOffsetCommitRequest({
        groupId: WIDE_GROUP,
        topics: [makeOffsetCommitRequestTopic({ name: WIDE_TOPIC, partitions: committed })],
      });
      if ((await ask([Buffer.concat(encodeRequest(offsetCommitApi, 7, 1, "crowd", commit))])) !== "answered")
        return "the offsets could not be committed";
      const ended = await ask(Array.from({ length: count }, () => [...allOffsets, allTopics, allSizes]).flat());
      attacker.close();
      return `${ended}, ${(attacker.answerBytes / 1e6).toFixed(0)} MB`;
    },
  };
}

/** Large answers asked for with small requests, and never taken. */
function neverReading(name: string, request: Buffer, clients: number, isLong: boolean): Crowd {
  return {
    name: `${clients} clients that take no answer of ${name}`,
    isLong,
    async run(open) {
      const attackers = await many(clients, open);
      for (const attacker of attackers) {
        attacker.pause();
        void attacker.send(Buffer.concat([request, request, request, request]));
      }
      await pause(5000);
      return closeAll(attackers);
    },
  };
}

export const crowds: readonly Crowd[] = [
  burst("ApiVersions", apiVersions, 100_000, false),
  burst("ApiVersions", apiVersions, 300_000, true),
  burst("Metadata of all topics", allTopics, 1000, false),
  listingGroups(10_000, 100, false),
  listingGroups(100_000, 200, true),
  wideTopic(10_000, 20, false),
  neverReading("DescribeConfigs of the broker, 2,000 times", brokerConfigs, 40, false),
  comingAndGoing(1000, false),
  comingAndGoing(3000, true),
  largeGroup(1000, false),
  largeGroup(8000, true),
  largeConsumerGroup(300, false),
  largeConsumerGroup(1000, true),
  largeConsumerGroup(8000, true),
  deletingGroups(10_000, false),
  {
    name: "64 MiB of empty frames behind a parked fetch",
    isLong: false,
    async run(open) {
      const attacker = await open();
      await attacker.send(parkedFetch);
      const zeros = Buffer.alloc(MIB);
      let taken = 0;
      while (taken < 64 && (await attacker.send(zeros, 300))) taken++;
      attacker.close();
      return `${taken} MiB were taken`;
    },
  },
  {
    name: "8 Produce requests of 100 MB, each unfinished",
    isLong: false,
    run: (open) => unfinished(open, 8),
  },
  {
    name: "40 Produce requests of 100 MB, each unfinished",
    isLong: true,
    run: (open) => unfinished(open, 40),
  },
  {
    name: "2,000 parked fetches of clients that are gone",
    isLong: false,
    async run(open) {
      for (let i = 0; i < 2000; i++) {
        const attacker = await open();
        await attacker.send(parkedFetch);
        attacker.close();
      }
      return "all gone";
    },
  },
  {
    name: "1,000 topics created in one request and deleted in another",
    isLong: false,
    async run(open) {
      const attacker = await open();
      await attacker.send(creationOf(namesFrom(0)));
      const created = await attacker.answers(1, 30_000);
      await attacker.send(deletionOf(namesFrom(0)));
      const deleted = await attacker.answers(2, 30_000);
      // Their files go somewhat later.
      await pause(3000);
      attacker.close();
      return created === "answered" ? deleted : created;
    },
  },
  {
    name: "1,000 topics created and deleted beside a busy disk",
    isLong: true,
    needsDisk: true,
    run: (open) => createAndDelete(open, 1000),
  },
  {
    name: "10,000 topics created and deleted beside a busy disk",
    isLong: true,
    needsDisk: true,
    run: (open) => createAndDelete(open, 10_000),
  },
];

/** Creates so many topics and deletes them again, a thousand in a request. */
async function createAndDelete(open: () => Promise<Attacker>, count: number): Promise<string> {
  const busy = new BusyDisk();
  const attacker = await open();
  let answered = 0;
  try {
    for (let from = 0; from < count; from += 1000) {
      await attacker.send(creationOf(namesFrom(from)));
      const ended = await attacker.answers(++answered, 120_000);
      if (ended !== "answered") return ended;
    }
    for (let from = 0; from < count; from += 1000) {
      await attacker.send(deletionOf(namesFrom(from)));
      const ended = await attacker.answers(++answered, 120_000);
      if (ended !== "answered") return ended;
    }
    // Their files go somewhat later.
    await pause(3000);
    return "answered";
  } finally {
    attacker.close();
    await busy.stop();
  }
}

async function unfinished(open: () => Promise<Attacker>, clients: number): Promise<string> {
  const attackers = await many(clients, open);
  const head = Buffer.from([0x06, 0, 0, 0, 0, 0, 0, 9]);
  const part = Buffer.alloc(MIB);
  for (const attacker of attackers) {
    await attacker.send(head);
    for (let i = 0; i < 95 && (await attacker.send(part, 100)); i++);
  }
  await pause(1000);
  return closeAll(attackers);
}
