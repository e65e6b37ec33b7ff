import type { ResolvedOptions } from "../options/resolve-options.ts";
import { ChangelogRestore } from "../restore/changelog-restore.ts";
import { RecordOutput } from "./record-output.ts";
import type { WorkerHost } from "./worker-host.ts";

const RESTORE_FETCH_BYTES = 8 * 1024 * 1024;

/** A user's properties of a client, by the prefixes that mean it; the last one counts. */
export function propertiesOf({ clients }: ResolvedOptions, ...prefixes: readonly string[]): object {
  return Object.assign({}, ...prefixes.map((prefix) => clients.get(prefix)));
}

export function isolationOf({ guarantee }: ResolvedOptions): "read_committed" | "read_uncommitted" {
  return guarantee === "exactlyOnce" ? "read_committed" : "read_uncommitted";
}

/** As Java names the thread. */
export function workerName({ options, processId }: WorkerHost): string {
  return `${options.applicationId}-${processId}-StreamThread-1`;
}

/** What a worker's tasks write to. */
export function outputOf({ client, options, counts, processId, onWriteFailure }: WorkerHost): RecordOutput {
  const isExact = options.guarantee === "exactlyOnce";
  const transaction = {
    transactionalId: `${options.applicationId}-${processId}-0`,
    transactionTimeoutMs: options.transactionTimeoutMs,
  };
  return new RecordOutput(
    () => client.producer({ ...propertiesOf(options, "producer."), ...(isExact ? transaction : {}) }),
    isExact,
    counts,
    onWriteFailure,
  );
}

/** What fills a worker's stores from their changelogs. */
export function restoreOf({ client, options, clock, logger, onRestore }: WorkerHost): ChangelogRestore {
  return new ChangelogRestore({
    admin: client.admin(),
    consumer: () =>
      client.consumer({
        maxPartitionFetchBytes: RESTORE_FETCH_BYTES,
        ...propertiesOf(options, "consumer.", "restore.consumer."),
        enableAutoCommit: false,
        autoOffsetReset: "none",
        isolationLevel: isolationOf(options),
        allowAutoCreateTopics: false,
      }),
    clock,
    logger,
    onProgress: onRestore,
  });
}
