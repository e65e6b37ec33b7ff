import type { RequestListener, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { loopTurn } from "./loop-turn.ts";

/** Requests of a connection that wait for the answers before theirs. Who sends more at once is cut off. */
const MAX_PIPELINED = 100;

interface Line {
  length: number;
  readonly waiting: (() => void)[];
}

/** Requests that a client sends ahead of its answers: of each connection one after the other. Answers go out in the order of requests anyway; what is decided ahead of its turn only holds memory, and the loop. */
export class RequestLine {
  readonly #lines = new WeakMap<Socket, Line>();

  /** True when all requests before have been answered, false when the connection is gone; a promise while requests before wait. */
  turn(socket: Socket, response: ServerResponse): boolean | Promise<boolean> {
    const line = this.#lineOf(socket);
    if (line.length >= MAX_PIPELINED) socket.destroy();
    if (socket.destroyed) return false;
    response.once("close", () => {
      line.length--;
      const next = line.waiting.shift();
      // Others have their turns between.
      if (next !== undefined) loopTurn.later(next);
    });
    if (line.length++ === 0) return true;
    return new Promise((resolve) => {
      line.waiting.push(() => resolve(!socket.destroyed));
    });
  }

  #lineOf(socket: Socket): Line {
    let line = this.#lines.get(socket);
    if (line === undefined) this.#lines.set(socket, (line = { length: 0, waiting: [] }));
    return line;
  }
}

/** A server's listener, called for one request of each connection at a time. */
export function inLine(listener: RequestListener): RequestListener {
  const line = new RequestLine();
  return (request, response) => {
    const isNext = line.turn(request.socket, response);
    if (isNext === true) listener(request, response);
    else if (isNext !== false) void isNext.then((isThere) => isThere && listener(request, response));
  };
}
