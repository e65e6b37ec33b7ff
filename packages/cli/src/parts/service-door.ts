import { connect as connectTo, createServer, type Server, type Socket } from "node:net";
import { OpenPort, relayLine, relaySecret } from "@ottla/base/node";
import type { Part, PartContext, StartedPart } from "./part.ts";

/**
 * A service's port, open before there is a thread that serves it: the thread is begun behind the ready line, so that nobody waits for it who does not use it. Connections wait, and then go through to where the service listens.
 */
export class ServiceDoor {
  readonly part: Part;
  readonly #name: string;
  /** As an error names it. */
  readonly #what: string;
  readonly #scheme: "http" | "https";
  /** By which the service knows that a connection came through here, and from where. */
  readonly #secret = relaySecret();
  #opened: Promise<OpenPort> | undefined;
  #server: Server | undefined;
  #context: PartContext | undefined;
  readonly #sockets = new Set<Socket>();

  /** `name` is that of the part, and of its key in the ready line. */
  constructor(name: string, what: string, scheme: "http" | "https" = "http") {
    this.#name = name;
    this.#what = what;
    this.#scheme = scheme;
    this.part = { name, start: (context) => this.#start(context) };
  }

  /** The service's part, which finds at this door what it is told by it; undefined addresses are those of the door. */
  behind(worker: Part): Part {
    return {
      name: worker.name,
      start: (context) => {
        const door = this.#context;
        const started = worker.start({
          ...context,
          host: "127.0.0.1",
          port: 0,
          settings: {
            ...context.settings,
            ...(door && { outerHost: door.host }),
            relaySecret: this.#secret,
            authority: context.addresses[this.#name]?.replace(/^https?:\/\//, ""),
          },
        });
        const ready = started.ready.then(async ({ address }) => {
          if (address !== undefined) await this.#openTo(Number(new URL(address).port));
          return {};
        });
        // Who waits at the door is not to wait for nobody.
        ready.catch(() => this.#opened?.then((opened) => opened.close()).catch(() => {}));
        return { ready, stop: () => started.stop() };
      },
    };
  }

  #start(context: PartContext): StartedPart {
    const { settings, port } = context;
    const host = typeof settings["host"] === "string" ? settings["host"] : context.host;
    const opened = OpenPort.open({ what: this.#what, host, port });
    this.#opened = opened;
    this.#context = { ...context, host };
    return { ready: opened.then(({ authority }) => ({ address: `${this.#scheme}://${authority}` })), stop: () => this.#stop() };
  }

  async #openTo(port: number): Promise<void> {
    const opened = await this.#opened;
    if (opened === undefined) return;
    this.#server = createServer({ noDelay: true }, (socket) => this.#pass(socket, port));
    await opened.handTo(this.#server);
  }

  #pass(socket: Socket, port: number): void {
    const inner = connectTo({ port, host: "127.0.0.1", noDelay: true });
    inner.write(relayLine(this.#secret, socket.remoteAddress ?? "unknown"));
    for (const [one, other] of [
      [socket, inner],
      [inner, socket],
    ] as const) {
      this.#sockets.add(one);
      one.on("error", () => other.destroy());
      one.once("close", () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }

  async #stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return (await this.#opened?.catch(() => undefined))?.close();
    const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    return closed;
  }
}
