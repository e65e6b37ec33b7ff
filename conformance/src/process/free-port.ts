import { once } from "node:events";
import { createServer } from "node:net";

/** `count` different TCP ports of 127.0.0.1 that were free a moment ago. */
export async function findFreePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  try {
    return await Promise.all(
      servers.map(async (server) => {
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        const address = server.address();
        if (address === null || typeof address === "string") throw new TypeError("A TCP server has a port.");
        return address.port;
      }),
    );
  } finally {
    for (const server of servers) server.close();
  }
}
