export { type LogLevel, lineLogger } from "./line-logger.ts";
export { nodeDisk } from "./node-disk.ts";
export { nodeNet } from "./node-net.ts";
export { systemClock } from "./system-clock.ts";
export { systemRandom } from "./system-random.ts";
