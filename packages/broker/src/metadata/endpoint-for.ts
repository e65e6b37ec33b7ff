import type { BrokerNode, Endpoint } from "./cluster-metadata.ts";

/** What an address depends on: the connection that asks for it. */
export interface Asker {
  /** Clients may reach no listener but the one they came through. */
  readonly listenerName: string;
  /** The address of this machine that the client came to. */
  readonly serverHost: string;
}

/** Where the client that asks finds `node`; undefined where the node has no listener of that name. */
export function endpointFor(node: BrokerNode | undefined, { listenerName, serverHost }: Asker): Endpoint | undefined {
  const endpoint = node?.endpoints.get(listenerName);
  return endpoint && { host: endpoint.host ?? serverHost, port: endpoint.port };
}
