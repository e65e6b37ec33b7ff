import { randomUUID } from "node:crypto";
import type { Clock } from "@ottla/base";
import { ConnectError } from "../../connect-error.ts";
import type { SourceItem, SourceTaskContext } from "../../plugin/source-plugin.ts";
import { Catalog } from "./catalog/catalog.ts";
import { type CdcOffset, type OffsetProgress, type SlotIdentity, writeOffset } from "./changes/cdc-offset.ts";
import { ChangeReader } from "./changes/change-reader.ts";
import { EventMaker } from "./changes/event-maker.ts";
import { PgSession } from "./connection/pg-session.ts";
import { sqlText } from "./connection/sql-text.ts";
import { IncrementalSnapshot } from "./incremental/incremental-snapshot.ts";
import { readQueue } from "./incremental/snapshot-queue.ts";
import { KafkaSignals } from "./signals/kafka-signals.ts";
import { SignalDesk } from "./signals/signal-desk.ts";
import { heartbeatKeySchema, heartbeatValueSchema } from "./envelope/envelope-schemas.ts";
import { type Lsn, NO_LSN, parseLsn } from "./pgoutput/lsn.ts";
import { PgoutputDecoder } from "./pgoutput/pgoutput-decoder.ts";
import type { PostgresConfig } from "./postgres-config.ts";
import { readReplicationMessage } from "./replication/replication-message.ts";
import { ReplicationStream } from "./replication/replication-stream.ts";
import { judgeSlot } from "./slot/judge-slot.ts";
import { freeSlot } from "./slot/free-slot.ts";
import { dropSlot, type MadeSlot, makeSlot, type SlotParts } from "./slot/make-slot.ts";
import { ensurePublication, findSlot, identifyServer, identityOf, serverVersion, slotLag } from "./slot/server.ts";
import { snapshotStatements } from "./snapshot/snapshot-statements.ts";
import { openSnapshot } from "./snapshot/open-snapshot.ts";
import { columnRules } from "./tables/column-rules.ts";
import { CapturedTables } from "./tables/captured-tables.ts";
import { type TableFilter, tableFilter } from "./tables/table-filter.ts";

const CONNECTOR_VERSION = "0.1.0";
const MESSAGES_SINCE = 140_000;
const IDLE_WAIT_MS = 1000;
/** More at a time outlive the young generation of a thread of tasks (8 MB), and are copied again and again: half as much CPU again. */
const BATCH_MAX = 128;

/** Where reading begins. */
interface Beginning {
  readonly offset: CdcOffset;
  readonly snapshotName: string | null;
  readonly isSnapshotDue: boolean;
}

/** One attempt: from connecting to the first thing that breaks. */
export class PostgresReading {
  readonly #config: PostgresConfig;
  readonly #context: SourceTaskContext<object>;
  readonly #clock: Clock;
  /** Of the task; not one behind a lost server. */
  readonly #isFirst: boolean;
  readonly #sessions: PgSession[] = [];
  #stream: ReplicationStream | undefined;
  #kafkaSignals: KafkaSignals | undefined;
  #isClosed = false;

  constructor(config: PostgresConfig, context: SourceTaskContext<object>, clock: Clock, isFirst: boolean) {
    this.#config = config;
    this.#context = context;
    this.#clock = clock;
    this.#isFirst = isFirst;
  }

