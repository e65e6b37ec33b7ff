import type { ConnectWorker } from "../worker/connect-worker.ts";
import { RequestError } from "../worker/request-error.ts";
import type { RunStatus } from "../storage/status-store.ts";

/** A connector as `GET /connectors/{c}` answers it. */
export async function connectorInfo(worker: ConnectWorker, connector: string): Promise<object> {
  const { tasks, properties } = worker.wanted(connector);
  return {
    name: connector,
    config: await worker.shown(properties),
    tasks: tasks.map((_, task) => ({ connector, task })),
    type: typeOf(worker, connector),
  };
}

/** Its settings, secrets hidden. */
export function connectorConfig(worker: ConnectWorker, connector: string): Promise<Record<string, string>> {
  return worker.shown(worker.wanted(connector).properties);
}

/** Its tasks with their settings as JSON, secrets hidden. */
export function connectorTasks(worker: ConnectWorker, connector: string): AsyncIterable<string> {
  const { tasks } = worker.wanted(connector);
  return (async function* () {
    for (const [task, properties] of tasks.entries())
      yield JSON.stringify({ id: { connector, task }, config: await worker.shown(properties) });
  })();
}

/** @throws RequestError 404 where nobody has said how it is */
export function connectorStatus(worker: ConnectWorker, connector: string): object {
  const status = worker.statuses.get({ connector });
  if (status === undefined) throw new RequestError(404, `No status found for connector ${connector}`);
  const gauges = worker.metrics(connector);
  const tasks = [...worker.statuses.tasks(connector)].map(([id, each]) => ({ id, ...statusOf(each), ...warningOf(gauges.get(id)) }));
  return { name: connector, connector: statusOf(status), tasks, type: typeOf(worker, connector) };
}

/** @throws RequestError 404 */
export function taskStatus(worker: ConnectWorker, connector: string, task: number): object {
  const status = worker.statuses.get({ connector, task });
  if (status === undefined) throw new RequestError(404, `No status found for task ${connector}-${task}`);
  return { id: task, ...statusOf(status), ...warningOf(worker.metrics(connector).get(task)) };
}

function statusOf({ state, workerId, trace, version }: RunStatus): object {
  return { state, worker_id: workerId, ...(trace !== undefined && { trace }), ...(version !== undefined && { version }) };
}

/** Of a task that runs here. */
function warningOf(gauges: Readonly<Record<string, number>> | undefined): { readonly warning?: string } {
  const stuckMs = gauges?.["stuck_ms"] ?? 0;
  if (stuckMs === 0) return {};
  return {
    warning: `A call of the plugin has not come back for ${Math.round(stuckMs / 1000)} s; the worker's log says which, and since when.`,
  };
}

function typeOf(worker: ConnectWorker, connector: string): string {
  const className = worker.state.get(connector)?.properties["connector.class"] ?? "";
  return worker.catalogue.has(["source", "sink"], className)?.kind ?? "unknown";
}
