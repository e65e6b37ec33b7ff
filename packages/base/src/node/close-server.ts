import type { Clock } from "../seams/clock.ts";

/** What closes as a server of node:http or node:https does. */
export interface ClosableServer {
  close(done: () => void): unknown;
  closeIdleConnections(): void;
  closeAllConnections(): void;
}

/** So long requests that are under way may take before their connections are cut. */
const CLOSE_GRACE_MS = 1_000;

/** Takes no more connections, lets requests that are under way end, cuts those that do not within a second, and resolves when the last is gone. */
export function closeServer(server: ClosableServer, clock: Pick<Clock, "schedule">): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.schedule(CLOSE_GRACE_MS, () => server.closeAllConnections());
    server.close(() => {
      timer.cancel();
      resolve();
    });
    server.closeIdleConnections();
  });
}
