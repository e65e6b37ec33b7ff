import { lookup } from "node:dns/promises";
import { type AddressInfo, connect as connectSocket, createServer, isIP, type Server } from "node:net";
import { invariant, OttlaError } from "../errors.ts";
import type { Net, NetListener, NetSocket } from "../seams/net.ts";
import { connectAbortedError, connectError, connectTimeoutError, listenError } from "./net-errors.ts";
import { NodeSocket } from "./node-socket.ts";
import { KEEP_ALIVE_AFTER_MS, takeHandles } from "./tcp-handle.ts";
import { NodeTlsClient } from "./node-tls-client.ts";
import { NodeTlsServer } from "./node-tls-server.ts";

const BACKLOG = 1024;
const ANY_PORT_ATTEMPTS_MAX = 10;

/**
 * TCP, and TLS over it. `listen` with host "" takes all addresses of the machine (both IP versions where there are two); with a name it takes every
 * address the name stands for, all on one port, so that `localhost` works for clients of either IP version.
 */
export const nodeNet: Net = {
  listen,
  connect,
  tlsServer: (material) => new NodeTlsServer(material),
  tlsClient: (material) => new NodeTlsClient(material),
};

async function listen(host: string, port: number, onSocket: (socket: NetSocket) => void): Promise<NetListener> {
  const addresses = await addressesOf(host, port);
  for (let attempt = 1; ; attempt++) {
    try {
      return listenerOf(host, await listenOnAll(addresses, port, onSocket));
    } catch (error) {
      // The port that was free on the first address may be taken on the second.
      const isOtherTaken = port === 0 && addresses.length > 1 && error instanceof OttlaError && error.code === "PORT_IN_USE";
      if (!isOtherTaken || attempt === ANY_PORT_ATTEMPTS_MAX) throw error;
    }
  }
}

async function addressesOf(host: string, port: number): Promise<readonly string[]> {
  if (host === "" || isIP(host) !== 0) return [host];
  try {
    const found = await lookup(host, { all: true, order: "ipv4first" });
    return [...new Set(found.map(({ address }) => address))];
  } catch (error) {
    throw listenError(host, port, error instanceof Error ? error : new OttlaError("UNKNOWN", String(error)));
  }
}

async function listenOnAll(addresses: readonly string[], port: number, onSocket: (socket: NetSocket) => void): Promise<Server[]> {
  const servers: Server[] = [];
  try {
    for (const address of addresses) {
      const server = await openServer(address, servers.length === 0 ? port : portOf(servers[0]), servers.length > 0, onSocket);
      if (server !== undefined) servers.push(server);
    }
    return servers;
  } catch (error) {
    for (const server of servers) server.close();
    throw error;
  }
}

/** Undefined when `isOptional` and the machine lacks that address (a hosts file with `::1` where IPv6 is off). */
function openServer(host: string, port: number, isOptional: boolean, onSocket: (socket: NetSocket) => void): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer(
      { pauseOnConnect: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_AFTER_MS },
      (socket) => {
        // A peer may be gone before it is greeted; its address is unknown then.
        if (socket.remoteAddress === undefined) socket.destroy();
        else onSocket(new NodeSocket(socket));
      },
    );
    server.once("error", (cause) => {
      const error = listenError(host, port, cause);
      if (isOptional && error.code === "ADDRESS_UNAVAILABLE") resolve(undefined);
      else reject(error);
    });
    server.listen({ ...(host === "" ? {} : { host }), port, backlog: BACKLOG, exclusive: true }, () => {
      takeHandles(server, (handle) => onSocket(new NodeSocket(handle)));
      server.removeAllListeners("error");
      server.on("error", warnOfFailedAccept());
      resolve(server);
    });
  });
}

/** A connection that cannot be accepted (too many open files) must not stop the others; one warning per listener is enough. */
function warnOfFailedAccept(): (error: Error) => void {
  let hasWarned = false;
  return (error) => {
    if (!hasWarned) process.emitWarning(`A connection could not be accepted: ${error.message}.`, { code: "ACCEPT_FAILED" });
    hasWarned = true;
  };
}

function listenerOf(host: string, servers: readonly Server[]): NetListener {
  return {
    host: host === "" ? addressOf(servers[0]).address : host,
    port: portOf(servers[0]),
    // Each handle is closed at once; the servers' own "close" event would wait for the last connection.
    close: async () => {
      for (const server of servers) server.close();
    },
  };
}

function portOf(server: Server | undefined): number {
  return addressOf(server).port;
}

function addressOf(server: Server | undefined): AddressInfo {
  const address = server?.address();
  invariant(typeof address === "object" && address !== null, "A listening server has an address.");
  return address;
}

function connect(host: string, port: number, timeoutMs: number, signal?: AbortSignal): Promise<NetSocket> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(connectAbortedError(host, port));
    const socket = connectSocket({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_AFTER_MS });
    const timeout = setTimeout(() => socket.destroy(connectTimeoutError(host, port, timeoutMs)), timeoutMs);
    const onAbort = (): void => void socket.destroy(connectAbortedError(host, port));
    const settle = (): void => {
      clearTimeout(timeout);
      signal?.removeEventListener("abort", onAbort);
    };
    signal?.addEventListener("abort", onAbort);
    const onError = (cause: Error): void => {
      settle();
      reject(cause instanceof OttlaError ? cause : connectError(host, port, cause));
    };
    socket.once("error", onError);
    socket.once("connect", () => {
      settle();
      socket.off("error", onError);
      resolve(new NodeSocket(socket));
    });
  });
}
