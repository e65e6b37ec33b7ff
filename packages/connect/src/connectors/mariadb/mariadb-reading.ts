import { randomInt } from "node:crypto";
import type { Clock } from "@ottla/base";
import { ConnectError } from "../../connect-error.ts";
import type { SourceItem, SourceTaskContext } from "../../plugin/source-plugin.ts";
import { heartbeatKeySchema, heartbeatValueSchema } from "../debezium/common-schemas.ts";
import { type DecodedEvent, BinlogDecoder } from "./binlog/binlog-decoder.ts";
import { inflatePayload } from "./binlog/transaction-payload.ts";
import { Catalog } from "./catalog/catalog.ts";
import { type CdcOffset, writeOffset } from "./changes/cdc-offset.ts";
import { ChangeReader } from "./changes/change-reader.ts";
import { EventMaker } from "./changes/event-maker.ts";
import { GtidSet } from "./changes/gtid-set.ts";
import { BinlogStream } from "./connection/binlog-stream.ts";
import { MariadbSession } from "./connection/mariadb-session.ts";
import { beginSnapshot, currentPlace, type ServerFacts, serverFacts, variable, wrongSettings } from "./connection/server.ts";
import type { Flavour } from "./envelope/envelope-schemas.ts";
import { asDumpError, judgeFile, judgeGtidMode, judgePosition, judgeServer } from "./judge-binlog.ts";
import type { MariadbConfig } from "./mariadb-config.ts";
import { SnapshotReader } from "./snapshot/snapshot-reader.ts";
import { CapturedTables } from "./tables/captured-tables.ts";
import { mariadbFilter } from "./tables/mariadb-filter.ts";

const CONNECTOR_VERSION = "0.1.0";
const IDLE_WAIT_MS = 1000;
const SERVER_ID_MIN = 10_000;
const SERVER_ID_END = 2 ** 31;

/** What an attempt stands on. */
interface Parts {
  readonly server: ServerFacts;
  readonly catalog: Catalog;
  readonly tables: CapturedTables;
  readonly maker: EventMaker;
  readonly session: MariadbSession;
}

/** One attempt: from connecting to the first thing that breaks. */
export class MariadbReading {
  readonly #config: MariadbConfig;
  readonly #context: SourceTaskContext<object>;
  readonly #clock: Clock;
  /** Of the task; not one behind a lost server. */
  readonly #isFirst: boolean;
  readonly #sessions: MariadbSession[] = [];
  #stream: BinlogStream | undefined;
  #isClosed = false;

  constructor(config: MariadbConfig, context: SourceTaskContext<object>, clock: Clock, isFirst: boolean) {
    this.#config = config;
    this.#context = context;
    this.#clock = clock;
    this.#isFirst = isFirst;
  }

