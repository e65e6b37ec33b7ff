import type { Part } from "../parts/part.ts";
import { type RunningDemo, runDemo } from "./run-demo.ts";
import { tryNext } from "./try-next.ts";

/**
 * The demonstration as a part: nobody connects to it, so it is ready when it has begun. Settings: `keepsData`, whether the next start finds the data again.
 */
export const part: Part = {
  name: "demo",
  start({ addresses, settings, logger, out }) {
    const { bootstrap = "", registry } = addresses;
    const stop = new AbortController();
    const onFailure = (error: Error): void => logger.error("the demonstration's topology gave up", { error });
    const world = { bootstrap, registry, out, env: process.env, signal: stop.signal, onFailure };
    const running = runDemo(world).then(
      (demo): RunningDemo => {
        if (!stop.signal.aborted) out.write(tryNext({ bootstrap, registry, statistics: demo.url }, settings["keepsData"] === true));
        return demo;
      },
      (error: unknown): undefined => {
        if (!stop.signal.aborted) logger.error("the demonstration broke off; the broker stays", { error });
      },
    );
    return {
      ready: Promise.resolve({}),
      async stop() {
        stop.abort();
        await (await running)?.stop();
      },
    };
  },
};
