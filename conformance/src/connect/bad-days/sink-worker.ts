// A worker of its own process with one connector: `node sink-worker.ts BOOTSTRAP CONFIG-AS-JSON`. It is killed by who started it.
import { createClient } from "@ottla/client";
import { startInProcessWorker } from "@ottla/connect/worker";
import { waitUntil } from "../../process/wait-until.ts";

const [bootstrapServers = "", config = "{}"] = process.argv.slice(2);
const worker = await startInProcessWorker({
  client: createClient({ bootstrapServers }),
  properties: { "offset.flush.interval.ms": "200" },
});
// A config is refused while the system behind cannot be reached.
await waitUntil("the config is taken", async () => {
  await worker.putConfig("sink", JSON.parse(config) as Record<string, string>);
  return true;
});
