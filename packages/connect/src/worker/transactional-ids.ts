import type { Client } from "@ottla/client";

const FENCE_MS = 30_000;

/** By this a source's task writes exactly once, and an older one of it is fenced (KIP-618). */
export function sourceTransactionalId(groupId: string, connector: string, task: number): string {
  return `${groupId}-${connector}-${task}`;
}

/** Fences tasks that are not there any more, which nobody who follows them would: what they have open is aborted, and they write nothing more. */
export async function fenceTasks(client: Client, groupId: string, connector: string, from: number, to: number): Promise<void> {
  for (let task = from; task < to; task++) {
    const producer = client.producer({
      transactionalId: sourceTransactionalId(groupId, connector, task),
      idempotent: true,
      acks: "all",
      maxBlockMs: FENCE_MS,
    });
    try {
      await producer.initTransactions();
    } finally {
      await producer.close({ timeoutMs: 1_000 }).catch(() => {});
    }
  }
}
