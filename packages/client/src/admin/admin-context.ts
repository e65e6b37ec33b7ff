import type { Api } from "@ottla/protocol";
import type { Cluster } from "../cluster/cluster.ts";
import { callOn, type Lane } from "../cluster/lane.ts";
import type { VersionBounds } from "../net/broker-versions.ts";
import type { CallOptions } from "../options/call-options.ts";

/** What every admin call works with. */
export interface AdminContext {
  readonly cluster: Cluster;
  readonly lane: Lane;
}

/** A call that any broker can serve. `read` throws what is to be tried again or to fail the whole call. */
export function askAnyBroker<Request, Response, Result>(
  { cluster, lane }: AdminContext,
  api: Api<Request, Response>,
  makeRequest: (version: number) => Request,
  read: (response: Response) => Result,
  options: CallOptions & VersionBounds = {},
): Promise<Result> {
  const limit = cluster.limit(options);
  return cluster.retrying(api.name, limit, async () =>
    read(await lane.callAny(api, makeRequest, { min: options.min, max: options.max, limit })),
  );
}

/** A call for the active controller: since KRaft any broker passes it on, before it had to be the right one. */
export function askController<Request, Response, Result>(
  { cluster, lane }: AdminContext,
  api: Api<Request, Response>,
  makeRequest: (version: number) => Request,
  read: (response: Response) => Result,
  options: CallOptions & VersionBounds = {},
): Promise<Result> {
  const limit = cluster.limit(options);
  return cluster.retrying(
    api.name,
    limit,
    async () => {
      const { controllerId, brokers } = await cluster.metadata.awaitBrokers();
      const connection = brokers.has(controllerId) ? await lane.connect(controllerId) : await lane.connectAny();
      return read(await callOn(connection, api, makeRequest, { min: options.min, max: options.max, limit }));
    },
    () => void cluster.metadata.refresh().catch(() => {}),
  );
}

/** How long a broker may work on a change: what the caller allows, within one request. */
export function serverTimeoutMs({ cluster }: AdminContext, options: CallOptions): number {
  return Math.ceil(Math.min(options.timeoutMs ?? cluster.options.apiTimeoutMs, cluster.options.requestTimeoutMs));
}
