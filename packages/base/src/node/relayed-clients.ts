import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Server, Socket } from "node:net";
import { systemClock } from "./system-clock.ts";

/** More than the longest line has. */
const LINE_BYTES_MAX = 200;
const LINE_WITHIN_MS = 5_000;

/** What a door and the server behind it share: nobody else may say where a client comes from, or come past the door. */
export function relaySecret(): string {
  return randomBytes(32).toString("hex");
}

/** The first line of a connection that a door passes on. */
export function relayLine(secret: string, address: string): string {
  return `OTTLA-RELAY ${secret} ${address}\n`;
}

/** Clients of a server behind a door that passes their bytes on: the door tells in a first line where each comes from. Connections without that line are closed. */
export class RelayedClients {
  readonly #secret: Buffer;
  /** By the port that the door came from, while the connection is open. */
  readonly #addresses = new Map<number, string>();

  constructor(secret: string) {
    this.#secret = Buffer.from(secret);
  }

  /** Before the server listens. What a connection brings after its first line is the server's, TLS too. */
  attach(server: Server): void {
    const serve = server.listeners("connection");
    server.removeAllListeners("connection");
    server.on("connection", (socket: Socket) => {
      this.#read(socket, () => {
        for (const each of serve) each.call(server, socket);
      });
    });
  }

  /** Where the client of a connection comes from. */
  addressOf({ remotePort, remoteAddress }: Pick<Socket, "remotePort" | "remoteAddress">): string {
    return this.#addresses.get(remotePort ?? -1) ?? remoteAddress ?? "unknown";
  }

  #read(socket: Socket, serve: () => void): void {
    const timer = systemClock.schedule(LINE_WITHIN_MS, () => socket.destroy());
    const { remotePort = -1 } = socket;
    let line = Buffer.alloc(0);
    const end = (): void => {
      timer.cancel();
      socket.off("readable", read);
    };
    const drop = (): void => void socket.destroy();
    const read = (): void => {
      const piece = socket.read() as Buffer | null;
      if (piece === null) return;
      line = Buffer.concat([line, piece]);
      const at = line.indexOf(0x0a);
      if (at < 0 && line.length <= LINE_BYTES_MAX) return;
      end();
      const address = at < 0 ? undefined : this.#addressIn(line.subarray(0, at).toString("latin1"));
      if (address === undefined) return drop();
      this.#addresses.set(remotePort, address);
      if (at + 1 < line.length) socket.unshift(line.subarray(at + 1));
      socket.off("error", drop);
      serve();
    };
    socket.on("error", drop);
    socket.on("readable", read);
    socket.once("close", () => {
      end();
      this.#addresses.delete(remotePort);
    });
  }

  #addressIn(line: string): string | undefined {
    const [, secret, address] = /^OTTLA-RELAY ([0-9a-f]+) ([0-9A-Fa-f.:%\w]+)$/.exec(line) ?? [];
    const given = Buffer.from(secret ?? "");
    return given.length === this.#secret.length && timingSafeEqual(given, this.#secret) ? address : undefined;
  }
}
