// The inside of a worker's thread: loads the topology's module, and is a member of the application's group until it is told to end. The module is its own entry: whoever starts one loads it for its address.
import { enableCompileCache } from "node:module";
import { isMainThread, type MessagePort, parentPort, workerData } from "node:worker_threads";
import { silentLogger } from "@ottla/base";
import { systemClock, ThreadGate, ThreadLog } from "@ottla/base/node";
import { createClient } from "@ottla/client";
import { StreamsError } from "../../streams-error.ts";
import { ApplicationQueries } from "../queries/application-queries.ts";
import { StoreQueryError } from "../queries/store-query-error.ts";
import { planTopology } from "../plan/topology-plan.ts";
import { WorkerRun } from "../worker/worker-run.ts";
import { endedThrough } from "../../stores/persistent/uninterrupted.ts";
import { DroppedRecords } from "./dropped-records.ts";
import { portableError } from "./portable-error.ts";
import { type FromThread, STREAMS_WORKER, type ThreadStart, type ToThread } from "./thread-messages.ts";
import { answered } from "./thread-questions.ts";
import { ThreadWatches } from "./thread-watches.ts";
import { loadTopology } from "./topology-module.ts";

/** Where the code of the thread is. */
export const workerThread: URL = new URL(import.meta.url);

if (!isMainThread && parentPort !== null && isStart(workerData)) void serve(parentPort, workerData);

function isStart(data: unknown): data is ThreadStart {
  return typeof data === "object" && data !== null && "kind" in data && data.kind === STREAMS_WORKER;
}

async function serve(port: MessagePort, start: ThreadStart): Promise<void> {
  const send = (message: FromThread): void => port.postMessage(message);
  endedThrough(ThreadGate.of(start.gate));
  if (start.compileCache !== undefined) enableCompileCache(start.compileCache);
  const log = start.isLogged ? new ThreadLog(send) : undefined;
  const dropped = new DroppedRecords((counts) => send({ type: "dropped", counts }));
  let run: WorkerRun | undefined;
  let queries: ApplicationQueries | undefined;
  const watches = new ThreadWatches();
  let stopped: { readonly isLeaving: boolean } | undefined;
  let cacheMaxBytes = start.cacheMaxBytes;
  port.on("message", (message: ToThread) => {
    switch (message.type) {
      case "stop":
        stopped = message;
        return run?.stop(message.isLeaving);
      case "cache":
        cacheMaxBytes = message.maxBytes;
        return run?.setCacheBytes(cacheMaxBytes);
      case "look":
        return send({ type: "snapshot", snapshot: run?.snapshot() });
      case "heard":
        return log?.heard(message.count);
      case "ask":
        return void answered(message, async (ask) => queriesHere(queries).readHere(ask)).then(send);
      case "changes":
        return send(watches.take(message, queries));
      case "unwatch":
        return watches.end(message.viewId);
    }
  });
  let failure: unknown;
  try {
    const { topology, options, plan, asked } = await load(start);
    queries = asked;
    await using client = createClient(options.client, { logger: log ?? silentLogger });
    run = new WorkerRun({
      topology: topology.builder,
      options,
      plan,
      counts: start.counts,
      client,
      clock: systemClock,
      logger: log ?? silentLogger,
      processId: start.processId,
      number: start.number,
      cacheMaxBytes,
      onRunning: (isRunning, memberId) => send({ type: "running", isRunning, memberId }),
      onDropped: (_node, reason) => dropped.note(reason),
      onRestore(event, progress) {
        asked.restoring.note(event, progress);
        send({ type: "restore", isStandby: false, event, progress });
      },
      onStandby: (event, progress) => send({ type: "restore", isStandby: true, event, progress }),
      onHosts(hosts) {
        asked.hosts.replace(hosts);
        send({ type: "hosts", hosts });
      },
    });
    const here = run;
    asked.attach({ plan, counts: start.counts, copies: (store, partition) => here.copies(store, partition) });
    if (stopped !== undefined) run.stop(stopped.isLeaving);
    await run.run();
  } catch (error) {
    failure = error;
  }
  dropped.tell();
  send({ type: "ended", error: failure === undefined ? undefined : portableError(failure) });
  port.close();
}

async function load(start: ThreadStart) {
  const { topology, options } = await loadTopology({ module: new URL(start.url), data: start.data }, start.options);
  if (topology.describe() !== start.description) throw otherTopology(start.url);
  const plan = planTopology(topology.builder, options.applicationId);
  const asked = new ApplicationQueries({ ...options, topology: topology.builder, clock: systemClock, state: () => "RUNNING" });
  return { topology, options, plan, asked };
}

function queriesHere(queries: ApplicationQueries | undefined): ApplicationQueries {
  if (queries === undefined) throw new StoreQueryError("STREAMS_STORE_UNAVAILABLE", "The worker's thread has not loaded its topology yet.");
  return queries;
}

function otherTopology(url: string): StreamsError {
  return new StreamsError(
    "STREAMS_TOPOLOGY_MODULE",
    `Module ${url} built another topology in a worker's thread than in the application's: all workers need the same one. Let it depend on nothing that differs between threads.`,
  );
}