  acknowledge(durable: Lsn): void {
    if (durable > NO_LSN) this.#stream?.acknowledge(durable);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#stream?.close();
    await this.#kafkaSignals?.close();
    await Promise.all(this.#sessions.splice(0).map((session) => session.close()));
  }

  /** Records from `offset` on, until the signal ends it or something breaks. `lost` says why the slot is of no use, if it is. */
  async *read(offset: CdcOffset | undefined, lost?: string): AsyncGenerator<readonly SourceItem[]> {
    const config = this.#config;
    const filter = tableFilter(config);
    const session = await this.#open("query");
    const replication = await this.#open("replication");
    const version = await serverVersion(session);
    await ensurePublication(session, config, filter);
    const server = await identifyServer(replication);
    const identity = identityOf(server, config["slot.name"]);
    const catalog = new Catalog(session);
    const tables = new CapturedTables(
      {
        prefix: config["topic.prefix"],
        filter,
        rules: columnRules(config["column.rules"]),
        placeholder: config["unavailable.value.placeholder"],
        values: valueOptionsOf(config),
      },
      catalog,
    );
    const maker = this.#maker();
    const slot = await freeSlot(session, config, { clock: this.#clock, log: this.#context.log });
    const verdict = lost === undefined ? judgeSlot(config["slot.name"], slot, offset, server) : ({ kind: "lost", problem: lost } as const);
    if (verdict.kind === "wrong") throw new ConnectError("CONNECT_CONFIG", verdict.problem);
    const begin = await this.#begin({ verdict, offset, slotLsn: slot?.confirmedLsn, session, replication, version, identity, filter });
    let from: CdcOffset = { commitLsn: begin.offset.commitLsn, within: begin.offset.within, identity };
    if (begin.isSnapshotDue) {
      const lsn = yield* this.#rows({ begin, maker, tables, catalog, filter, identity, session, replication, version });
      from = { commitLsn: lsn, within: begin.offset.within, identity };
      yield [
        {
          partition: maker.partition,
          offset: writeOffset({ commitLsn: lsn, identity, progress: begin.offset.progress }),
          transactionEnds: true,
        },
      ];
    }
    if (config["snapshot.mode"] === "initial_only") return;
    const { desk, snapshot } = this.#signals(tables, filter, begin.offset.progress);
    const reader = new ChangeReader({ maker, tables, log: this.#context.log, rules: rulesOf(config), observer: desk }, from, identity);
    this.#stream = await ReplicationStream.open(replication, this.#clock, {
      slot: config["slot.name"],
      publication: config["publication.name"],
      from: from.commitLsn,
      messages: version >= MESSAGES_SINCE,
      statusIntervalMs: config["status.update.interval.ms"],
    });
    if (this.#isClosed) throw new Error("Reading was closed.");
    yield* this.#changes(this.#stream, { reader, maker, session, desk, snapshot });
  }

  /** The rows that are there; returns where the log goes on behind them. */
  async *#rows(at: {
    readonly begin: Beginning;
    readonly maker: EventMaker;
    readonly tables: CapturedTables;
    readonly catalog: Catalog;
    readonly filter: TableFilter;
    readonly identity: SlotIdentity;
    readonly session: PgSession;
    readonly replication: PgSession;
    readonly version: number;
  }): AsyncGenerator<readonly SourceItem[], Lsn> {
    const config = this.#config;
    const { begin, maker, tables, catalog, filter, identity, session, replication, version } = at;
    const rows = await this.#open("query");
    catalog.askBy(rows);
    const { reader, lsn } = await openSnapshot(rows, {
      parts: {
        maker,
        tables,
        catalog,
        filter,
        identity,
        progress: begin.offset.progress,
        publication: config["publication.name"],
        fetchSize: config["snapshot.fetch.size"],
        batchSize: Math.min(config["max.batch.size"], BATCH_MAX),
        statements: snapshotStatements(config),
        clock: this.#clock,
        log: this.#context.log,
        metric: (name: string, value: number) => this.#context.metric?.(name, value),
      },
      snapshotName: begin.snapshotName,
      lsn: begin.offset.commitLsn,
      lockTimeoutMs: config["snapshot.lock.timeout.ms"],
      remakeSlot: async () => {
        await dropSlot(replication, config["slot.name"]);
        return this.#makeSlot({ session, replication, version, filter }, "export");
      },
    });
    yield* reader.read(begin.offset.snapshot);
    await rows.query("COMMIT");
    catalog.askBy(session);
    await rows.close();
    return lsn;
  }

  async #begin(at: {
    readonly verdict: ReturnType<typeof judgeSlot>;
    readonly offset: CdcOffset | undefined;
    readonly slotLsn: Lsn | undefined;
    readonly session: PgSession;
    readonly replication: PgSession;
    readonly version: number;
    readonly identity: SlotIdentity;
    readonly filter: TableFilter;
  }): Promise<Beginning> {
    const { verdict, offset, identity } = at;
    const mode = this.#config["snapshot.mode"];
    const hasRows = mode !== "no_data" && mode !== "never";
    if (mode === "initial_only") {
      const [[place] = []] = await at.session.query("SELECT pg_current_wal_lsn()");
      const commitLsn = parseLsn(place ?? "") ?? NO_LSN;
      return {
        offset: offset ?? { commitLsn, identity },
        snapshotName: null,
        isSnapshotDue: offset === undefined || offset.snapshot !== undefined,
      };
    }
    if (verdict.kind === "lost") {
      if (mode !== "when_needed") throw new ConnectError("CONNECT_STATE", verdict.problem);
      this.#context.log.warn("Changes were lost; the tables are read anew", { problem: verdict.problem });
      if ((await findSlot(at.session, this.#config["slot.name"])) !== undefined)
        await at.session.query(`SELECT pg_drop_replication_slot(${sqlText(this.#config["slot.name"])})`);
    } else if (verdict.kind === "use") {
      const isSnapshotDue = hasRows && (offset === undefined || offset.snapshot !== undefined || (mode === "always" && this.#isFirst));
      return { offset: offset ?? { commitLsn: at.slotLsn ?? NO_LSN, identity }, snapshotName: null, isSnapshotDue };
    }
    const made = await this.#makeSlot(at, hasRows ? "export" : "nothing");
    return { offset: { commitLsn: made.lsn, identity }, snapshotName: made.snapshotName, isSnapshotDue: hasRows };
  }

  #makeSlot(at: Pick<SlotParts, "session" | "replication" | "version" | "filter">, snapshot: "export" | "nothing"): Promise<MadeSlot> {
    return makeSlot({ ...at, config: this.#config, snapshot, clock: this.#clock, log: this.#context.log });
  }

  #signals(
    tables: CapturedTables,
    filter: TableFilter,
    progress: OffsetProgress | undefined,
  ): { readonly desk: SignalDesk; readonly snapshot: IncrementalSnapshot } {
    const config = this.#config;
    const { log, metric } = this.#context;
    const channels = config["signal.enabled.channels"];
    const wake = (): void => this.#stream?.nudge();
    const snapshot = new IncrementalSnapshot(
      {
        open: () => this.#open("query"),
        tables,
        filter,
        publication: config["publication.name"],
        chunkSize: config["incremental.snapshot.chunk.size"],
        clock: this.#clock,
        log,
        metric: (name, value) => metric?.(name, value),
        newId: randomUUID,
        wake,
      },
      readQueue(progress?.incremental),
    );
    if (channels.includes("kafka"))
      this.#kafkaSignals = new KafkaSignals(config, progress?.signalOffset, { clock: this.#clock, log, wake });
    const collection = channels.includes("source") ? config["signal.data.collection"] : undefined;
    return { snapshot, desk: new SignalDesk({ collection, kafka: this.#kafkaSignals }, snapshot, log, progress?.signalOffset) };
  }

  async *#changes(
    stream: ReplicationStream,
    parts: {
      readonly reader: ChangeReader;
      readonly maker: EventMaker;
      readonly session: PgSession;
      readonly desk: SignalDesk;
      readonly snapshot: IncrementalSnapshot;
    },
  ): AsyncGenerator<readonly SourceItem[]> {
    const { reader, maker, session, desk, snapshot } = parts;
    const config = this.#config;
    const decoder = new PgoutputDecoder();
    const batchMax = Math.min(config["max.batch.size"], BATCH_MAX);
    const statusMs = config["status.update.interval.ms"];
    const heartbeatMs = config["heartbeat.interval.ms"];
    let told = reader.position;
    let toldChanges = desk.changes;
    let toldMs = this.#clock.monotonicMs();
    let heartbeatAtMs = heartbeatMs > 0 ? toldMs + heartbeatMs : Number.POSITIVE_INFINITY;
    let lagAtMs = 0;
    for (;;) {
      const chunks = await stream.next(Math.min(IDLE_WAIT_MS, statusMs, heartbeatMs > 0 ? heartbeatMs : statusMs));
      const nowMs = this.#clock.nowMs();
      for (const bytes of chunks) {
        const message = readReplicationMessage(bytes);
        if (message.kind === "keepalive") {
          reader.pass(message.walEnd);
          continue;
        }
        const asking = reader.feed(message.lsn, decoder.decode(bytes, message.dataAt), nowMs);
        if (asking !== undefined) await asking;
        if (snapshot.isDue && !reader.isInTransaction) reader.read(desk.withProgress(snapshot.take()), nowMs);
        if (reader.readyCount > batchMax) {
          yield reader.take();
          told = reader.position;
        }
      }
      if (!reader.isInTransaction) desk.takeFromKafka();
      const chunk = snapshot.drive();
      if (chunk !== undefined) await chunk;
      const items = reader.take();
      if (items.length > 0) {
        yield items;
        told = reader.position;
        toldMs = this.#clock.monotonicMs();
      }
      const monotonicMs = this.#clock.monotonicMs();
      if (monotonicMs >= heartbeatAtMs && !reader.isInTransaction) {
        heartbeatAtMs = monotonicMs + heartbeatMs;
        const query = config["heartbeat.action.query"];
        if (query !== undefined) await session.query(query);
        yield [this.#heartbeat(maker, reader)];
        told = reader.position;
      }
      // Nothing of ours was in it, but what is not acknowledged is kept by the server; and a signal that wrote nothing is not to come again.
      if ((reader.position > told || desk.changes !== toldChanges) && !reader.isInTransaction && monotonicMs - toldMs >= statusMs) {
        yield [{ partition: maker.partition, offset: writeOffset(reader.offset()), transactionEnds: true }];
        told = reader.position;
        toldChanges = desk.changes;
        toldMs = monotonicMs;
      }
      if (monotonicMs >= lagAtMs) {
        lagAtMs = monotonicMs + statusMs;
        await this.#watchLag(session);
      }
    }
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
      offset: writeOffset(reader.offset()),
      transactionEnds: true,
    };
  }

  async #watchLag(session: PgSession): Promise<void> {
    const lag = await slotLag(session, this.#config["slot.name"]);
    if (lag === undefined) return;
    this.#context.metric?.("slot_retained_bytes", lag.retainedBytes);
    this.#context.metric?.("slot_unconfirmed_bytes", lag.unconfirmedBytes);
    const alarm = this.#config["slot.lag.alarm.bytes"];
    if ((alarm > 0 && lag.retainedBytes > alarm) || lag.walStatus === "unreserved" || lag.walStatus === "lost")
      this.#context.log.warn("The replication slot holds back much of the log", { slot: this.#config["slot.name"], ...lag });
  }

  #maker(): EventMaker {
    const config = this.#config;
    const text = (key: string, value: string) => ({
      key: `__debezium.context.${key}`,
      schema: { type: "string", optional: false } as const,
      value,
    });
    const headers = config["extended.headers.enabled"]
      ? [text("connectorLogicalName", config["topic.prefix"]), text("taskId", "0"), text("connectorName", "postgresql")]
      : [];
    return new EventMaker({
      prefix: config["topic.prefix"],
      database: config["database.dbname"],
      version: CONNECTOR_VERSION,
      tombstones: config["tombstones.on.delete"],
      headers,
    });
  }

  async #open(use: "query" | "replication"): Promise<PgSession> {
    const session = await PgSession.open(this.#config, use);
    this.#sessions.push(session);
    if (this.#isClosed) {
      await this.close();
      throw new Error("Reading was closed.");
    }
    return session;
  }
}

function valueOptionsOf(config: PostgresConfig) {
  return {
    decimals: config["decimal.handling.mode"],
    times: config["time.precision.mode"],
    hstore: config["hstore.handling.mode"],
    intervals: config["interval.handling.mode"],
    binary: config["binary.handling.mode"],
    includesUnknown: config["include.unknown.datatypes"],
  };
}

function rulesOf(config: PostgresConfig) {
  return {
    skipped: new Set(config["skipped.operations"]),
    skipsUnchanged: config["skip.messages.without.change"],
    tellsTransactions: config["provide.transaction.metadata"],
    onFailure: config["event.processing.failure.handling.mode"],
  };
}
