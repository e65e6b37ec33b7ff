import type { WaitOptions } from "../consumer/consumer-types.ts";
import type { CallOptions } from "../options/call-options.ts";
import type { ShareHealth, ShareRecordContext, ShareRunOptions } from "../share/run/share-run-types.ts";
import type { ShareRecord } from "../share/share-record-types.ts";
import type { AcknowledgeType, ShareCloseOptions, ShareConsumer, ShareConsumerOptions } from "../share/share-types.ts";
import type { RecordDecodeError } from "./record-decode-error.ts";
import type { AnyTopic, RecordOf, UndecodedRecord } from "./topic-types.ts";

/** What may be done with a record of a queue that cannot be decoded: `reject`: never again, `accept`: done with, both without anybody having seen it. */
export type ShareUndecodableDecision = "throw" | "reject" | "accept";

export interface TypedShareConsumerOptions extends Omit<ShareConsumerOptions, "topics"> {
  /**
   * What happens to a record that cannot be decoded. `"throw"` (default): the loop ends with `RecordDecodeError` and the record is released, so that the group delivers it again until its limit.
   * `"reject"`, `"accept"`: so it is acknowledged, the next one comes, the logger is warned. `"raw"`: it is handed over undecoded, `record.error` says why. A function decides for each
   * record; it may be asynchronous.
   */
  readonly onUndecodable?:
    | ShareUndecodableDecision
    | "raw"
    | ((error: RecordDecodeError) => ShareUndecodableDecision | Promise<ShareUndecodableDecision>)
    | undefined;
}

/** A record as it was decoded, together with its lock: what {@link ShareRecord} can do. */
export type Held<Read> = Omit<Read, "raw"> &
  Pick<ShareRecord, "deliveryCount" | "isHeld" | "accept" | "release" | "reject" | "renew"> & {
    /** As it was read. */
    readonly raw: ShareRecord;
  };

type HeldEach<Read> = Read extends unknown ? Held<Read> : never;

/** Undecoded records come only from a consumer that asked for them. */
export type ShareReadBy<T extends AnyTopic, Options> =
  | HeldEach<RecordOf<T>>
  | (Options extends { readonly onUndecodable: infer Choice } ? ("raw" extends Choice ? Held<UndecodedRecord<T["name"]>> : never) : never);

/** As `ShareRunOptions`, for records that are decoded. */
export interface TypedShareRunOptions<Read> extends Omit<ShareRunOptions, "eachRecord"> {
  /** Called for each record. A record that it acknowledges itself stays as it said. */
  readonly eachRecord: (record: Read, context: ShareRecordContext) => unknown;
}

/** Works typed topics off as a member of a share group. */
export interface TypedShareConsumer<Read> extends AsyncDisposable {
  /** The consumer underneath. Its own loops and polls take records away from this one's. */
  readonly raw: ShareConsumer;
  /** As `ShareConsumer.records`, decoded. */
  records(options?: WaitOptions): AsyncIterableIterator<Read, undefined>;
  /**
   * As `ShareConsumer.run`, decoded. A record that cannot be decoded has failed as if its handler had thrown the `RecordDecodeError`, so `onError` decides; with `onUndecodable` it may
   * be acknowledged or handed over raw before that.
   */
  run(options: TypedShareRunOptions<Read>): Promise<void>;
  health(): ShareHealth;
  /** As the record's own method of that name; left out: accept. */
  acknowledge(record: Read, type?: AcknowledgeType): void;
  /** As `ShareConsumer.commit`. */
  commit(options?: CallOptions): Promise<void>;
  close(options?: ShareCloseOptions): Promise<void>;
}
