import type { AuditSink, Clock, Disk, Logger } from "@ottla/base";
import { ErrorCode, KafkaError } from "@ottla/protocol";
import { RecordBatchBuilder } from "@ottla/protocol/records";
import type { BrokerState } from "./broker-state.ts";
import type { AuditSettings } from "./security/audit/audit-settings.ts";
import { AuditTrail } from "./security/audit/audit-trail.ts";
import { autoCreateTopics } from "./topics/auto-create.ts";

/** The topic is written behind the requests' back, so that no event is about it. */
export function openAudit(
  deps: { readonly clock: Clock; readonly logger: Logger; readonly disk: Disk; readonly machineDisk?: Disk },
  settings: AuditSettings,
  node: number,
  state: () => BrokerState,
): AuditTrail {
  const topic = settings.topic === undefined ? undefined : new AuditTopic(settings.topic, state);
  return new AuditTrail({ clock: deps.clock, logger: deps.logger, disk: deps.machineDisk ?? deps.disk, node, topic }, settings);
}

/** Audit events as records without a key, in an ordinary topic of this broker, made where it is not there. Each write goes to the next partition. */
class AuditTopic implements AuditSink {
  readonly place: string;
  readonly #state: () => BrokerState;
  #next = 0;

  constructor(topic: string, state: () => BrokerState) {
    this.place = topic;
    this.#state = state;
  }

  async write(lines: readonly string[]): Promise<void> {
    const state = this.#state();
    if (state.metadata.topic(this.place) === undefined) {
      const errorCode = (await autoCreateTopics(state, [this.place])).get(this.place);
      if (errorCode !== undefined) throw new KafkaError(errorCode);
    }
    const topic = state.metadata.topic(this.place);
    const partition = this.#next++ % (topic?.partitions.length ?? 1);
    const target = state.partitions.get(this.place, partition);
    if (topic === undefined || target === undefined) throw new KafkaError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    const { leaderEpoch } = topic.partitions[partition]!;
    const limitBytes = state.topicSettings.limits(this.place).maxMessageBytes;
    for (const batch of batchesOf(lines, limitBytes, state.clock.nowMs())) {
      const outcome = target.append(batch, { origin: "coordinator", leaderEpoch });
      if (outcome.kind === "rejected") throw new KafkaError(outcome.errorCode, outcome.message);
      // What is acknowledged to nobody need not be on the disk before the next one.
    }
  }

  async close(): Promise<void> {}
}

/** One batch, unless the topic takes smaller ones. */
function* batchesOf(lines: readonly string[], limitBytes: number, nowMs: number): IterableIterator<Buffer> {
  let builder = new RecordBatchBuilder({ limitBytes });
  let isEmpty = true;
  for (const line of lines) {
    const value = Buffer.from(line.slice(0, -1));
    if (!builder.append(null, value, [], nowMs)) {
      if (!isEmpty) yield builder.close("none");
      builder = new RecordBatchBuilder({ limitBytes });
      isEmpty = !builder.append(null, value, [], nowMs);
      continue;
    }
    isEmpty = false;
  }
  if (!isEmpty) yield builder.close("none");
}
