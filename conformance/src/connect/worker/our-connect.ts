import { silentLogger } from "@ottla/base";
import { nodeDisk, OpenPort, systemClock } from "@ottla/base/node";
import { createClient } from "@ottla/client";
import { builtinPlugins, PluginCatalogue, serveConnect, startWorker } from "@ottla/connect/worker";
import { storageTopics } from "./apache-connect.ts";

/** A distributed worker of ours over a cluster, with its API. */
export interface OurConnect {
  readonly url: string;
  stop(): Promise<void>;
}

/** `topics`: its three topics begin with this. */
export async function startOurConnect(bootstrapServers: string, topics: string): Promise<OurConnect> {
  const client = createClient({ bootstrapServers });
  const port = await OpenPort.open({ what: "Connect", host: "127.0.0.1", port: 0 });
  const worker = await startWorker({
    client,
    catalogue: new PluginCatalogue(builtinPlugins),
    properties: { "group.id": topics, ...storageTopics(topics), "offset.flush.interval.ms": "200" },
    workerId: port.authority,
    environment: {},
    disk: nodeDisk,
    clock: systemClock,
    logger: silentLogger,
  });
  const door = { boundHost: "127.0.0.1", names: [], origins: [] };
  const server = await serveConnect({ worker: () => Promise.resolve(worker), port, door });
  return {
    url: server.url,
    async stop() {
      await server.close();
      await worker.stop();
      await client.close({ timeoutMs: 1_000 });
    },
  };
}
