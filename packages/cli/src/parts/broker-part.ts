import { type BrokerOptions, startBroker } from "@ottla/broker";
import type { PartPlan } from "./part-runner.ts";

/** The broker, on the main thread, which it has to itself. Its address is its bootstrap servers. Nothing makes sense without it. */
export function brokerPlan(options: Omit<BrokerOptions, "signal" | "logger">): PartPlan {
  return {
    key: "bootstrap",
    isEssential: true,
    part: {
      name: "broker",
      start({ logger }) {
        const breakOff = new AbortController();
        const broker = startBroker({ ...options, logger, signal: breakOff.signal });
        return {
          ready: broker.then(({ bootstrap }) => ({ address: bootstrap })),
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
