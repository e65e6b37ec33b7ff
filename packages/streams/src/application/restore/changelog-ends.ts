import type { Admin, CallOptions, TopicPartition } from "@ottla/client";
import { partitionKey } from "../partition-key.ts";

/** What a changelog has: from its first offset to behind its last record, whose transaction may still be open. */
export interface ChangelogEnds {
  readonly start: number;
  readonly end: number;
}

/** By {@link partitionKey}. Rejects with the client's errors. */
export async function changelogEnds(
  admin: Admin,
  places: readonly TopicPartition[],
  { timeoutMs }: CallOptions = {},
): Promise<Map<string, ChangelogEnds>> {
  if (places.length === 0) return new Map();
  const offsets = async (spec: "earliest" | "latest") => {
    // Records whose transaction is open count.
    const listed = await admin.listOffsets(
      places.map(({ topic, partition }) => ({ topic, partition, spec })),
      { isolationLevel: "read_uncommitted", timeoutMs },
    );
    return new Map(
      listed.map(({ topic, partition, error, value }) => {
        if (error !== undefined) throw error;
        return [partitionKey(topic, partition), value.offset ?? 0];
      }),
    );
  };
  const [starts, ends] = await Promise.all([offsets("earliest"), offsets("latest")]);
  return new Map([...ends].map(([key, end]) => [key, { start: starts.get(key) ?? 0, end }]));
}
