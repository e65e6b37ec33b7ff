// A distributed worker of its own process that writes exactly once, with one connector: `node source-worker.ts BOOTSTRAP CONFIG-AS-JSON`. It is killed by who started it, and comes back as the same worker.
import { silentLogger } from "@ottla/base";
import { nodeDisk, systemClock } from "@ottla/base/node";
import { createClient } from "@ottla/client";
import { builtinPlugins, PluginCatalogue, startWorker } from "@ottla/connect/worker";
import { storageTopics } from "../worker/apache-connect.ts";
import { waitUntil } from "../../process/wait-until.ts";

const [bootstrapServers = "", config = "{}"] = process.argv.slice(2);
const worker = await startWorker({
  client: createClient({ bootstrapServers }),
  catalogue: new PluginCatalogue(builtinPlugins),
  properties: {
    "group.id": "days",
    ...storageTopics("days"),
    "offset.flush.interval.ms": "200",
    "exactly.once.source.support": "enabled",
  },
  workerId: "127.0.0.1:8083",
  environment: {},
  disk: nodeDisk,
  clock: systemClock,
  logger: silentLogger,
});
// A config is refused while the system behind cannot be reached.
await waitUntil("the config is taken", async () => {
  await worker.putConfig("source", JSON.parse(config) as Record<string, string>);
  return true;
});
