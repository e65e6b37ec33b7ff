import type { IncomingMessage, ServerResponse } from "node:http";
import { RequestLine } from "./request-line.ts";
import { systemClock } from "./system-clock.ts";

/** An answer that does not look at what comes. */
export interface DoorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** How much a server takes in. */
export interface RequestDoorOptions {
  /** A longer body is turned away, by its announced length before it is read. */
  readonly maxBodyBytes: number;
  /** All bodies together, from their first byte until they are answered. 64 MiB. */
  readonly maxHeldBytes?: number;
  /** What who is turned away is told. */
  readonly refusal: (why: TurnedAway) => DoorAnswer | Promise<DoorAnswer>;
}

/** Why a request is not let in. `scattered`: its body comes in pieces of so few bytes that they cost more than what they bring. */
export type TurnedAway = "tooLarge" | "scattered" | "busy";

const MAX_HELD_BYTES = 64 * 1024 * 1024;
/** So many pieces may be of any size; beyond, each is to bring {@link PIECE_BYTES} on average. */
const FREE_PIECES = 1_024;
const PIECE_BYTES = 64;
/** Who sends a body that is not read has so long to see the answer, and may send so much meanwhile: an answer does not arrive on a connection that is closed while bytes come. */
const LINGER_MS = 1_000;
const LINGER_BYTES = 16 * 1024 * 1024;

interface Unfinished {
  turnAway(why: TurnedAway): void;
}

/**
 * Where HTTP requests come in: with their whole body, of each connection one at a time, all together within a bound. A request whose client goes before it was sent whole comes in nowhere. When bodies
 * have no room left, the one that has been on its way for longest gives way: who sends slowly keeps nobody else out.
 */
export class RequestDoor {
  readonly #maxBodyBytes: number;
  readonly #maxHeldBytes: number;
  readonly #refusal: RequestDoorOptions["refusal"];
  readonly #line = new RequestLine();
  readonly #unfinished = new Set<Unfinished>();
  #heldBytes = 0;

  constructor({ maxBodyBytes, maxHeldBytes = MAX_HELD_BYTES, refusal }: RequestDoorOptions) {
    this.#maxBodyBytes = maxBodyBytes;
    this.#maxHeldBytes = maxHeldBytes;
    this.#refusal = refusal;
  }

  /** Bytes of bodies that came and are not answered. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Resolves with true when it is the request's turn and all of its body stands in its `rawBody` (nobody reads that of a GET or HEAD), with false when it is over: its client went, or was turned away. */
  async admit(request: IncomingMessage & { rawBody?: Buffer }, response: ServerResponse): Promise<boolean> {
    const isNext = this.#line.turn(request.socket, response);
    if (!(typeof isNext === "boolean" ? isNext : await isNext)) return false;
    if (request.method === "GET" || request.method === "HEAD") return true;
    const isTooLarge = Number(request.headers["content-length"] ?? 0) > this.#maxBodyBytes;
    const body = isTooLarge ? "tooLarge" : await this.#whole(request, response);
    if (typeof body === "string") this.#turnAway(request, response, await this.#refusal(body));
    if (!Buffer.isBuffer(body)) return false;
    request.rawBody = body;
    return true;
  }

  #whole(request: IncomingMessage, response: ServerResponse): Promise<Buffer | TurnedAway | undefined> {
    return new Promise((resolve) => {
      let pieces: Buffer[] = [];
      let bytes = 0;
      let count = 0;
      const letGo = (): void => {
        this.#unfinished.delete(reader);
        this.#heldBytes -= bytes;
        [pieces, bytes] = [[], 0];
      };
      const take = (piece: Buffer): void => {
        pieces.push(piece);
        bytes += piece.length;
        this.#heldBytes += piece.length;
        if (bytes > this.#maxBodyBytes) reader.turnAway("tooLarge");
        else if (isScattered(++count, bytes)) reader.turnAway("scattered");
        else this.#makeRoom();
      };
      const reader: Unfinished = {
        turnAway: (why) => {
          request.off("data", take);
          letGo();
          resolve(why);
        },
      };
      this.#unfinished.add(reader);
      response.once("close", letGo);
      request.on("data", take);
      request.once("error", () => resolve(undefined));
      request.once("end", () => {
        this.#unfinished.delete(reader);
        resolve(Buffer.concat(pieces));
        pieces = [];
      });
    });
  }

  /** The connection closes once the client can have seen the answer. */
  #turnAway(request: IncomingMessage, response: ServerResponse, { status, headers, text }: DoorAnswer): void {
    response.writeHead(status, { ...headers, connection: "close", "content-length": Buffer.byteLength(text) });
    response.write(text);
    let bytes = 0;
    let count = 0;
    const end = (): void => {
      timer.cancel();
      response.end();
    };
    const timer = systemClock.schedule(LINGER_MS, end);
    request.on("data", (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > LINGER_BYTES || isScattered(++count, bytes)) end();
    });
    request.once("close", end).once("end", end);
    if (request.readableEnded) end();
  }

  #makeRoom(): void {
    for (const slowest of this.#unfinished) {
      if (this.#heldBytes <= this.#maxHeldBytes) return;
      slowest.turnAway("busy");
    }
  }
}

function isScattered(pieces: number, bytes: number): boolean {
  return pieces > FREE_PIECES + bytes / PIECE_BYTES;
}