  close(): void {
    this.#isClosed = true;
    this.#stream?.close();
    for (const session of this.#sessions.splice(0)) session.close();
  }

  /** Records from `offset` on, until the signal ends it or something breaks. */
  async *read(offset: CdcOffset | undefined): AsyncGenerator<readonly SourceItem[]> {
    const parts = await this.#prepare();
    const { server, maker } = parts;
    if (offset !== undefined) judgeServer(offset, server);
    const mode = this.#config["snapshot.mode"];
    const hasRows = mode !== "no_data" && mode !== "never";
    const isSnapshotDue = hasRows && (offset === undefined || offset.snapshot !== undefined || (mode === "always" && this.#isFirst));
    let from = offset;
    if (isSnapshotDue) {
      const rows = await this.#open();
      const place = await beginSnapshot(rows, server, this.#context.log);
      from = { place: offset?.place ?? place, identity: offset?.identity ?? { serverUid: server.uid, fileSec: undefined } };
      yield* this.#snapshot(parts, rows, from, offset);
      await rows.query("COMMIT");
      rows.close();
      yield [{ partition: maker.partition, offset: writeOffset({ ...from, within: offset?.within }), transactionEnds: true }];
    }
    if (mode === "initial_only") return;
    from ??= { place: await currentPlace(parts.session, server), identity: { serverUid: server.uid, fileSec: undefined } };
    yield* this.#changes(parts, isSnapshotDue ? { ...from, within: offset?.within } : from);
  }

  async #prepare(): Promise<Parts> {
    const config = this.#config;
    const filter = mariadbFilter(config);
    const session = await this.#open();
    const server = await serverFacts(session);
    const wrong = await wrongSettings(session);
    if (wrong.length > 0) throw new ConnectError("CONNECT_SOURCE", wrong.join(" "));
    const flavour: Flavour = server.isMariaDb ? "mariadb" : "mysql";
    const catalog = new Catalog(session);
    const values = {
      decimals: config["decimal.handling.mode"],
      times: config["time.precision.mode"],
      unsignedBigints: config["bigint.unsigned.handling.mode"],
      binary: config["binary.handling.mode"],
    };
    const tables = new CapturedTables({ prefix: config["topic.prefix"], flavour, filter, values }, catalog);
    return { server, catalog, tables, maker: this.#maker(flavour), session };
  }

  async *#snapshot(
    { maker, tables, catalog }: Parts,
    rows: MariadbSession,
    from: CdcOffset,
    offset: CdcOffset | undefined,
  ): AsyncGenerator<readonly SourceItem[]> {
    const reader = new SnapshotReader(
      rows,
      {
        maker,
        tables,
        catalog,
        identity: from.identity ?? { serverUid: undefined, fileSec: undefined },
        fetchSize: this.#config["snapshot.fetch.size"],
        clock: this.#clock,
        log: this.#context.log,
        metric: (name, value) => this.#context.metric?.(name, value),
      },
      from.place,
    );
    for await (const items of reader.read(offset?.snapshot)) yield* inBatches(items, this.#config["max.batch.size"]);
  }

  async *#changes(parts: Parts, from: CdcOffset): AsyncGenerator<readonly SourceItem[]> {
    const config = this.#config;
    const { server, maker, tables } = parts;
    const serverId = this.#serverId(server);
    const onFailure = config["event.processing.failure.handling.mode"];
    const reader = new ChangeReader({ maker, tables, log: this.#context.log, rules: rulesOf(config), onFailure }, from, server);
    const isByGtids = server.isMariaDb
      ? from.place.gtids !== undefined && from.place.gtids !== ""
      : judgeGtidMode(from, server, await variable(parts.session, "gtid_mode"));
    if (!isByGtids) judgePosition(from);
    const stream = await BinlogStream.open(await this.#open(), this.#clock, {
      serverId,
      file: from.place.file,
      position: from.place.position,
      gtids: server.isMariaDb && isByGtids ? from.place.gtids : undefined,
      gtidSet: !server.isMariaDb && isByGtids ? new GtidSet(from.place.gtids).intervals() : undefined,
      isMariaDb: server.isMariaDb,
      withStatementTexts: config["include.query"],
      keepAliveMs: config["connect.keep.alive.interval.ms"],
    });
    this.#stream = stream;
    if (this.#isClosed) stream.close();
    try {
      yield* this.#events(stream, reader, parts, from);
    } catch (error) {
      throw asDumpError(error, { ...from, place: reader.place }, serverId);
    }
  }

  async *#events(
    stream: BinlogStream,
    reader: ChangeReader,
    { server, maker, session }: Parts,
    from: CdcOffset,
  ): AsyncGenerator<readonly SourceItem[]> {
    const config = this.#config;
    // Until the file's own description comes, events are made up for us, as we asked for them.
    const decoder = new BinlogDecoder((await variable(session, "binlog_checksum")) === "CRC32");
    const batchMax = config["max.batch.size"];
    const idleMs = config["offset.idle.interval.ms"];
    const heartbeatMs = config["heartbeat.interval.ms"];
    let told = placeText(reader);
    let toldMs = this.#clock.monotonicMs();
    let heartbeatAtMs = heartbeatMs > 0 ? toldMs + heartbeatMs : Number.POSITIVE_INFINITY;
    let file = from.place.file;
    let isJudged = false;
    for (;;) {
      const chunks = await stream.next(Math.min(IDLE_WAIT_MS, idleMs, heartbeatMs > 0 ? heartbeatMs : idleMs));
      const nowMs = this.#clock.nowMs();
      for (const bytes of chunks) {
        const whole = decoder.decode(bytes);
        const { event, header } = whole;
        if (event.kind === "rotate") file = event.file;
        if (event.kind === "formatDescription" && header.timestampSec > 0) {
          if (!isJudged) judgeFile(from, server, file, header.timestampSec);
          isJudged = true;
          reader.beginFile(header.timestampSec);
        }
        const isPacked = event.kind === "transactionPayload";
        for (const decoded of isPacked ? decoder.decodeWithin(await inflatePayload(event), header) : [whole]) {
          const asking = reader.feed(decoded, nowMs);
          if (asking !== undefined) await asking;
          this.#watchLag(decoded, nowMs);
          while (reader.readOn(batchMax)) yield* inBatches(reader.take(), batchMax);
        }
      }
      const items = reader.take();
      const monotonicMs = this.#clock.monotonicMs();
      if (items.length > 0) {
        yield* inBatches(items, batchMax);
        told = placeText(reader);
        toldMs = monotonicMs;
      }
      if (reader.isInTransaction) continue;
      if (monotonicMs >= heartbeatAtMs) {
        heartbeatAtMs = monotonicMs + heartbeatMs;
        const query = config["heartbeat.action.query"];
        if (query !== undefined) await session.query(query);
        yield [this.#heartbeat(maker, reader)];
        told = placeText(reader);
      }
      // Nothing of ours was in it, but the binlog may be purged behind it.
      if (placeText(reader) !== told && monotonicMs - toldMs >= idleMs) {
        yield [{ partition: maker.partition, offset: reader.notedOffset(), transactionEnds: true }];
        told = placeText(reader);
        toldMs = monotonicMs;
      }
    }
  }

  #watchLag({ header, event }: DecodedEvent, nowMs: number): void {
    if (event.kind === "heartbeat") this.#context.metric?.("seconds_behind", 0);
    else if (event.kind === "xid") this.#context.metric?.("seconds_behind", Math.max(0, Math.round(nowMs / 1000) - header.timestampSec));
  }

  #serverId(server: ServerFacts): number {
    const given = this.#config["database.server.id"];
    if (given === undefined) return randomInt(SERVER_ID_MIN, SERVER_ID_END);
    const serverId = Number(given);
    if (serverId < 1 || serverId >= 2 ** 32)
      throw new ConnectError("CONNECT_CONFIG", `database.server.id is ${given}; it is between 1 and 4294967295.`);
    if (serverId === server.serverId)
      throw new ConnectError(
        "CONNECT_CONFIG",
        `database.server.id is ${given}, which is the server's own; give the connector another one.`,
      );
    return serverId;
  }

  #heartbeat(maker: EventMaker, reader: ChangeReader): SourceItem {
    const prefix = this.#config["topic.prefix"];
    return {
      topic: `${this.#config["topic.heartbeat.prefix"]}.${prefix}`,
      keySchema: heartbeatKeySchema,
      key: { serverName: prefix },
      valueSchema: heartbeatValueSchema,
      value: { ts_ms: BigInt(this.#clock.nowMs()) },
      partition: maker.partition,
      offset: reader.notedOffset(),
      transactionEnds: true,
    };
  }

  #maker(flavour: Flavour): EventMaker {
    const config = this.#config;
    const text = (key: string, value: string) => ({
      key: `__debezium.context.${key}`,
      schema: { type: "string", optional: false } as const,
      value,
    });
    const headers = config["extended.headers.enabled"]
      ? [text("connectorLogicalName", config["topic.prefix"]), text("taskId", "0"), text("connectorName", flavour)]
      : [];
    return new EventMaker({
      prefix: config["topic.prefix"],
      flavour,
      version: CONNECTOR_VERSION,
      tombstones: config["tombstones.on.delete"],
      headers,
    });
  }

  async #open(): Promise<MariadbSession> {
    const session = await MariadbSession.open(this.#config);
    this.#sessions.push(session);
    if (this.#isClosed) {
      this.close();
      throw new Error("Reading was closed.");
    }
    return session;
  }
}

function* inBatches(items: readonly SourceItem[], size: number): Generator<readonly SourceItem[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

const placeText = ({ place }: ChangeReader): string => `${place.file}:${place.position}`;

function rulesOf(config: MariadbConfig) {
  return {
    skipped: new Set(config["skipped.operations"]),
    skipsUnchanged: config["skip.messages.without.change"],
    tellsTransactions: config["provide.transaction.metadata"],
  };
}
