import type { Server } from "node:http";
import type { Socket } from "node:net";
import { type LoopTurn, loopTurn } from "./loop-turn.ts";
import { takeTurnsAccepting } from "./tcp-handle.ts";

/** The parser of HTTP takes 7 ms for 64 KiB of the dearest bytes there are, chunks of a byte each: 1 ms for such a piece. */
const PIECE_BYTES = 8 * 1024;

/**
 * Lets a server of HTTP or HTTPS take in what comes piece by piece, and no more of it in a turn of the loop than {@link LoopTurn} allows. Node by itself makes sockets of all connections that come in one
 * moment, and its parser takes whatever was read of each without a break, requests beyond the one that cut it off too. Before the server listens; not for servers that upgrade connections.
 */
export function paceServer(server: Pick<Server, "on">, turn: LoopTurn = loopTurn): void {
  server.on("listening", () => takeTurnsAccepting(server as Server, turn));
  server.on("setSecureContext" in server ? "secureConnection" : "connection", (socket: Socket) => pace(socket, turn));
}

function pace(socket: Socket, turn: LoopTurn): void {
  // The server's own; while somebody else reads a connection, the parser does not do so by itself.
  const parsers = socket.listeners("data") as ((piece: Buffer) => void)[];
  for (const each of parsers) socket.off("data", each);
  let reads = 0;
  // Who has waited takes a piece whatever the time is: on a busy machine it may be over before anything was done.
  let isDue = false;
  socket.on("data", (bytes: Buffer) => {
    const read = ++reads;
    for (let at = 0; at < bytes.length; ) {
      const rest = bytes.subarray(at);
      if (!turn.mayTake(Math.min(rest.length, PIECE_BYTES)) && !isDue) {
        socket.pause();
        socket.unshift(rest);
        // The server may go on reading before, and have paused again by itself.
        turn.later(() => {
          if (read !== reads) return;
          isDue = true;
          socket.resume();
        });
        return;
      }
      isDue = false;
      at += PIECE_BYTES;
      for (const parse of parsers) parse.call(socket, rest.subarray(0, PIECE_BYTES));
      if (socket.destroyed || at >= bytes.length) return;
      if (socket.isPaused()) return socket.unshift(bytes.subarray(at));
    }
  });
}
