import type { Isolation } from "@ottla/conformance/history/history";
import { ErrorCode } from "@ottla/protocol";
import { listOffsetsApi, makeListOffsetsPartition, makeListOffsetsRequest, makeListOffsetsTopic } from "@ottla/protocol/apis/list-offsets";
import type { SimulatedTopic } from "../world/simulated-topic.ts";
import type { Client } from "./client.ts";

export const EARLIEST = -2;
export const LATEST = -1;

export function isolationLevel(isolation: Isolation): number {
  return isolation === "read_committed" ? 1 : 0;
}

/** Where a partition begins or ends; undefined where the leader does not say. */
export async function listOffset(
  client: Client,
  topic: SimulatedTopic,
  partition: number,
  { timestamp, isolation = "read_uncommitted" }: { readonly timestamp: number; readonly isolation?: Isolation },
): Promise<number | undefined> {
  const leader = await client.leaderOf(topic, partition);
  if (leader === undefined) return undefined;
  const request = makeListOffsetsRequest({
    replicaId: -1,
    isolationLevel: isolationLevel(isolation),
    topics: [
      makeListOffsetsTopic({
        name: topic.name,
        partitions: [makeListOffsetsPartition({ partitionIndex: partition, currentLeaderEpoch: -1, timestamp })],
      }),
    ],
  });
  const answer = (await client.call(leader, listOffsetsApi, 8, request))?.topics[0]?.partitions[0];
  if (answer) client.isBug("ListOffsets", answer.errorCode);
  if (answer?.errorCode === ErrorCode.NONE) return answer.offset;
  client.forgetLeaders();
  return undefined;
}
