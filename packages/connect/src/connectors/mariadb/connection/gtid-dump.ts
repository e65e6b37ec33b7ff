/** Of each server the transactions that are done, from the first to the last one. */
export type GtidIntervals = readonly (readonly [server: string, intervals: readonly { readonly first: bigint; readonly last: bigint }[]])[];

const COM_BINLOG_DUMP_GTID = 0x1e;
const THROUGH_GTID = 0x04;
/** Where any file's events begin. */
const FIRST_POSITION = 4n;
const SERVER_BYTES = 16;
const INTERVAL_BYTES = 16;

/** MySQL's request for everything behind the transactions that are done; which file that is in the server finds. */
export function gtidDumpPacket(serverId: number, done: GtidIntervals): Buffer {
  const setBytes = 8 + done.reduce((sum, [, intervals]) => sum + SERVER_BYTES + 8 + intervals.length * INTERVAL_BYTES, 0);
  const packet = Buffer.alloc(1 + 2 + 4 + 4 + 8 + 4 + setBytes);
  packet[0] = COM_BINLOG_DUMP_GTID;
  packet.writeUInt16LE(THROUGH_GTID, 1);
  packet.writeUInt32LE(serverId, 3);
  packet.writeBigUInt64LE(FIRST_POSITION, 11);
  packet.writeUInt32LE(setBytes, 19);
  packet.writeBigUInt64LE(BigInt(done.length), 23);
  let at = 31;
  for (const [server, intervals] of done) {
    packet.write(server.replaceAll("-", ""), at, "hex");
    packet.writeBigUInt64LE(BigInt(intervals.length), at + SERVER_BYTES);
    at += SERVER_BYTES + 8;
    for (const { first, last } of intervals) {
      packet.writeBigUInt64LE(first, at);
      packet.writeBigUInt64LE(last + 1n, at + 8);
      at += INTERVAL_BYTES;
    }
  }
  return packet;
}
