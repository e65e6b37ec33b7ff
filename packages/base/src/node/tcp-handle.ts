import type { Server } from "node:net";

/** Connections that are quiet for so long are asked by the system whether they live. */
export const KEEP_ALIVE_AFTER_MS = 60_000;

/** What Node keeps of a TCP connection below a socket. None of it is Node's public API: whoever uses it has another way where it is not there. */
export interface TcpHandle {
  getpeername(end: HandleEnd): number;
  getsockname(end: HandleEnd): number;
  setNoDelay(isOn: boolean): number;
  setKeepAlive(isOn: boolean, afterSeconds: number): number;
}

/** One end of a connection; empty where it is not connected any more. */
export interface HandleEnd {
  readonly address?: string;
  readonly port?: number;
}

/** Sends at once what is written, and notices a peer that is gone: what Node's own options of a server and a connection do. */
export function tune(handle: TcpHandle): void {
  handle.setNoDelay(true);
  handle.setKeepAlive(true, KEEP_ALIVE_AFTER_MS / 1000);
}

export function isTcpHandle(handle: unknown): handle is TcpHandle {
  if (typeof handle !== "object" || handle === null) return false;
  const { getpeername, getsockname, setNoDelay, setKeepAlive } = handle as Readonly<Record<string, unknown>>;
  return [getpeername, getsockname, setNoDelay, setKeepAlive].every((method) => typeof method === "function");
}

type OnConnection = (this: object, error: number, connection: unknown) => void;

/**
 * Hands the connections of a server that listens to `take` as they are, with no socket made for them: many that come in one moment are all accepted in one turn of the loop, which nobody can interrupt, and a
 * socket takes ten times as long as the rest. Where this Node keeps them elsewhere the server goes on as it does.
 */
export function takeHandles(server: Server, take: (handle: TcpHandle) => void): void {
  const { _handle: listening } = server as unknown as { readonly _handle?: { onconnection?: unknown } | null };
  const ordinary = listening?.onconnection;
  if (listening === undefined || listening === null || typeof ordinary !== "function") return;
  const onConnection: OnConnection = function (error, connection) {
    if (error === 0 && isTcpHandle(connection)) take(connection);
    else (ordinary as OnConnection).call(this, error, connection);
  };
  listening.onconnection = onConnection;
}
