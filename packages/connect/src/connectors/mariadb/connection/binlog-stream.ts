import type { Clock, Timer } from "@ottla/base";
import { type GtidIntervals, gtidDumpPacket } from "./gtid-dump.ts";
import type { MariadbSession, RawCommand, RawConnection, RawPacket } from "./mariadb-session.ts";

/** Beyond so many bytes the socket is not read until all of them were taken. */
const QUEUE_BYTES_MAX = 8 * 1024 * 1024;
const COM_BINLOG_DUMP = 0x12;
const COM_REGISTER_SLAVE = 0x15;
const SEND_STATEMENT_TEXTS = 0x02;
const PACKET_HEADER_BYTES = 4;
const OK = 0x00;
const END = 0xfe;
/** A server that says nothing for so many of its own intervals is gone. */
const SILENT_INTERVALS = 3;

/** Where a stream begins and how it is known. */
export interface StreamOptions {
  readonly serverId: number;
  readonly file: string;
  readonly position: bigint;
  /** MariaDB: the transactions that are done, by domain (`0-1-7,2-1-9`); in place of file and position. */
  readonly gtids: string | undefined;
  /** MySQL: the same. */
  readonly gtidSet: GtidIntervals | undefined;
  readonly isMariaDb: boolean;
  readonly withStatementTexts: boolean;
  readonly keepAliveMs: number;
}

/**
 * The binlog's events as they come, pulled. A server that is silent for longer than it may be ends it.
 *
 * It takes no part in semi-synchronous replication: it does not say that it would acknowledge, so that the server never waits for it.
 */
export class BinlogStream {
  readonly #connection: RawConnection;
  readonly #clock: Clock;
  readonly #silenceMs: number;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #isPaused = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;
  #silence: Timer | undefined;

  private constructor(session: MariadbSession, clock: Clock, keepAliveMs: number) {
    this.#connection = session.raw;
    this.#clock = clock;
    this.#silenceMs = keepAliveMs * SILENT_INTERVALS;
  }

  /** The session is the stream's from here on. */
  static async open(session: MariadbSession, clock: Clock, options: StreamOptions): Promise<BinlogStream> {
    const stream = new BinlogStream(session, clock, options.keepAliveMs);
    // As the server writes its files, so that what is damaged there is seen.
    await session.query("SET @master_binlog_checksum = @@global.binlog_checksum");
    await session.query("SET @source_binlog_checksum = @@global.binlog_checksum");
    await session.query(`SET @master_heartbeat_period = ${BigInt(options.keepAliveMs) * 1_000_000n}`);
    await session.query(`SET @source_heartbeat_period = ${BigInt(options.keepAliveMs) * 1_000_000n}`);
    if (options.isMariaDb) {
      // GTIDs as events, not dressed as BEGIN.
      await session.query("SET @mariadb_slave_capability = 4");
      if (options.gtids !== undefined) {
        await session.query(`SET @slave_connect_state = '${options.gtids}'`);
        await session.query("SET @slave_gtid_strict_mode = 1");
        await session.query("SET @slave_gtid_ignore_duplicates = 0");
      }
    }
    await stream.#command(registerPacket(options.serverId), (packet) => packet.buffer[packet.offset] === OK);
    stream.#start(options.gtidSet === undefined ? dumpPacket(options) : gtidDumpPacket(options.serverId, options.gtidSet));
    return stream;
  }

