import { randomBytes } from "node:crypto";
import type { Client } from "@ottla/client";
import type { CommandContext } from "../../command.ts";

/** A topic for a measurement alone: made before, and removed whatever happens; at a signal at once, since a command is not given long to end. Its name is told, for who has to remove it after a crash. Errors: the broker's. */
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
  let removal: Promise<unknown> | undefined;
  const remove = (): Promise<unknown> => (removal ??= admin.deleteTopics([topic]));
  // Whether it went is known at the end, by the same promise.
  const removeAtOnce = (): void => void remove().catch(() => {});
  if (signal.aborted) removeAtOnce();
  else signal.addEventListener("abort", removeAtOnce, { once: true });
  try {
    return await use(topic);
  } finally {
    signal.removeEventListener("abort", removeAtOnce);
    await remove();
  }
}
