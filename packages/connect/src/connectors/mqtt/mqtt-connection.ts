import type { NetSocket } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import type { IConnackPacket, IConnectPacket, Packet, QoS } from "mqtt-packet";
import { ConnectError, RetriableError } from "../../connect-error.ts";
import type { MqttSettings } from "./mqtt-config.ts";
import { dial, type MqttServer, readServers } from "./mqtt-server.ts";
import { reasonOfConnack, reasonText, refusal } from "./reason-text.ts";

/** Who logs in, and as what. */
export interface MqttLogin {
  readonly clientId: string;
  readonly isClean: boolean;
  readonly receiveMaximum?: number | undefined;
  readonly sessionExpirySeconds?: number | undefined;
}

/** What a server granted. */
export interface MqttGrant {
  readonly isSessionPresent: boolean;
  readonly receiveMaximum: number;
  readonly maximumQos: number;
  readonly isRetainAvailable: boolean;
  readonly maximumPacketBytes: number;
}

/** Who listens; called in the order of the wire, `granted` before any packet. */
export interface MqttListener {
  granted?(connection: MqttConnection): void;
  packet(packet: Packet): void;
}

const SESSION_TAKEN_OVER = 142;
const FAREWELL_MS = 1_000;

/** One connection to a server, from CONNACK to its end. The codec is `mqtt-packet`; what is acknowledged, and when, is up to its owner. */
export class MqttConnection {
  /** Resolves with the reason when it is over; a farewell of ours is one too. */
  readonly ended: Promise<ConnectError>;
  grant!: MqttGrant;
  readonly #server: MqttServer;
  readonly #socket: NetSocket;
  readonly #codec: typeof import("mqtt-packet");
  readonly #options: { readonly protocolVersion: 4 | 5 };
  readonly #over = Promise.withResolvers<ConnectError>();
  #isOver = false;
  #sentMs = 0;
  #receivedMs = 0;
  #isPaused = false;
  #isFull = false;
  #onDrain: () => void = () => {};
  readonly #closed = Promise.withResolvers<void>();

  private constructor(server: MqttServer, socket: NetSocket, codec: typeof import("mqtt-packet"), isMqtt5: boolean) {
    this.#server = server;
    this.#socket = socket;
    this.#codec = codec;
    this.#options = { protocolVersion: isMqtt5 ? 5 : 4 };
    this.ended = this.#over.promise;
  }

