export { blockingDisk, removeBitByBit, shortBursts, yieldToOtherThreads } from "./background-thread.ts";
export { changePrinting } from "./change-printing.ts";
export { closeServer } from "./close-server.ts";
export { type LogFormat, type LogLevel, lineLogger, logLevels } from "./line-logger.ts";
export { nodeDisk } from "./node-disk.ts";
export { nodeNet } from "./node-net.ts";
export { OpenPort, type PortPlace } from "./open-port.ts";
export { RelayedClients, relayLine, relaySecret } from "./relayed-clients.ts";
export { LimitedLogins, type LimitedOutcome } from "./passwords/limited-logins.ts";
export { hashPassword, type PasswordHash, readPasswordHash } from "./passwords/password-hash.ts";
export {
  basicCredentials,
  PasswordLogins,
  type PasswordOutcome,
  type PasswordUser,
  type PasswordUsers,
} from "./passwords/password-logins.ts";
export { type HttpAnswer, httpExchange, type HttpExchange, type HttpsTrust } from "./http-exchange.ts";
export { HttpsServer, peerSubjectOf, plainMaterial } from "./https-server.ts";
export { paceServer } from "./paced-server.ts";
export { type DoorAnswer, RequestDoor, type TurnedAway } from "./request-door.ts";
export { inLine } from "./request-line.ts";
export { ProcessMetrics } from "./process-metrics.ts";
export { startApart } from "./thread-apart.ts";
export { ThreadGate } from "./thread-gate.ts";
export { holdingClock } from "./holding-clock.ts";
export { readRegularFile, readRegularFileSync } from "./read-regular-file.ts";
export { systemClock } from "./system-clock.ts";
export { systemRandom } from "./system-random.ts";
export { isPortable, ThreadLog, type ThreadLogLine } from "./thread-log.ts";
export { boundHeapGrowth } from "./heap-growth.ts";
export { boundYoungGeneration } from "./young-generation.ts";
