import { OttlaError } from "@ottla/base";
import { type QueryServer, type StreamsApplication, streams } from "@ottla/streams";
import { delaysTopology, type FlightCounts } from "./delays-topology.ts";
import { DELAYS_APPLICATION } from "./demo-topics.ts";
import type { FlightValues } from "./flight-values.ts";

/** How often what was counted is committed, and so seen in the compacted topic. */
const COMMIT_MS = 200;

/** What the application stands on. */
export interface DelaysWorld {
  readonly bootstrap: string;
  readonly values: FlightValues;
  readonly airportNames: ReadonlyMap<string, string>;
  readonly counts: FlightCounts;
  /** Where its stores can be asked; any other if somebody else has it. */
  readonly port: number;
}

/** The topology at work. */
export interface RunningDelays {
  readonly app: StreamsApplication;
  readonly url: string;
  /** Rejects with what ended it; resolves when it was stopped. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Starts the topology; it joins its group while others go on. Each flight counts once, whenever it is killed: offsets, statistics and what is published are committed in one transaction. */
export async function startDelays({ bootstrap, values, airportNames, counts, port }: DelaysWorld): Promise<RunningDelays> {
  const app = streams(delaysTopology(values, airportNames, counts), {
    applicationId: DELAYS_APPLICATION,
    bootstrapServers: bootstrap,
    guarantee: "exactlyOnce",
    commitIntervalMs: COMMIT_MS,
    bufferedRecordsPerPartition: 10_000,
    // One that was killed is replaced by the one with its name at once; this is for one that hangs.
    groupInstanceId: "delays-1",
    sessionTimeoutMs: 10_000,
  });
  const ended = Promise.withResolvers<void>();
  ended.promise.catch(() => {});
  app.onState((to) => {
    if (to === "NOT_RUNNING") ended.resolve();
    else if (to === "PENDING_ERROR") ended.reject(app.error ?? new OttlaError("DEMO_ENDED", "The topology has ended."));
  });
  const server = await serve(app, port);
  app.start().catch(() => {});
  return { app, url: server.url, ended: ended.promise, stop: () => app.close() };
}

async function serve(app: StreamsApplication, port: number): Promise<QueryServer> {
  try {
    return await app.serve({ port });
  } catch (error) {
    if (!(error instanceof OttlaError) || error.code !== "PORT_IN_USE") throw error;
    return app.serve();
  }
}
