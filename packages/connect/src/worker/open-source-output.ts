import type { ProducerRecord } from "@ottla/client";
import type { PluginOf } from "../plugin/plugin-entry.ts";
import type { SourceOffset } from "../storage/offset-store.ts";
import { AtLeastOnceOutput } from "./at-least-once-output.ts";
import type { SourceOutput } from "./source-output.ts";
import { numberOf } from "./task-settings.ts";
import type { TaskPlan, TaskWorld } from "./task-world.ts";

/** What a source's task does with what is decided. */
export interface SourceOutputHooks {
  readonly plugin: PluginOf<"source">;
  readonly acked: (offsets: readonly SourceOffset[]) => Promise<void>;
  readonly tolerate: ((record: ProducerRecord, error: Error) => Promise<void>) | undefined;
}

const FLUSH_INTERVAL_MS = 60_000;

/** The output that the worker's and the connector's settings ask for. */
export function openSourceOutput(plan: TaskPlan, world: TaskWorld, { acked, tolerate }: SourceOutputHooks): Promise<SourceOutput> {
  const { clients, offsets, worker, clock, logger } = world;
  const producer = clients.client.producer(clients.producer);
  const output = new AtLeastOnceOutput({
    producer,
    commit: (each) => offsets.put(each),
    acked,
    tolerate,
    commitIntervalMs: numberOf(worker, "offset.flush.interval.ms", FLUSH_INTERVAL_MS),
    clock,
    logger,
  });
  return Promise.resolve(output);
}
