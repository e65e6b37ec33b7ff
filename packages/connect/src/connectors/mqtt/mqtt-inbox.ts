import type { Logger } from "@ottla/base";
import type { IPublishPacket, ISubackPacket, Packet } from "mqtt-packet";
import { ConnectError } from "../../connect-error.ts";
import type { MqttConnection, MqttListener } from "./mqtt-connection.ts";
import { isPassingReason, reasonText } from "./reason-text.ts";

/** A message, numbered as it came. */
export interface Received {
  readonly number: number;
  readonly packet: IPublishPacket;
}

/** What the inbox asks for. */
export interface Subscription {
  readonly filters: readonly string[];
  /** Filters that an earlier start had and this one has not. */
  readonly dropped: readonly string[];
  readonly qos: 0 | 1 | 2;
  /** Whether what is asked for is what the session has already. */
  readonly isKnown: boolean;
}

const WAITING_MAX = 5_000;
const WAITING_BYTES_MAX = 16 * 1024 * 1024;
const SUBSCRIBE_ID = 1;
const UNSUBSCRIBE_ID = 2;

/**
 * What a session receives until it is durable. A message of quality 1 or 2 is acknowledged when {@link durable} says so, in the order it came; until then the server has it, and sends it again over the next connection of the
 * session. Over that one it is another message: a server that crashed may have given its packet id away, so that nothing that came over one connection is acknowledged, or left out, over another. Where nobody pulls, nothing more is read from the network.
 */
export class MqttInbox implements MqttListener {
  /** Told when something came, or the subscription was refused. */
  onChange: () => void = () => {};
  subscribed = false;
  failure: ConnectError | undefined;
  readonly #subscription: Subscription;
  readonly #isPersistent: boolean;
  readonly #log: Logger;
  #number: number;
  #connection: MqttConnection | undefined;
  #waiting: Received[] = [];
  #waitingBytes = 0;
  /** Not durable yet, in order; `packetId` 0: it came over an earlier connection. */
  #open: { readonly number: number; packetId: number; readonly qos: 1 | 2 }[] = [];
  /** Of {@link #open}, those that are to be acknowledged. */
  #unacknowledged = 0;
  #hadSession: boolean;
  /** The session has these filters. */
  #isKnown: boolean;

  constructor(
    subscription: Subscription,
    options: { readonly isPersistent: boolean; readonly number: number; readonly hadSession: boolean; readonly log: Logger },
  ) {
    this.#subscription = subscription;
    this.#isKnown = subscription.isKnown;
    this.#isPersistent = options.isPersistent;
    this.#log = options.log;
    this.#number = options.number;
    this.#hadSession = options.hadSession;
  }

  get unacknowledged(): number {
    return this.#unacknowledged;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  granted(connection: MqttConnection): void {
    this.#connection = connection;
    const { isSessionPresent } = connection.grant;
    for (const each of this.#open) each.packetId = 0;
    this.#unacknowledged = 0;
    if (!isSessionPresent) this.#warnOfLoss(connection);
    this.#hadSession = true;
    const { filters, dropped, qos } = this.#subscription;
    if (isSessionPresent && dropped.length > 0)
      connection.send({ cmd: "unsubscribe", messageId: UNSUBSCRIBE_ID, unsubscriptions: [...dropped] });
    this.subscribed = isSessionPresent && this.#isKnown;
    // To subscribe once more would bring what is retained once more.
    if (this.subscribed) return;
    const rest = connection.isMqtt5 ? { nl: false, rap: true, rh: 1 } : {};
    connection.send({ cmd: "subscribe", messageId: SUBSCRIBE_ID, subscriptions: filters.map((topic) => ({ topic, qos, ...rest })) });
  }

  packet(packet: Packet): void {
    if (packet.cmd === "publish") this.#publish(packet);
    else if (packet.cmd === "suback") this.#suback(packet);
    else if (packet.cmd === "pubrel") {
      this.#connection?.send({ cmd: "pubcomp", messageId: packet.messageId! });
    }
  }

  /** At most so many, in the order they came. */
  take(count: number): readonly Received[] {
    const taken = this.#waiting.splice(0, count);
    for (const { packet } of taken) this.#waitingBytes -= sizeOf(packet);
    if (this.#waiting.length < WAITING_MAX / 2 && this.#waitingBytes < WAITING_BYTES_MAX / 2) this.#connection?.resume();
    return taken;
  }

  /** Records up to this message are durable. */
  durable(number: number): void {
    let done = 0;
    for (const { number: own, packetId, qos } of this.#open) {
      if (own > number) break;
      done++;
      if (packetId === 0) continue;
      this.#unacknowledged--;
      this.#connection?.send({ cmd: qos === 1 ? "puback" : "pubrec", messageId: packetId });
    }
    this.#open.splice(0, done);
  }

  #publish(packet: IPublishPacket): void {
    const packetId = packet.messageId ?? 0;
    const number = ++this.#number;
    if (packet.qos > 0) {
      this.#open.push({ number, packetId, qos: packet.qos as 1 | 2 });
      this.#unacknowledged++;
    }
    this.#waiting.push({ number, packet });
    this.#waitingBytes += sizeOf(packet);
    if (this.#waiting.length >= WAITING_MAX || this.#waitingBytes >= WAITING_BYTES_MAX) this.#connection?.pause();
    this.onChange();
  }

  #suback({ granted, properties }: ISubackPacket): void {
    const codes = granted as number[];
    const at = codes.findIndex((code) => code >= 128);
    if (at >= 0) {
      const why = `"${this.#subscription.filters[at]}": ${reasonText(codes[at]!, properties?.reasonString)}`;
      if (isPassingReason(codes[at]!) && this.#connection?.isMqtt5 === true)
        return this.#connection.destroy(`it refuses the filter ${why}`);
      this.failure = new ConnectError(
        "CONNECT_CONFIG",
        `${this.#connection?.uri} refuses the filter ${why}. Look at mqtt.topics and what the server lets this client read.`,
      );
    }
    const less = codes.findIndex((code) => code < this.#subscription.qos);
    if (at < 0 && less >= 0)
      this.#log.warn("a server grants less than was asked for; messages may be lost", {
        filter: this.#subscription.filters[less],
        qos: codes[less],
      });
    this.subscribed = at < 0;
    this.#isKnown = this.subscribed;
    this.onChange();
  }

  #warnOfLoss(connection: MqttConnection): void {
    if (this.#isPersistent && this.#hadSession)
      this.#log.warn("the server has forgotten this client's session: what was published since it was last here may be lost", {
        server: connection.uri,
        remedy: "keep sessions on the server (persistence), and mqtt.session.expiry.seconds above the longest absence",
      });
  }
}

function sizeOf({ payload, topic }: IPublishPacket): number {
  return payload.length + topic.length + 200;
}
