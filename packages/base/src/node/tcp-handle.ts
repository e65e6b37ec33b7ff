import type { Server } from "node:net";
import type { LoopTurn } from "./loop-turn.ts";

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

/** What making a socket of a connection counts for: as much as some 100 bytes that come. */
const CONNECTION_BYTES = 128;

/**
 * Hands the connections of a server that listens to `take` as they are, with no socket made for them: many that come in one moment are all accepted in one turn of the loop, which nobody can interrupt, and a
 * socket takes ten times as long as the rest. Where this Node keeps them elsewhere the server goes on as it does.
 */
export function takeHandles(server: Server, take: (handle: TcpHandle) => void): void {
  replaceOnConnection(server, (ordinary) => (handle) => (isTcpHandle(handle) ? take(handle) : ordinary(handle)));
}

/** Makes sockets of connections in as many turns as it takes. Those that wait when the server closes are closed. */
export function takeTurnsAccepting(server: Server, turn: LoopTurn): void {
  replaceOnConnection(server, (ordinary) => (handle) => {
    if (turn.mayTake(CONNECTION_BYTES)) return ordinary(handle);
    return turn.later(() => {
      if (server.listening) ordinary(handle);
      else (handle as { close?(): void }).close?.();
    });
  });
}

type OnConnection = (this: object, error: number, connection: unknown) => void;
type TakeConnection = (handle: unknown) => void;

function replaceOnConnection(server: Server, replace: (ordinary: TakeConnection) => TakeConnection): void {
  const { _handle: listening } = server as unknown as { readonly _handle?: { onconnection?: unknown } | null };
  const ordinary = listening?.onconnection;
  if (listening === undefined || listening === null || typeof ordinary !== "function") return;
  const take = replace((handle) => (ordinary as OnConnection).call(listening, 0, handle));
  const onConnection: OnConnection = function (error, connection) {
    if (error === 0 && connection !== undefined) take(connection);
    else (ordinary as OnConnection).call(this, error, connection);
  };
  listening.onconnection = onConnection;
}
