import { randomBytes } from "node:crypto";
import type { Client } from "@ottla/client";
import type { CommandContext } from "../../command.ts";

/** A topic for a measurement alone: made before, and removed whatever happens. After a signal a command is not given long to end: `use` has to break off what it has in hand, and no client of it may still ask for the topic, or a broker makes it anew. Its name is told, for who has to remove it after a crash. Errors: the broker's. */
export async function withOwnTopic<Result>(
  { signal, stderr }: Pick<CommandContext, "signal" | "stderr">,
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
  stderr.write(`ottla: measuring on the topic ${topic} …\n`);
  try {
    return await use(topic);
  } catch (error) {
    // What fails because it was broken off is the signal's doing.
    signal.throwIfAborted();
    throw error;
  } finally {
    await admin.deleteTopics([topic]);
  }
}
