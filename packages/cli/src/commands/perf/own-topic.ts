import { randomBytes } from "node:crypto";
import type { Client } from "@ottla/client";

/** A topic for a measurement alone: made before, and removed whatever happens. Errors: the broker's. */
export async function withOwnTopic<Result>(
  client: Client,
  {
    prefix,
    partitions,
    configs,
  }: { readonly prefix: string; readonly partitions: number; readonly configs?: Readonly<Record<string, string>> },
  use: (topic: string) => Promise<Result>,
): Promise<Result> {
  const admin = client.admin();
  const topic = `${prefix}-${randomBytes(4).toString("hex")}`;
  const [created] = await admin.createTopics([{ name: topic, partitionCount: partitions, ...(configs && { configs }) }]);
  if (created?.error) throw created.error;
  try {
    return await use(topic);
  } finally {
    await admin.deleteTopics([topic]);
  }
}
