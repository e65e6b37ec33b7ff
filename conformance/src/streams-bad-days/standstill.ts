import type { Admin, TopicPartition } from "@ottla/client";
import type { Fleet } from "./fleet.ts";

const ASK_MS = 5_000;

/** Says in lines what a standstill waits for: the instances by their logs, the group, and transactions that hold back what is read as committed. */
export async function tellStandstill(fleet: Fleet, admin: Admin, groupId: string, tell: (what: string) => void): Promise<void> {
  const asked = fleet.all().map((instance) => instance.describe());
  const [told, group, transactions, open] = await Promise.allSettled([
    Promise.all(asked),
    groupOf(admin, groupId),
    transactionsOf(admin),
    openOf(admin),
  ]);
  for (const found of [told, group, transactions, open]) {
    if (found.status === "rejected") tell(`standstill: not told: ${(found.reason as Error).message}`);
    else for (const line of found.value) tell(`standstill: ${line}`);
  }
}

async function groupOf(admin: Admin, groupId: string): Promise<string[]> {
  const [found] = await admin.describeGroups([groupId], { timeoutMs: ASK_MS });
  if (found?.value === undefined) return streamsGroupOf(admin, groupId, found?.error);
  const { state, members } = found.value;
  return [`group ${groupId} is ${state}: ${members.map(({ memberId, clientId }) => `${clientId} as ${memberId}`).join(", ")}`];
}

/** Where it is none either, what was wrong before is told. */
async function streamsGroupOf(admin: Admin, groupId: string, before: Error | undefined): Promise<string[]> {
  const [found] = await admin.describeStreamsGroups([groupId], { timeoutMs: ASK_MS });
  if (found?.value === undefined) return [`group ${groupId}: ${before?.message} ${found?.error?.message}`];
  const { state, groupEpoch, assignmentEpoch, members } = found.value;
  const of = members.map(({ memberId, memberEpoch, clientId }) => `${clientId} as ${memberId} at ${memberEpoch}`);
  return [`streams group ${groupId} is ${state}, epoch ${groupEpoch}, target of ${assignmentEpoch}: ${of.join(", ")}`];
}

async function transactionsOf(admin: Admin): Promise<string[]> {
  const listed = await admin.listTransactions({ timeoutMs: ASK_MS });
  const ids = listed
    .filter(({ state }) => !state.startsWith("Complete") && state !== "Empty")
    .map(({ transactionalId }) => transactionalId);
  const described = await admin.describeTransactions(ids, { timeoutMs: ASK_MS });
  return described.map(({ name, value, error }) =>
    value === undefined
      ? `transaction of ${name}: ${error?.message}`
      : `transaction of ${name}: ${value.state}, producer ${value.producerId} epoch ${value.producerEpoch}, open for ${value.startTimestamp === undefined ? "?" : Date.now() - value.startTimestamp} of ${value.timeoutMs} ms, ${value.partitions.map(({ topic, partition }) => `${topic}-${partition}`).join(" ")}`,
  );
}

/** Partitions whose last stable offset a transaction holds. */
async function openOf(admin: Admin): Promise<string[]> {
  const names = (await admin.listTopics({ includeInternal: true }))
    .map(({ name }) => name)
    .filter((name) => name !== "__transaction_state");
  const topics = await admin.describeTopics(names, { timeoutMs: ASK_MS });
  const places = topics.flatMap(({ name, value }): TopicPartition[] =>
    (value?.partitions ?? []).map(({ partition }) => ({ topic: name, partition })),
  );
  const producers = await admin.describeProducers(places, { timeoutMs: ASK_MS });
  return producers.flatMap(({ topic, partition, value, error }) => {
    if (error !== undefined) return [`${topic}-${partition}: ${error.message}`];
    return (value ?? [])
      .filter(({ currentTransactionStartOffset }) => currentTransactionStartOffset !== undefined)
      .map(
        (each) =>
          `${topic}-${partition} is held at ${each.currentTransactionStartOffset} by producer ${each.producerId} epoch ${each.producerEpoch}`,
      );
  });
}
