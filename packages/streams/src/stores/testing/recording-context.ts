import { type Headers, noHeaders } from "../../record.ts";
import type { ChangelogSink, StoreContext } from "../store-builder.ts";

/** What a store under test is given: a changelog that is written down as text, or given to `sink` as copies, which it may keep; and a record whose time the test sets. */
export function recordingContext(sink?: ChangelogSink): {
  readonly context: StoreContext;
  /** `key=value in hex@time` of each changelog record. */
  readonly changelog: string[];
  readonly at: (timestamp: number, headers?: Headers) => void;
} {
  const changelog: string[] = [];
  const record = { topic: "t", partition: 0, offset: 0, timestamp: 0, headers: noHeaders };
  const written: ChangelogSink = (key, value, timestamp) => {
    changelog.push(`${Buffer.from(key).toString()}=${value === null ? "null" : Buffer.from(value).toString("hex")}@${timestamp}`);
  };
  return {
    changelog,
    at(timestamp, headers = noHeaders) {
      record.timestamp = timestamp;
      record.headers = headers;
    },
    context: {
      applicationId: "app",
      taskId: "0_0",
      changelogTopic: "app-s-changelog",
      changelog: sink === undefined ? written : copying(sink),
      record,
      get streamTimeMs() {
        return record.timestamp;
      },
    },
  };
}

function copying(sink: ChangelogSink): ChangelogSink {
  return (key, value, timestamp, headers) => sink(Buffer.from(key), value === null ? null : Buffer.from(value), timestamp, headers);
}
