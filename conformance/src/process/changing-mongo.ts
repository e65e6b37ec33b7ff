import { connect, createServer, type Socket } from "node:net";
import { once } from "node:events";
import { startChangingMongo } from "../kafka/java-tool.ts";
import { findFreePorts } from "./free-port.ts";
import { waitUntil } from "./wait-until.ts";

/** A server in memory that speaks MongoDB's protocol and tells the changes of a collection. */
export interface ChangingMongoServer {
  readonly uri: string;
  /** Another door, whose connections are never cut. */
  readonly calmUri: string;
  /** Ends all connections that came by `uri`. */
  cut(): void;
  stop(): Promise<void>;
}

/** What a server says of its protocol: this one says less than it understands, and less than today's drivers ask for. */
const SAYS = Buffer.from("\u0010maxWireVersion\0", "latin1");
const SAID = 21;

export async function startChangingMongoServer(): Promise<ChangingMongoServer> {
  const [port = 0] = await findFreePorts(1);
  const child = await startChangingMongo(port);
  await waitUntil("the server is ready", () => child.outputTail().includes("ready"), { timeoutMs: 30_000, everyMs: 10 });
  const [door, calmDoor] = [await openDoor(port), await openDoor(port)];
  return {
    uri: door.uri,
    calmUri: calmDoor.uri,
    cut: door.cut,
    async stop() {
      door.close();
      calmDoor.close();
      await child.kill();
    },
  };
}

async function openDoor(port: number): Promise<{ readonly uri: string; cut(): void; close(): void }> {
  const sockets = new Set<Socket>();
  const door = createServer((socket) => {
    const server = connect(port, "127.0.0.1");
    for (const [one, other] of [
      [socket, server],
      [server, socket],
    ] as const) {
      sockets.add(one);
      one.on("error", () => {});
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    socket.pipe(server);
    server.on("data", (bytes) => {
      for (let at = bytes.indexOf(SAYS); at >= 0; at = bytes.indexOf(SAYS, at + 1)) bytes.writeInt32LE(SAID, at + SAYS.length);
      socket.write(bytes);
    });
  });
  door.listen(0, "127.0.0.1");
  await once(door, "listening");
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    uri: `mongodb://127.0.0.1:${(door.address() as { readonly port: number }).port}/?directConnection=true`,
    cut,
    close() {
      door.close();
      cut();
    },
  };
}
