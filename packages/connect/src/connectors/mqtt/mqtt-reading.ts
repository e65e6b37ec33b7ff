import { pause } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import type { IPublishPacket } from "mqtt-packet";
import { ConnectError } from "../../connect-error.ts";
import type { ConnectHeader } from "../../data/connect-record.ts";
import { plain } from "../../data/make-schema.ts";
import type { SourceEvent, SourceTaskContext } from "../../plugin/source-plugin.ts";
import { retriableIn } from "../../worker/retries.ts";
import { reconnectWaitMs } from "../reconnect-wait.ts";
import type { MqttSourceSettings } from "./mqtt-config.ts";
import { MqttConnection, takenOver } from "./mqtt-connection.ts";
import { MqttInbox, type Received } from "./mqtt-inbox.ts";
import { TopicMapping } from "./mqtt-topics.ts";

/** Which task of how many shares the filters. */
export interface MqttShare {
  readonly task: number;
  readonly tasks: number;
}

const BATCH_MESSAGES = 500;
/** Servers (mosquitto, all of 3.1.1) do not say why they end a connection: so many that end so soon, and never one that is not answered, are another client's doing. */
const SHORT_MS = 10_000;
const SHORT_MAX = 5;

/** One task's reading: a session at the server, over as many connections as it takes. */
export class MqttReading {
  readonly #settings: MqttSourceSettings;
  readonly #context: SourceTaskContext<MqttShare>;
  readonly #mapping: TopicMapping;
  readonly #clientId: string;
  readonly #filters: readonly string[];
  #inbox: MqttInbox | undefined;
  #failure: Error | undefined;
  #wake: () => void = () => {};

  constructor(settings: MqttSourceSettings, context: SourceTaskContext<MqttShare>) {
    this.#settings = settings;
    this.#context = context;
    this.#mapping = new TopicMapping(settings["mqtt.topic.mapping"], settings["kafka.topic"]);
    const group = settings["mqtt.shared.group"];
    const name = settings["mqtt.client.id"] ?? `ottla-${context.connector}`;
    this.#clientId = group === undefined ? name : `${name}-${context.task.task}`;
    this.#filters = settings["mqtt.topics"].map((filter) => (group === undefined ? filter : `$share/${group}/${filter}`));
  }

  /** Records up to this message are durable. */
  durable(number: number): void {
    this.#inbox?.durable(number);
    this.#gauge();
  }

  async *read(): AsyncGenerator<readonly SourceEvent[]> {
    const { signal, offsets } = this.#context;
    const partition = { client: this.#clientId };
    const stored = await offsets.get(partition);
    const filters = this.#filters.join(" ");
    const before = typeof stored?.["filters"] === "string" && stored["filters"] !== "" ? stored["filters"].split(" ") : [];
    const inbox = new MqttInbox(
      {
        filters: this.#filters,
        dropped: before.filter((filter) => !this.#filters.includes(filter)),
        qos: this.#settings["mqtt.qos"] as 0 | 1 | 2,
        isKnown: stored?.["filters"] === filters && Number(stored?.["qos"]) === this.#settings["mqtt.qos"],
      },
      {
        isPersistent: !this.#settings["mqtt.clean.session.enabled"],
        number: Number(stored?.["received"] ?? 0),
        hadSession: stored !== undefined,
        log: this.#context.log,
      },
    );
    this.#inbox = inbox;
    inbox.onChange = () => this.#wake();
    signal.addEventListener("abort", () => this.#wake(), { once: true });
    const leaving = new AbortController();
    const kept = this.#keepConnected(inbox, AbortSignal.any([signal, leaving.signal])).catch((error: unknown) => {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      this.#wake();
    });
    try {
      while (!signal.aborted) {
        const taken = inbox.take(BATCH_MESSAGES);
        this.#gauge();
        if (taken.length > 0) yield taken.map((each) => this.#event(each, partition, filters));
        // What came before a failure is handed on before it is told.
        else if (this.#failure !== undefined) throw this.#failure;
        else await this.#something(inbox);
      }
    } finally {
      leaving.abort();
      await kept;
    }
  }

  #something(inbox: MqttInbox): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      if (inbox.waiting > 0 || this.#failure !== undefined || this.#context.signal.aborted) resolve();
    });
  }

