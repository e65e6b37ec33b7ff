import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Below what systems give to outgoing connections: one of those would keep a program that was killed from listening on its port again. */
const PORT_MIN = 20_000;
const PORT_MAX = 32_000;
const TRIES = 100;

/** `count` TCP ports of 127.0.0.1, one after the other, that were free a moment ago. */
export async function findFreePorts(count: number): Promise<number[]> {
  for (let left = TRIES; ; left--) {
    const first = randomInt(PORT_MIN, PORT_MAX - count);
    const ports = Array.from({ length: count }, (_, i) => first + i);
    const servers = ports.map(() => createServer());
    const opened = await Promise.allSettled(
      servers.map(async (server, i) => {
        server.listen(ports[i], "127.0.0.1");
        await once(server, "listening");
      }),
    );
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    const failed = opened.find((each) => each.status === "rejected");
    if (failed === undefined) return ports;
    if (left === 0) throw failed.reason;
  }
}
