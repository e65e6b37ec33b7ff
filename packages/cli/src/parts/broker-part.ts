import type { Logger } from "@ottla/base";
import { boundYoungGeneration } from "@ottla/base/node";
import { type BrokerOptions, type RunningBroker, startBroker } from "@ottla/broker";
import type { PartPlan } from "./part-runner.ts";

/** A broker that accepts connections, as a part sees it. */
type ServingBroker = Pick<RunningBroker, "bootstrap" | "metrics" | "health" | "stop">;

/** The plan of a broker, which those on its thread can look at. */
export interface BrokerPart extends PartPlan {
  /** Undefined until it accepts connections. */
  running(): Pick<RunningBroker, "metrics" | "health"> | undefined;
}

/** The broker, on the main thread, which it has to itself. Its address is its bootstrap servers. Nothing makes sense without it. */
export function brokerPlan(options: Omit<BrokerOptions, "signal" | "logger">): BrokerPart {
  return planOf((logger, signal) => startBroker({ ...options, logger, signal }));
}

/** The plan of whatever broker `start` starts. The signal breaks the start off. */
export function planOf(start: (logger: Logger, signal: AbortSignal) => Promise<ServingBroker>): BrokerPart {
  let serving: ServingBroker | undefined;
  return {
    running: () => serving,
    key: "bootstrap",
    isEssential: true,
    part: {
      name: "broker",
      start({ logger }) {
        const breakOff = new AbortController();
        // The process is the broker's; with a larger young generation its pauses are longer than what others may wait.
        boundYoungGeneration();
        const broker = start(logger, breakOff.signal);
        return {
          ready: broker.then((running) => {
            serving = running;
            return { address: running.bootstrap };
          }),
          async stop() {
            breakOff.abort();
            const running = await broker.catch(() => undefined);
            await running?.stop();
          },
        };
      },
    },
  };
}
