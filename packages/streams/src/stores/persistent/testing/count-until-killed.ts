import { nodeDisk } from "@ottla/base/node";
import { serdes } from "../../../serdes/serdes.ts";
import { stores } from "../../stores.ts";
import { recordingContext } from "../../testing/recording-context.ts";
import { TaskState } from "../task-state.ts";

/** Counts in a persistent store, commits after every few records, and writes the offset after each commit, until it is killed. */
const state = TaskState.open(nodeDisk, process.argv[2]!);
const counts = stores
  .keyValue({ name: "counts", key: serdes.string, value: serdes.long, persistent: true, logging: false })
  .build({ ...recordingContext().context, state });
for (let offset = state.offset("in", 0) ?? 0; ; ) {
  for (let i = 0; i < 7; i++, offset++) {
    const key = `key-${offset % 13}`;
    counts.put(key, (counts.get(key) ?? 0) + 1);
  }
  state.commit([{ topic: "in", partition: 0, offset, timeMs: 0 }]);
  process.stdout.write(`${offset}\n`);
}
