import { type Logger, OttlaError } from "@ottla/base";
import { nodeDisk, nodeNet, systemClock, systemRandom } from "@ottla/base/node";
import type { BrokerOptions } from "@ottla/broker";
import { ControlledBroker, FaultTable, planStart } from "@ottla/broker/controlled";
import { type BrokerPart, planOf } from "./broker-part.ts";
import { FaultDoor } from "./fault-door.ts";
import type { PartPlan } from "./part-runner.ts";

/** Faults on demand, as the command line wants them. */
export interface FaultsPlan {
  /** Of the HTTP door; 0 takes any free one. */
  readonly port: number;
  readonly isPortAskedFor: boolean;
  /** Armed before the first client comes: where each was written, and what stands there. */
  readonly armed: readonly { readonly where: string; readonly spec: unknown }[];
}

/** The broker, and what is started behind it. */
export interface ControlledPlans {
  readonly broker: BrokerPart;
  readonly doors: readonly PartPlan[];
}

/** A broker whose faults are in somebody's hands, and the door to them. Both are essential: who asks for faults tests something. */
export function controlledBrokerPlans(options: Omit<BrokerOptions, "signal" | "logger">, faults: FaultsPlan): ControlledPlans {
  const started = Promise.withResolvers<ControlledBroker>();
  // Who waits for it hears of a failure, and if nobody does, the part tells.
  started.promise.catch(() => {});
  return {
    broker: planOf((logger, signal) => {
      const broker = startControlled(options, faults, logger, signal);
      broker.then(started.resolve, started.reject);
      return broker;
    }),
    doors: [
      {
        key: "faults",
        isEssential: true,
        port: { number: faults.port, isAskedFor: faults.isPortAskedFor },
        part: {
          name: "faults",
          start({ port }) {
            const door = started.promise.then((broker) => FaultDoor.open(broker, port));
            return {
              ready: door.then(({ address }) => ({ address })),
              async stop() {
                const open = await door.catch(() => undefined);
                await open?.close();
              },
            };
          },
        },
      },
    ],
  };
}

function startControlled(
  options: Omit<BrokerOptions, "signal" | "logger">,
  { armed }: FaultsPlan,
  logger: Logger,
  signal: AbortSignal,
): Promise<ControlledBroker> {
  const faults = new FaultTable();
  for (const { where, spec } of armed) {
    try {
      faults.armUntrusted(spec);
    } catch (error) {
      if (!(error instanceof OttlaError)) throw error;
      throw new OttlaError(error.code, `${where}: ${error.message}`, { cause: error });
    }
  }
  const { onProgress } = options;
  const deps = {
    clock: systemClock,
    net: nodeNet,
    random: systemRandom,
    disk: nodeDisk,
    logger,
    faults,
    signal,
    ...(onProgress && { onProgress }),
  };
  return ControlledBroker.start(deps, planStart(options));
}
