export { ByteReader } from "./bytes/byte-reader.ts";
export { ByteWriter } from "./bytes/byte-writer.ts";
export { InvariantError, invariant, MalformedBytesError, OttlaError } from "./errors.ts";
export type { Clock, Timer } from "./seams/clock.ts";
export { type DirectoryLock, type Disk, DiskError, type DiskErrorCode, type DiskFile, type FileStat } from "./seams/disk.ts";
export { type LogFields, type Logger, silentLogger } from "./seams/logger.ts";
export type { Net, NetListener, NetSocket, NetSocketEvents } from "./seams/net.ts";
export { type Random, randomUuid } from "./seams/random.ts";
