import type { IPubackPacket, IPubcompPacket, IPubrecPacket, IPublishPacket, Packet } from "mqtt-packet";
import { ConnectError, RetriableError } from "../../connect-error.ts";
import type { SinkRecord } from "../../data/connect-record.ts";
import { DataError } from "../../data/data-error.ts";
import type { SinkTask, SinkTaskContext, WriteContext } from "../../plugin/sink-plugin.ts";
import { messageOfRecord } from "./message-of-record.ts";
import type { MqttSinkSettings } from "./mqtt-config.ts";
import { MqttConnection } from "./mqtt-connection.ts";
import { isPassingReason, reasonText } from "./reason-text.ts";

const ID_MAX = 65_535;
/** A publish packet's header, its topic's length, packet id and properties' length. */
const OVERHEAD_BYTES = 16;

/** A sink's task: a window of messages on their way. What the server acknowledged is not sent again when the same batch comes once more. */
export class MqttWriting implements SinkTask {
  readonly #settings: MqttSinkSettings;
  readonly #context: SinkTaskContext;
  #connection: MqttConnection | undefined;
  #lastId = 0;
  /** By packet id. */
  readonly #inFlight = new Map<number, SinkRecord>();
  /** Of the batch that is written now: acknowledged, or refused for good. */
  #decided = new Map<SinkRecord, unknown>();
  #failure: ConnectError | undefined;
  #wake: () => void = () => {};

  constructor(settings: MqttSinkSettings, context: SinkTaskContext) {
    this.#settings = settings;
    this.#context = context;
  }

  async write(records: readonly SinkRecord[], { signal, reportBad }: WriteContext): Promise<void> {
    const connection = await this.#connect();
    this.#decided = new Map(records.flatMap((record) => (this.#decided.has(record) ? [[record, this.#decided.get(record)] as const] : [])));
    const windowMax = Math.min(this.#settings["mqtt.inflight.max"], connection.grant.receiveMaximum);
    for (const record of records) {
      if (this.#decided.has(record)) continue;
      const message = this.#message(record, connection);
      if (message === undefined) continue;
      while (this.#inFlight.size >= windowMax) await this.#progress(connection, signal);
      if (connection.isOver) break;
      if (!this.#send(message, record, connection)) await connection.drained();
    }
    while (this.#inFlight.size > 0 && !connection.isOver) await this.#progress(connection, signal);
    await this.#settle(records, connection, reportBad);
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.close();
  }

  async #settle(records: readonly SinkRecord[], connection: MqttConnection, reportBad: WriteContext["reportBad"]): Promise<void> {
    // Of quality 0 what a connection took that is over now may be lost: it is sent again.
    if (connection.isOver) {
      this.#inFlight.clear();
      this.#connection = undefined;
      const failure = this.#failure ?? (await connection.ended);
      if (this.#settings["mqtt.qos"] === 0) this.#decided = new Map([...this.#decided].filter(([, error]) => error !== undefined));
      throw failure;
    }
    for (const record of records) {
      const error = this.#decided.get(record);
      if (error !== undefined) reportBad(record, error);
    }
    this.#decided = new Map();
  }

  async #connect(): Promise<MqttConnection> {
    if (this.#connection !== undefined && !this.#connection.isOver) return this.#connection;
    const { connector, taskNumber, signal } = this.#context;
    this.#inFlight.clear();
    this.#failure = undefined;
    const clientId = `${this.#settings["mqtt.client.id"] ?? `ottla-${connector}`}-${taskNumber}`;
    const connection = await MqttConnection.open(
      this.#settings,
      { clientId, isClean: true },
      { packet: (packet) => this.#packet(packet) },
      signal,
    );
    this.#connection = connection;
    void connection.ended.then(() => this.#wake());
    const { maximumQos, isRetainAvailable } = connection.grant;
    if (maximumQos < this.#settings["mqtt.qos"])
      throw new ConnectError(
        "CONNECT_CONFIG",
        `${connection.uri} takes messages up to quality ${maximumQos}. Set mqtt.qos=${maximumQos}, or another server.`,
      );
    if (!isRetainAvailable && this.#settings["mqtt.retained.enabled"])
      throw new ConnectError("CONNECT_CONFIG", `${connection.uri} keeps no retained messages. Set mqtt.retained.enabled=false.`);
    return connection;
  }

  #message(record: SinkRecord, { grant }: MqttConnection): IPublishPacket | undefined {
    try {
      const message = messageOfRecord(record, this.#settings);
      if (message === undefined) this.#decided.set(record, undefined);
      const bytes = message === undefined ? 0 : OVERHEAD_BYTES + message.topic.length + message.payload.length;
      if (bytes > grant.maximumPacketBytes)
        throw new DataError(`its message of ${bytes} bytes is more than the server's ${grant.maximumPacketBytes}`);
      return message;
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      this.#decided.set(record, error);
      return undefined;
    }
  }

  #send(message: IPublishPacket, record: SinkRecord, connection: MqttConnection): boolean {
    if (message.qos === 0) {
      this.#decided.set(record, undefined);
      return connection.send(message);
    }
    do this.#lastId = (this.#lastId % ID_MAX) + 1;
    while (this.#inFlight.has(this.#lastId));
    this.#inFlight.set(this.#lastId, record);
    return connection.send({ ...message, messageId: this.#lastId });
  }

  #packet(packet: Packet): void {
    if (packet.cmd === "puback") this.#answered(packet);
    else if (packet.cmd === "pubcomp") this.#answered({ ...packet, reasonCode: 0 });
    else if (packet.cmd === "pubrec") {
      if ((packet.reasonCode ?? 0) >= 128) this.#answered(packet);
      else this.#connection?.send({ cmd: "pubrel", messageId: packet.messageId!, reasonCode: 0 });
    }
  }

  #answered({ messageId = 0, reasonCode = 0, properties }: IPubackPacket | IPubrecPacket | IPubcompPacket): void {
    const record = this.#inFlight.get(messageId);
    if (record === undefined) return;
    this.#inFlight.delete(messageId);
    if (reasonCode < 128) this.#decided.set(record, undefined);
    else {
      const why = `the MQTT server refuses the message: ${reasonText(reasonCode, properties?.reasonString)}`;
      if (isPassingReason(reasonCode)) {
        this.#failure ??= new RetriableError(`${why}.`);
        this.#connection?.destroy("it refuses messages for a while");
      } else this.#decided.set(record, new ConnectError("CONNECT_SINK", `${why}.`));
    }
    this.#wake();
  }

  /** Resolves when something was answered, or nothing will be. */
  async #progress(connection: MqttConnection, signal: AbortSignal): Promise<void> {
    if (connection.isOver) {
      this.#inFlight.clear();
      return;
    }
    if (signal.aborted) throw new RetriableError("The task ends before the server acknowledged its messages.");
    await new Promise<void>((resolve) => {
      const done = (): void => {
        signal.removeEventListener("abort", done);
        resolve();
      };
      this.#wake = done;
      signal.addEventListener("abort", done, { once: true });
    });
  }
}
