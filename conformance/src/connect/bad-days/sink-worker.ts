// A worker of its own process with one connector: `node sink-worker.ts BOOTSTRAP CONFIG-AS-JSON`. It is killed by who started it.
import { createClient } from "@ottla/client";
import { startInProcessWorker } from "@ottla/connect/worker";

const [bootstrapServers = "", config = "{}"] = process.argv.slice(2);
const worker = await startInProcessWorker({
  client: createClient({ bootstrapServers }),
  properties: { "offset.flush.interval.ms": "200" },
});
await worker.putConfig("sink", JSON.parse(config) as Record<string, string>);
