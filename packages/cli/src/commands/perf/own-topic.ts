import { createHash, randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Admin, Client } from "@ottla/client";
import type { CommandContext } from "../../command.ts";
import { shown } from "../../output.ts";

/**
 * A topic for a measurement alone: made before, and removed whatever happens. After a signal a command is not given long to end: `use` has to break off what it has in hand, and no client of it may
 * still ask for the topic, or a broker makes it anew. Those that measurements of this machine left when they were killed are removed first, and named. Errors: the broker's.
 */
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
  for (const left of await removeLeftTopics(admin, prefix))
    stderr.write(shown`ottla: removed the topic ${left}, which a measurement that was killed had left.\n`);
  const topic = `${prefix}-${thisMachine()}-${process.pid}-${randomBytes(4).toString("hex")}`;
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

/** Topics whose name says that a process of this machine made them that is not there any more; another machine's may be in use. */
async function removeLeftTopics(admin: Admin, prefix: string): Promise<readonly string[]> {
  const made = new RegExp(`^${prefix}-${thisMachine()}-(\\d+)-[0-9a-f]{8}$`);
  // Who may not list or delete measures all the same.
  const topics = await admin.listTopics().catch(() => []);
  const left = topics.flatMap(({ name }) => {
    const pid = made.exec(name)?.[1];
    return pid === undefined || isRunning(Number(pid)) ? [] : [name];
  });
  if (left.length === 0) return [];
  const outcomes = await admin.deleteTopics(left).catch(() => []);
  return outcomes.flatMap(({ name, error }) => (error ? [] : [name]));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // One of another user's is there, too.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Tells machines and containers apart without telling their names to who sees the topic. */
function thisMachine(): string {
  return createHash("sha256").update(hostname()).digest("hex").slice(0, 8);
}
