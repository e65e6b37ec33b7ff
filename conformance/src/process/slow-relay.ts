import { connect, createServer, type Socket } from "node:net";

/** A port of this machine behind which another one answers later. */
export interface SlowRelay extends AsyncDisposable {
  readonly port: number;
}

/** Relays to `port`. What comes from there comes `delayMs` late, as over a network: on one machine a server may have answered before its client goes on behind its write. */
export async function startSlowRelay(port: number, delayMs: number): Promise<SlowRelay> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect({ host: "127.0.0.1", port });
    const end = (): void => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    }
    near.pipe(far);
    near.on("close", end);
    far.on("data", (bytes) => void setTimeout(() => near.destroyed || near.write(bytes), delayMs));
    far.on("close", () => void setTimeout(end, delayMs));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as { port: number }).port,
    [Symbol.asyncDispose]: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
