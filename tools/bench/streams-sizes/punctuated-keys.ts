import { createClient } from "@ottla/client";
import { type KeyValueStore, type ProcessorContext, serdes, stores, streams, StreamsBuilder } from "@ottla/streams";
import { readProcessUsage } from "../../../conformance/src/process/process-usage.ts";
import { waitUntil } from "../../../conformance/src/process/wait-until.ts";
import { LongestHold } from "./longest-hold.ts";
import type { SizesOptions } from "./sizes-part.ts";
import { writeAll } from "./write-all.ts";

const KEYS = 100_000;
const EVERY_MS = 500;
const MIB = 1024 * 1024;
const texts = { key: serdes.string, value: serdes.string } as const;

/** A store of a hundred thousand keys, of which a punctuator gives on every one. */
export async function punctuatedKeys({ bootstrap, tell }: SizesOptions): Promise<void> {
  await using client = createClient({ bootstrapServers: bootstrap });
  await client.admin().createTopics(["in", "out"].map((name) => ({ name, partitionCount: 1 })));
  const latest = stores.keyValue({ name: "latest", ...texts });
  let calls = 0;
  let longestCallMs = 0;
  const b = new StreamsBuilder();
  b.addStateStore(latest);
  b.stream("in", texts)
    .process(
      () => {
        let store: KeyValueStore<string, string>;
        return {
          init(context: ProcessorContext<string, string>) {
            store = context.stateStore(latest);
            context.schedule(EVERY_MS, "wallClockTime", (timestamp) => {
              const before = process.threadCpuUsage();
              let count = 0;
              for (const [key, value] of store.all()) {
                count++;
                context.forward({ key, value, timestamp, headers: [] });
              }
              if (count < KEYS) return;
              calls++;
              const { user, system } = process.threadCpuUsage(before);
              longestCallMs = Math.max(longestCallMs, (user + system) / 1_000);
            });
          },
          process: ({ key, value }) => store.put(key, value),
        };
      },
      { stores: ["latest"] },
    )
    .to("out", texts);
  const residentBefore = readProcessUsage(process.pid).residentBytes;
  await writeAll(client, KEYS, (i) => ({ topic: "in", key: `key-${i}`, value: `value-${i}` }));
  using hold = new LongestHold();
  await using app = streams(b.build(), { applicationId: "punctuated", bootstrapServers: bootstrap, commitIntervalMs: 1_000 });
  await app.start();
  await waitUntil("five punctuations of all keys", () => calls >= 5, { timeoutMs: 300_000, everyMs: 50 });
  tell(`a punctuator that gives on ${KEYS} keys: its longest call, ms of CPU`, longestCallMs.toFixed(1));
  tell("  longest hold of the loop, ms of CPU", hold.take());
  tell("  memory more than before, MiB", ((readProcessUsage(process.pid).residentBytes - residentBefore) / MIB).toFixed(0));
}
