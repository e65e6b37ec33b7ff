export { blockingDisk, removeBitByBit, shortBursts, yieldToOtherThreads } from "./background-thread.ts";
export { type LogFormat, type LogLevel, lineLogger, logLevels } from "./line-logger.ts";
export { nodeDisk } from "./node-disk.ts";
export { nodeNet } from "./node-net.ts";
export { OpenPort, type PortPlace } from "./open-port.ts";
export { ProcessMetrics } from "./process-metrics.ts";
export { systemClock } from "./system-clock.ts";
export { systemRandom } from "./system-random.ts";
export { boundYoungGeneration } from "./young-generation.ts";
