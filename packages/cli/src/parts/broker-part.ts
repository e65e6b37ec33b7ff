import { type BrokerOptions, type RunningBroker, startBroker } from "@ottla/broker";
import type { PartPlan } from "./part-runner.ts";

/** The plan of a broker, which those on its thread can look at. */
export interface BrokerPart extends PartPlan {
  /** Undefined until it accepts connections. */
  running(): Pick<RunningBroker, "metrics" | "health"> | undefined;
}

/** The broker, on the main thread, which it has to itself. Its address is its bootstrap servers. Nothing makes sense without it. */
export function brokerPlan(options: Omit<BrokerOptions, "signal" | "logger">): BrokerPart {
  let serving: RunningBroker | undefined;
  return {
    running: () => serving,
    key: "bootstrap",
    isEssential: true,
    part: {
      name: "broker",
      start({ logger }) {
        const breakOff = new AbortController();
        const broker = startBroker({ ...options, logger, signal: breakOff.signal });
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