  /** What has come, as soon as there is something; nothing after `waitMs` without. Throws what ended the stream. */
  async next(waitMs: number): Promise<readonly Buffer[]> {
    if (this.#queue.length === 0 && this.#failure === undefined) {
      let timer: Timer | undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        timer = this.#clock.schedule(waitMs, resolve);
      });
      timer?.cancel();
      this.#wake = undefined;
    }
    const taken = this.#queue;
    if (taken.length === 0 && this.#failure !== undefined) throw this.#failure;
    this.#queue = [];
    this.#queuedBytes = 0;
    if (this.#isPaused && this.#failure === undefined) {
      this.#isPaused = false;
      this.#watch();
      this.#connection.resume();
    }
    return taken;
  }

  close(): void {
    this.#end(new Error("The stream was closed."));
    this.#connection.stream.destroy();
  }

  #command(packet: Buffer, isDone: (packet: RawPacket) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#connection.addCommand({
        execute: (answer, connection) => {
          if (answer === undefined) {
            writePacket(connection, packet);
            return false;
          }
          if (answer.isError()) reject(answer.asError("utf8"));
          else if (isDone(answer)) resolve();
          else reject(new Error("The server answers in a way that is not known."));
          return true;
        },
        onResult: reject,
        stateName: () => "command",
      });
    });
  }

  #start(packet: Buffer): void {
    const command: RawCommand = {
      execute: (answer, connection) => {
        if (answer === undefined) {
          writePacket(connection, packet);
          return false;
        }
        return this.#take(answer);
      },
      onResult: (error) => this.#end(error),
      stateName: () => "binlog",
    };
    this.#watch();
    this.#connection.addCommand(command);
  }

  #take(packet: RawPacket): boolean {
    const { buffer, offset, end } = packet;
    const first = buffer[offset];
    if (first !== OK) {
      if (packet.isError()) this.#end(packet.asError("utf8"));
      else this.#end(new Error(first === END ? "The server was closed: it ended the binlog." : "The server sent no event of the binlog."));
      return true;
    }
    this.#watch();
    const event = buffer.subarray(offset + 1, end);
    this.#queue.push(event);
    this.#queuedBytes += event.length;
    if (this.#queuedBytes > QUEUE_BYTES_MAX && !this.#isPaused) {
      this.#isPaused = true;
      // It is we who do not listen.
      this.#silence?.cancel();
      this.#connection.pause();
    }
    this.#wake?.();
    return false;
  }

  #watch(): void {
    this.#silence?.cancel();
    this.#silence = this.#clock.schedule(this.#silenceMs, () => {
      this.#end(new Error(`The server did not say anything for ${this.#silenceMs} ms.`));
      this.#connection.stream.destroy();
    });
  }

  #end(failure: Error): void {
    this.#silence?.cancel();
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    this.#wake?.();
  }
}

function writePacket(connection: RawConnection, payload: Buffer): void {
  connection._resetSequenceId();
  const buffer = Buffer.alloc(PACKET_HEADER_BYTES + payload.length);
  payload.copy(buffer, PACKET_HEADER_BYTES);
  connection.writePacket({
    buffer,
    length: () => buffer.length,
    writeHeader(sequenceId) {
      buffer.writeUIntLE(payload.length, 0, 3);
      buffer[3] = sequenceId;
    },
  });
}

function registerPacket(serverId: number): Buffer {
  const name = Buffer.from("ottla");
  const packet = Buffer.alloc(1 + 4 + 1 + name.length + 1 + 1 + 2 + 4 + 4);
  packet[0] = COM_REGISTER_SLAVE;
  packet.writeUInt32LE(serverId, 1);
  packet[5] = name.length;
  name.copy(packet, 6);
  return packet;
}

function dumpPacket({ serverId, file, position, gtids, withStatementTexts }: StreamOptions): Buffer {
  const name = Buffer.from(gtids === undefined ? file : "");
  const packet = Buffer.alloc(11 + name.length);
  packet[0] = COM_BINLOG_DUMP;
  // The protocol has 32 bits for it; files beyond 4 GiB are of one transaction, which begins before.
  packet.writeUInt32LE(gtids === undefined ? Number(position) : 4, 1);
  packet.writeUInt16LE(withStatementTexts ? SEND_STATEMENT_TEXTS : 0, 5);
  packet.writeUInt32LE(serverId, 7);
  name.copy(packet, 11);
  return packet;
}