  /**
   * Of the servers the first that takes the login.
   * @throws ConnectError CONNECT_CONFIG for a login that is refused; `RetriableError` where no server answers
   */
  static async open(settings: MqttSettings, login: MqttLogin, listener: MqttListener, signal: AbortSignal): Promise<MqttConnection> {
    let failure: unknown;
    for (const server of readServers(settings["mqtt.server.uri"])) {
      try {
        return await MqttConnection.#openAt(server, settings, login, listener, signal);
      } catch (error) {
        if (!(error instanceof RetriableError) || signal.aborted) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get isMqtt5(): boolean {
    return this.#options.protocolVersion === 5;
  }

  get uri(): string {
    return this.#server.uri;
  }

  /** Nothing is sent behind the end; false: more is on its way than the socket likes. */
  send(packet: Packet): boolean {
    if (this.#isOver) return true;
    this.#sentMs = systemClock.monotonicMs();
    const hasRoom = this.#socket.write([this.#codec.generate(packet, this.#options)]);
    this.#isFull ||= !hasRoom;
    return hasRoom;
  }

  /** Resolves when the socket takes more, or is over. */
  drained(): Promise<unknown> {
    if (this.#isOver || !this.#isFull) return Promise.resolve();
    return Promise.race([new Promise<void>((resolve) => (this.#onDrain = resolve)), this.ended]);
  }

  /** Takes nothing more from the network, so that the server sends nothing more. */
  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#receivedMs = systemClock.monotonicMs();
    this.#socket.resume();
  }

  /** Says farewell, so that no will is published. */
  async close(): Promise<void> {
    if (!this.#isOver) {
      this.send({ cmd: "disconnect", ...(this.isMqtt5 && { reasonCode: 0 }) });
      this.#socket.end();
      this.#socket.resume();
      const late = systemClock.schedule(FAREWELL_MS, () => this.#socket.destroy());
      await this.#closed.promise;
      late.cancel();
    }
    this.#end("it was closed from here");
  }

  /** Over at once, without a farewell. */
  destroy(why: string): void {
    this.#end(why);
    this.#socket.destroy();
  }

  static async #openAt(
    server: MqttServer,
    settings: MqttSettings,
    login: MqttLogin,
    listener: MqttListener,
    signal: AbortSignal,
  ): Promise<MqttConnection> {
    const codec = (await import("mqtt-packet")).default;
    const timeoutMs = settings["mqtt.connect.timeout.seconds"] * 1000;
    const socket = await dial(server, settings, timeoutMs, signal);
    const connection = new MqttConnection(server, socket, codec, settings["mqtt.version"] === "5");
    const connack = Promise.withResolvers<void>();
    const stop = (): void => connection.destroy("the task ends");
    const limit = systemClock.schedule(timeoutMs, () =>
      connection.destroy(`it did not answer the login in ${settings["mqtt.connect.timeout.seconds"]} s (mqtt.connect.timeout.seconds)`),
    );
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    connection.#listen(settings, (packet) => {
      if (packet.cmd !== "connack") return listener.packet(packet);
      const code = reasonOfConnack(connection.isMqtt5, connection.isMqtt5 ? (packet.reasonCode ?? 0) : (packet.returnCode ?? 0));
      if (code !== 0) return connack.reject(refusal(server.uri, code, packet.properties?.reasonString));
      connection.grant = grantOf(packet);
      listener.granted?.(connection);
      connack.resolve();
    });
    connection.send(connectPacket(settings, login));
    void connection.ended.then(connack.reject);
    try {
      await connack.promise;
    } catch (error) {
      connection.destroy("the login failed");
      throw error;
    } finally {
      limit.cancel();
      signal.removeEventListener("abort", stop);
    }
    connection.#watch(settings["mqtt.keepalive.interval.seconds"] * 1000);
    return connection;
  }

  #listen(settings: MqttSettings, take: (packet: Packet) => void): void {
    const parser = this.#codec.parser(this.#options);
    const maxBytes = settings["mqtt.max.packet.bytes"];
    parser.on("packet", (packet) => {
      if (this.#isOver) return;
      if (packet.cmd === "disconnect") return this.#dismissed(packet.reasonCode ?? 0, packet.properties?.reasonString);
      if (packet.cmd !== "pingresp") take(packet);
    });
    parser.on("error", (error: unknown) =>
      this.destroy(`it sent what is no MQTT: ${error instanceof Error ? error.message : String(error)}`),
    );
    this.#socket.listen({
      onData: (chunk) => {
        this.#receivedMs = systemClock.monotonicMs();
        if (parser.parse(chunk) <= maxBytes) return;
        const why = `${this.#server.uri} sends a message of more than ${maxBytes} bytes. Raise mqtt.max.packet.bytes, or keep such messages out of the filters.`;
        this.#end("", new ConnectError("CONNECT_SOURCE", why));
      },
      onDrain: () => {
        this.#isFull = false;
        this.#onDrain();
      },
      onClose: (error) => {
        this.#closed.resolve();
        this.#end(error === undefined ? "the server closed it" : error.message.replace(/\.$/, ""));
      },
    });
  }

  #dismissed(code: number, reasonString: string | undefined): void {
    if (code === SESSION_TAKEN_OVER) return this.#end("", takenOver(this.#server.uri));
    this.#end(`the server ended it: ${reasonText(code, reasonString)}`);
  }

  #end(why: string, error: ConnectError = new RetriableError(`The connection to ${this.#server.uri} is over: ${why}.`)): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#over.resolve(error);
    this.#socket.destroy();
  }

  /** A server that hears nothing for 1.5 times the interval gives the client up; one that does not answer for so long is given up. */
  #watch(intervalMs: number): void {
    this.#receivedMs = systemClock.monotonicMs();
    const look = (): void => {
      if (this.#isOver) return;
      const nowMs = systemClock.monotonicMs();
      if (!this.#isPaused && nowMs - this.#receivedMs > 2 * intervalMs)
        return this.destroy(`it was silent for ${Math.round((nowMs - this.#receivedMs) / 1000)} s`);
      if (nowMs - Math.min(this.#sentMs, this.#receivedMs) >= intervalMs / 2) this.send({ cmd: "pingreq" });
      arm();
    };
    const arm = (): void => {
      const timer = systemClock.schedule(intervalMs / 2, look);
      stopTimer = () => timer.cancel();
    };
    let stopTimer = (): void => {};
    arm();
    void this.ended.then(() => stopTimer());
  }
}

/** What becomes of a task whose client id another client has. */
export function takenOver(uri: string): ConnectError {
  return new ConnectError(
    "CONNECT_STATE",
    `Another client logs in at ${uri} with this task's client id, and the server gives it the session. Give one of them another mqtt.client.id.`,
  );
}

function grantOf({ sessionPresent, properties = {} }: IConnackPacket): MqttGrant {
  return {
    isSessionPresent: sessionPresent,
    receiveMaximum: properties.receiveMaximum ?? 65_535,
    maximumQos: properties.maximumQoS ?? 2,
    isRetainAvailable: properties.retainAvailable ?? true,
    maximumPacketBytes: properties.maximumPacketSize ?? 268_435_460,
  };
}

function connectPacket(settings: MqttSettings, login: MqttLogin): IConnectPacket {
  const isMqtt5 = settings["mqtt.version"] === "5";
  const [username, password, willTopic] = [settings["mqtt.username"], settings["mqtt.password"], settings["mqtt.will.topic"]];
  return {
    cmd: "connect",
    protocolId: "MQTT",
    protocolVersion: isMqtt5 ? 5 : 4,
    clientId: login.clientId,
    clean: login.isClean,
    keepalive: settings["mqtt.keepalive.interval.seconds"],
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password: Buffer.from(password) }),
    ...(willTopic !== undefined && {
      will: {
        topic: willTopic,
        payload: Buffer.from(settings["mqtt.will.payload"]),
        qos: settings["mqtt.will.qos"] as QoS,
        retain: settings["mqtt.will.retained"],
      },
    }),
    ...(isMqtt5 && {
      properties: {
        maximumPacketSize: settings["mqtt.max.packet.bytes"],
        ...(login.receiveMaximum !== undefined && { receiveMaximum: login.receiveMaximum }),
        ...(!login.isClean && login.sessionExpirySeconds !== undefined && { sessionExpiryInterval: login.sessionExpirySeconds }),
      },
    }),
  };
}
