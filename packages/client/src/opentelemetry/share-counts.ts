import type { Attributes, Meter, ObservableResult } from "@opentelemetry/api";
import type { AcknowledgementResult } from "../share/share-types.ts";

const PREFIX = "org.apache.kafka.consumer.share.fetch.manager.acknowledgements";

/** Acknowledgements of share groups, in records, under the names that Java's clients send them by (KIP-714), looked up when somebody collects. */
export class ShareCounts {
  readonly #groups = new Map<string, GroupCounts>();

  constructor(meter: Meter) {
    const observe = (name: string, description: string, read: (counts: GroupCounts) => number) =>
      meter.createObservableCounter(name, { description }).addCallback((result: ObservableResult) => {
        for (const counts of this.#groups.values()) result.observe(read(counts), counts.attributes);
      });
    observe(`${PREFIX}.send.total`, "Records whose acknowledgement brokers answered, or that was lost.", ({ sent }) => sent);
    observe(`${PREFIX}.error.total`, "Records whose acknowledgement took no effect.", ({ failed }) => failed);
  }

  /** What all share consumers of a group do, together. */
  of(groupId: string | undefined, clientId: string | undefined): GroupCounts {
    const attributes = {
      ...(clientId === undefined ? {} : { client_id: clientId }),
      ...(groupId === undefined ? {} : { group_id: groupId }),
    };
    const key = JSON.stringify(attributes);
    const counts = this.#groups.get(key) ?? new GroupCounts(attributes);
    this.#groups.set(key, counts);
    return counts;
  }
}

class GroupCounts {
  readonly attributes: Attributes;
  sent = 0;
  failed = 0;

  constructor(attributes: Attributes) {
    this.attributes = attributes;
  }

  acknowledged(results: readonly AcknowledgementResult[]): void {
    for (const { offsets, error } of results) {
      this.sent += offsets.length;
      if (error !== undefined) this.failed += offsets.length;
    }
  }
}
