import type { Disk, MetricFamily } from "@ottla/base";
import { lineLogger, nodeDisk, nodeNet, systemClock, systemRandom } from "@ottla/base/node";
import { type BrokerDeps, openBroker } from "./broker.ts";
import { SameThreadEngine, ThreadedEngine } from "@ottla/log";
import { DEFAULT_MEMORY_MAX_BYTES } from "./config/keys/ottla-configs.ts";
import { brokerFamilies, type ProcessView } from "./metrics/broker-families.ts";
import { type BrokerHealth, brokerHealth } from "./metrics/broker-health.ts";
import { type BrokerOptions, MEMORY_DIRECTORY, planStart } from "./start-options.ts";

/** The seams a broker stands on, beside its logger. Each has the real one as its default; tests pass simulated ones. */
export type BrokerSeams = Omit<BrokerDeps, "logger">;

/** A broker that accepts connections. It ends with `stop`, or with the block of an `await using`. */
export interface RunningBroker extends AsyncDisposable {
  /** `host:port` of every virtual broker's first listener, comma-separated. */
  readonly bootstrap: string;
  /** Its metrics, under the names that dashboards of Apache Kafka read. To be asked for anew for each collection: counts of one walk are shared. See `prometheusText` of `@ottla/base`. */
  metrics(process: ProcessView): MetricFamily[];
  /** How it is now. */
  health(): BrokerHealth;
  /** Answers what is being handled, closes every connection, writes everything to the disk. A second call waits for the first. */
  stop(): Promise<void>;
}

/**
 * Starts a broker in this process, recovering what an earlier one left. Resolves when it accepts connections.
 * Errors: `INVALID_OPTION`, `INVALID_CONFIG`, `INVALID_LISTENER`, `UNSUPPORTED_SECURITY_PROTOCOL`, `DISK_LOCKED`, `PORT_IN_USE`, `METADATA_CORRUPT`,
 * `METADATA_VERSION`, `START_STOPPED`, the log store's and the disk's.
 */
export async function startBroker(options: BrokerOptions = {}, deps: Partial<BrokerSeams> = {}): Promise<RunningBroker> {
  const plan = planStart(options);
  const logger = options.logger ?? lineLogger(process.stderr, "warn");
  for (const [message, fields] of plan.warnings) logger.warn(message, fields);
  if (plan.withoutEffect.length > 0) logger.info("properties that change nothing in Ottla", { names: plan.withoutEffect.join(",") });
  const disk = deps.disk ?? (plan.dataDirectory === undefined ? await memoryDisk(plan.settings) : nodeDisk);
  const clock = deps.clock ?? systemClock;
  const serving = await openBroker(
    {
      clock,
      net: deps.net ?? nodeNet,
      random: deps.random ?? systemRandom,
      disk,
      logger,
      readFile: deps.readFile ?? ((path) => nodeDisk.readFile(path)),
      machineDisk: deps.disk ?? nodeDisk,
    },
    {
      // Another thread sees the machine's own files only.
      ...(disk === nodeDisk && { cleanerEngine: new ThreadedEngine({ clock, logger, fallback: new SameThreadEngine({ disk, clock }) }) }),
      dataDirectory: plan.dataDirectory ?? MEMORY_DIRECTORY,
      settings: plan.settings,
      brokers: plan.brokers,
      mayAdvertiseAccepted: plan.mayAdvertiseAccepted,
      scramUsers: plan.scramUsers,
      ...(options.onProgress && { onProgress: options.onProgress }),
      ...(options.signal && { signal: options.signal }),
    },
  );
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= serving.stop());
  return {
    bootstrap: serving.bootstrap,
    metrics: (process) => brokerFamilies(serving, process),
    health: () => brokerHealth(serving.state),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** A disk in memory that runs full at `ottla.memory.max.bytes`. What is no number there is refused with the other settings. */
async function memoryDisk(settings: ReadonlyMap<string, string>): Promise<Disk> {
  const { MemoryDisk } = await import("@ottla/base/simulated");
  const capacityBytes = Number(settings.get("ottla.memory.max.bytes") ?? DEFAULT_MEMORY_MAX_BYTES);
  return new MemoryDisk({ capacityBytes: capacityBytes > 0 ? capacityBytes : Infinity });
}