  /** Until the signal comes; throws what no later connection mends. */
  async #keepConnected(inbox: MqttInbox, signal: AbortSignal): Promise<void> {
    const { log } = this.#context;
    const stop = stopped(signal);
    stop.catch(() => {});
    let short = 0;
    for (let failures = 0; !signal.aborted; failures++) {
      let told: ConnectError;
      try {
        const connection = await this.#connect(inbox, signal);
        const sinceMs = systemClock.monotonicMs();
        const subscribed = this.#whenSubscribed(inbox, connection);
        told = await Promise.race([connection.ended, subscribed, stop]).catch(async (error: unknown) => {
          await connection.close();
          throw error;
        });
        if (inbox.subscribed) failures = 0;
        short = systemClock.monotonicMs() - sinceMs < SHORT_MS ? short + 1 : 0;
        connection.destroy("it is over");
        if (short >= SHORT_MAX) told = takenOver(connection.uri);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof ConnectError)) throw error;
        told = error;
        short = 0;
      }
      if (retriableIn(told) === undefined) throw told;
      const waitMs = reconnectWaitMs(failures, this.#settings["mqtt.reconnect.max.ms"]);
      log.warn("the MQTT server was lost and is tried again", { client: this.#clientId, waitMs, problem: told.message });
      await pause(systemClock, waitMs, signal);
    }
  }

  #connect(inbox: MqttInbox, signal: AbortSignal): Promise<MqttConnection> {
    return MqttConnection.open(
      this.#settings,
      {
        clientId: this.#clientId,
        isClean: this.#settings["mqtt.clean.session.enabled"],
        receiveMaximum: this.#settings["mqtt.receive.maximum"],
        sessionExpirySeconds: this.#settings["mqtt.session.expiry.seconds"],
      },
      inbox,
      signal,
    );
  }

  /** Resolves with a refusal of the subscription only. */
  #whenSubscribed(inbox: MqttInbox, connection: MqttConnection): Promise<ConnectError> {
    return new Promise((resolve) => {
      inbox.onChange = () => {
        if (inbox.failure !== undefined) resolve(inbox.failure);
        this.#gauge();
        this.#wake();
      };
      inbox.onChange();
      void connection.ended.then(resolve);
    });
  }

  #event({ number, packet }: Received, partition: { readonly client: string }, filters: string): SourceEvent {
    return {
      topic: this.#mapping.kafkaTopic(packet.topic),
      ...(this.#settings["mqtt.key"] === "topic" && { key: packet.topic, keySchema: plain("string") }),
      value: typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload,
      valueSchema: plain("bytes"),
      headers: headersOf(packet),
      partition,
      offset: { received: number, filters, qos: this.#settings["mqtt.qos"] },
    };
  }

  #gauge(): void {
    this.#context.metric?.("mqtt_waiting", this.#inbox?.waiting ?? 0);
    this.#context.metric?.("mqtt_unacknowledged", this.#inbox?.unacknowledged ?? 0);
  }
}

function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(new Error("stopped"));
    else signal.addEventListener("abort", () => reject(new Error("stopped")), { once: true });
  });
}

function headersOf({ topic, qos, retain, dup, messageId, properties }: IPublishPacket): ConnectHeader[] {
  const text = (key: string, value: string): ConnectHeader => ({ key, schema: plain("string"), value });
  const headers: ConnectHeader[] = [
    text("mqtt.topic", topic),
    { key: "mqtt.qos", schema: plain("int32"), value: qos },
    { key: "mqtt.retained", schema: plain("boolean"), value: retain },
    { key: "mqtt.duplicate", schema: plain("boolean"), value: dup },
  ];
  if (messageId !== undefined && qos > 0) headers.push({ key: "mqtt.message.id", schema: plain("int32"), value: messageId });
  if (properties === undefined) return headers;
  const { contentType, responseTopic, correlationData, userProperties = {} } = properties;
  if (contentType !== undefined) headers.push(text("mqtt.content.type", contentType));
  if (responseTopic !== undefined) headers.push(text("mqtt.response.topic", responseTopic));
  if (correlationData !== undefined) headers.push({ key: "mqtt.correlation.data", schema: plain("bytes"), value: correlationData });
  for (const [key, values] of Object.entries(userProperties)) for (const value of [values].flat()) headers.push(text(key, value));
  return headers;
}
