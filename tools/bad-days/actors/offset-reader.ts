import type { Isolation } from "@ottla/conformance/history/history";
import { ErrorCode } from "@ottla/protocol";
import type { PartitionData } from "@ottla/protocol/apis/fetch";
import type { SimulatedTopic } from "../world/simulated-topic.ts";
import type { Client } from "./client.ts";
import { EARLIEST, LATEST, listOffset } from "./fetch-position.ts";
import { FetchSession } from "./fetch-session.ts";
import { fetchedRecords } from "./fetched-records.ts";

interface Position {
  readonly topic: SimulatedTopic;
  readonly partition: number;
  offset: number;
  /** Seeks so far. */
  seeks: number;
}

/** Reads some partitions by offset, upwards; where its offset is out of range it goes to the start or the end. Now and then it begins anew. */
export async function offsetReader(client: Client, isolation: Isolation): Promise<void> {
  const { world, random } = client;
  const isIncremental = random.chance(0.5);
  const positions = new Map<string, Position>();
  const sessions = new Map<number, FetchSession>();
  while (!world.isClosing) {
    follow(client, positions);
    const byLeader = new Map<number, Position[]>();
    for (const position of positions.values()) {
      const leader = await client.leaderOf(position.topic, position.partition);
      if (leader === undefined) continue;
      const list = byLeader.get(leader);
      if (list) list.push(position);
      else byLeader.set(leader, [position]);
    }
    if (byLeader.size === 0) client.forgetLeaders();
    for (const [leader, wanted] of byLeader) {
      let session = sessions.get(leader);
      if (!session) sessions.set(leader, (session = new FetchSession(client, leader, isolation, isIncremental)));
      await readOnce(client, session, wanted, isolation);
    }
    if (random.chance(0.02)) for (const position of positions.values()) seek(position, 0);
    await client.pause(world.scenario.paceMs);
  }
}

function follow(client: Client, positions: Map<string, Position>): void {
  for (const [label, { topic }] of positions) if (topic.isDoomed) positions.delete(label);
  for (const topic of client.world.topics) {
    for (let partition = 0; partition < topic.partitionCount; partition++) {
      const label = topic.label(partition);
      if (!positions.has(label)) positions.set(label, { topic, partition, offset: 0, seeks: 0 });
    }
  }
}

async function readOnce(client: Client, session: FetchSession, positions: readonly Position[], isolation: Isolation): Promise<void> {
  const { world, random } = client;
  const limits = {
    maxWaitMs: random.pick([0, 50, 500]),
    minBytes: random.pick([0, 1, 1000]),
    maxBytes: random.pick([1, 2000, 1 << 20]),
    partitionMaxBytes: random.pick([1, 1000, 1 << 20]),
  };
  const begun = world.history.tick();
  const answers = await session.fetch(
    positions.map(({ topic, partition, offset }) => ({ topic, partition, offset })),
    limits,
  );
  if (!answers) return client.forgetLeaders();
  for (const { wanted, data } of answers) {
    const position = positions.find(({ topic, partition }) => topic === wanted.topic && partition === wanted.partition)!;
    await takeAnswer(client, position, data, { isolation, begun });
  }
}

async function takeAnswer(
  client: Client,
  position: Position,
  data: PartitionData,
  { isolation, begun }: { readonly isolation: Isolation; readonly begun: number },
): Promise<void> {
  const { world, name } = client;
  const { topic, partition, offset: from } = position;
  client.isBug("Fetch", data.errorCode);
  if (data.errorCode === ErrorCode.NONE) {
    const { records, next } = fetchedRecords(data, from, isolation);
    if (next === from) return;
    client.note("reads", topic.label(partition), `${from} to ${next}`, isolation, records.map(({ value }) => value).join(","));
    const reader = position.seeks === 0 ? name : `${name}/${position.seeks}`;
    world.history.poll({ reader, partition: topic.label(partition), isolation, begun }, { from, next }, records);
    position.offset = next;
  } else if (data.errorCode === ErrorCode.OFFSET_OUT_OF_RANGE) {
    client.note("is out of range", topic.label(partition), from);
    const place = await listOffset(client, topic, partition, { timestamp: client.random.pick([EARLIEST, LATEST]), isolation });
    if (place !== undefined) seek(position, place);
  } else {
    client.note("cannot read", topic.label(partition), `code ${data.errorCode}`);
    client.forgetLeaders();
  }
}

function seek(position: Position, offset: number): void {
  position.offset = offset;
  position.seeks++;
}
