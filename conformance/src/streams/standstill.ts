import { type Admin, createClient, type ListedOffset, type Partitioned } from "@ottla/client";
import { type Child, runCommand } from "../process/child.ts";
import { readProcessorTime } from "../process/process-usage.ts";

/** The look itself must not hang where everything else does. */
const LOOK_TIMEOUT_MS = 10_000;
const STACK_LINES = 14;

/**
 * What an application that makes no progress waits for, in lines: its group, the transactions, how far each partition's committed part is behind its end and who holds it back,
 * where its stream threads stand, and whether it was given processor time at all. What cannot be found out is told as such.
 */
export async function describeStandstill(
  bootstrap: string,
  applicationId: string,
  application: Child,
  brokerPids: readonly number[],
): Promise<string> {
  const client = createClient({ bootstrapServers: bootstrap, clientId: "standstill", requestTimeoutMs: LOOK_TIMEOUT_MS });
  const admin = client.admin();
  const looks: readonly (readonly [string, () => Promise<readonly string[]>])[] = [
    [
      "processor time",
      async () => [processorLine("application", application.pid), ...brokerPids.map((pid) => processorLine("broker", pid))],
    ],
    ["group", () => groupLines(admin, applicationId)],
    ["committed offsets", () => committedLines(admin, applicationId)],
    ["transactions", () => transactionLines(admin)],
    ["partitions", () => partitionLines(admin)],
    ["stream threads", () => threadLines(application)],
  ];
  const parts = await Promise.all(looks.map(async ([title, look]) => [`${title}:`, ...(await linesOf(look)).map((line) => `  ${line}`)]));
  await client.close().catch(() => {});
  return parts.flat().join("\n");
}

async function linesOf(look: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    const lines = await look();
    return lines.length > 0 ? lines : ["none"];
  } catch (error) {
    return [`not to be found out: ${String(error)}`];
  }
}

function processorLine(name: string, pid: number): string {
  const { ranSeconds, waitedSeconds } = readProcessorTime(pid);
  return `${name}: its threads ran ${ranSeconds.toFixed(1)} s and stood in line for a processor for ${waitedSeconds.toFixed(1)} s`;
}

async function groupLines(admin: Admin, groupId: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const { value, error } of await admin.describeGroups([groupId], { timeoutMs: LOOK_TIMEOUT_MS })) {
    if (error !== undefined) throw error;
    lines.push(`${groupId}: ${value.type}, ${value.state}, ${value.members.length} members`);
    for (const { memberId, clientHost, assignment } of value.members) {
      lines.push(`${memberId} (${clientHost}): ${assignment?.map(({ topic, partition }) => `${topic}-${partition}`).join(" ") ?? "?"}`);
    }
  }
  return lines;
}

async function committedLines(admin: Admin, groupId: string): Promise<readonly string[]> {
  const offsets = await admin.listGroupOffsets(groupId, undefined, { timeoutMs: LOOK_TIMEOUT_MS });
  return offsets.map(({ topic, partition, value, error }) => `${topic}-${partition}: ${error?.message ?? value?.offset ?? "none"}`);
}

async function transactionLines(admin: Admin): Promise<readonly string[]> {
  const listed = await admin.listTransactions({ timeoutMs: LOOK_TIMEOUT_MS });
  const ids = listed.map(({ transactionalId }) => transactionalId);
  const described = await admin.describeTransactions(ids, { timeoutMs: LOOK_TIMEOUT_MS });
  return described.map(({ name, value, error }) => {
    if (error !== undefined) return `${name}: ${error.message}`;
    const { state, producerId, producerEpoch, timeoutMs, startTimestamp, partitions } = value;
    const isOpen = startTimestamp !== undefined && !state.startsWith("Complete");
    const since = !isOpen ? "" : `, open for ${Date.now() - startTimestamp} of ${timeoutMs} ms`;
    return `${name}: ${state}${since}, producer ${producerId} epoch ${producerEpoch}, ${partitions.map(({ topic, partition }) => `${topic}-${partition}`).join(" ")}`;
  });
}

async function partitionLines(admin: Admin): Promise<readonly string[]> {
  const limit = { timeoutMs: LOOK_TIMEOUT_MS };
  const topics = await admin.describeTopics(
    (await admin.listTopics({ ...limit, includeInternal: true })).map(({ name }) => name),
    limit,
  );
  const all = topics.flatMap(({ name, value }) => (value?.partitions ?? []).map(({ partition }) => ({ topic: name, partition })));
  const ends = (isolationLevel: "read_committed" | "read_uncommitted") =>
    admin.listOffsets(
      all.map((at) => ({ ...at, spec: "latest" as const })),
      { ...limit, isolationLevel },
    );
  const [stable, last, producers] = await Promise.all([
    ends("read_committed"),
    ends("read_uncommitted"),
    admin.describeProducers(all, limit),
  ]);
  return all.map(({ topic, partition }, i) => {
    const open = (producers[i]?.value ?? []).filter((producer) => producer.currentTransactionStartOffset !== undefined);
    const holders = open.map(
      (one) => `, open since ${one.currentTransactionStartOffset} by producer ${one.producerId} epoch ${one.producerEpoch}`,
    );
    return `${topic}-${partition}: last stable offset ${offsetOf(stable[i])}, high watermark ${offsetOf(last[i])}${holders.join("")}`;
  });
}

function offsetOf(listed: Partitioned<ListedOffset> | undefined): string {
  return String(listed?.value?.offset ?? listed?.error?.message ?? "?");
}

async function threadLines(application: Child): Promise<readonly string[]> {
  const { stdout, stderr, status } = await runCommand("jstack", [String(application.pid)], { timeoutMs: LOOK_TIMEOUT_MS });
  if (status !== 0) throw new Error(`jstack ended with ${status}: ${stderr.trim()}`);
  return stdout
    .split("\n\n")
    .filter((thread) => /^"[^"]*StreamThread[^"]*"/m.test(thread))
    .flatMap((thread) => thread.trim().split("\n").slice(0, STACK_LINES));
}
