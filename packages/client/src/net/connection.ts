import {
  type Clock,
  type LogFields,
  type Logger,
  type NetSocket,
  type NetSocketEvents,
  OttlaError,
  type Random,
  silentLogger,
  type Timer,
} from "@ottla/base";
import { type Api, encodeRequest, peekCorrelationId } from "@ottla/protocol";
import { apiVersionsApi } from "@ottla/protocol/apis/api-versions";
import { ClientError } from "../client-error.ts";
import type { ClientDeps } from "../deps.ts";
import { Lifetime } from "../lifetime.ts";
import type { AuthenticationExchange, Authenticator } from "./authenticator.ts";
import type { ConnectionTls } from "../security/tls/connection-tls.ts";
import { type BrokerAddress, formatBrokerAddress } from "./broker-address.ts";
import type { BrokerVersions } from "./broker-versions.ts";
import { type BrokerIdentity, negotiateVersions } from "./handshake.ts";
import { CorrelationIds } from "./correlation-ids.ts";
import { decodeInSlices } from "./decode-in-slices.ts";
import { ResponseAssembler } from "./response-assembler.ts";
import { messageOf } from "../thrown.ts";

/** A connection never has more requests than this without an answer. */
export const IN_FLIGHT_MAX = 1000;

export interface ConnectionOptions {
  readonly clientId: string;
  readonly requestTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly connectionsMaxIdleMs: number;
  readonly responseBytesMax: number;
  readonly authenticator: Authenticator;
  /** Undefined: in plaintext. */
  readonly tls: ConnectionTls | undefined;
}

/** A login is renewed when so much of its session has passed, in percent, and up to so much more by chance: many connections of one age do not renew at once. */
const RENEW_AT_PERCENT = 85;
const RENEW_JITTER_PERCENT = 10;

/** Bun and Deno imitate Node's sockets, but not what they are made of. */
const mayBorrow = process.versions["bun"] === undefined && process.versions["deno"] === undefined;

interface PendingRequest {
  readonly correlationId: number;
  readonly api: Pick<Api<unknown, unknown>, "key" | "name">;
  readonly version: number;
  readonly sentMs: number;
  readonly deadlineMs: number;
  readonly onFrame: (frame: Buffer) => void;
  readonly onFailure: (error: ClientError) => void;
}

interface HeldRequest {
  readonly write: () => void;
  readonly onFailure: (error: ClientError) => void;
}

/**
 * One socket to one broker. Requests go out in the order of the calls and are answered in that order, many at a time (pipelining).
 * A request without an answer in time, an answer nobody asked for and bytes that are no answer all end the connection: nothing on it can
 * be trusted afterwards. While the broker throttles (KIP-219) requests wait here.
 */
export class Connection {
  readonly address: BrokerAddress;
  readonly #socket: NetSocket;
  readonly #clock: Clock;
  readonly #options: ConnectionOptions;
  readonly #assembler: ResponseAssembler;
  /** Undefined when nobody listens, so that a request costs nothing for it. */
  readonly #logger: Logger | undefined;
  readonly #pending: PendingRequest[] = [];
  readonly #held: HeldRequest[] = [];
  #versions: BrokerVersions | undefined;
  readonly #correlationIds = new CorrelationIds();
  #closeCause: ClientError | undefined;
  #timer: Timer | undefined;
  #timerDueMs = Infinity;
  #lastUseMs: number;
  #mutedUntilMs = 0;
  #muted: Timer | undefined;
  readonly #random: Random;
  /** From then on the next request waits for another login (KIP-368); an unused connection needs none. */
  #renewAtMs = Infinity;
  #isRenewing = false;
  #onClosed: (() => void) | undefined;
  #onDrain: (() => void) | undefined;

  private constructor(socket: NetSocket, address: BrokerAddress, deps: ClientDeps, options: ConnectionOptions) {
    this.#socket = socket;
    this.address = address;
    this.#clock = deps.clock;
    this.#random = deps.random;
    this.#options = options;
    this.#logger = deps.logger === silentLogger ? undefined : deps.logger;
    this.#assembler = new ResponseAssembler(options.responseBytesMax);
    this.#lastUseMs = deps.clock.monotonicMs();
    const onFrame = (frame: Buffer) => this.#takeFrame(frame);
    const events: NetSocketEvents = {
      onData: (chunk) => {
        if (this.#closeCause !== undefined) return;
        try {
          this.#assembler.push(chunk, onFrame);
        } catch (cause) {
          this.#fail(noResponse(this.#name, chunk, cause));
        }
      },
      onDrain: () => this.#onDrain?.(),
      onClose: (cause) => this.#fail(this.#closedBy(cause)),
    };
    socket.listen(events, { borrowsChunks: mayBorrow });
    this.#arm(this.#lastUseMs + options.connectionsMaxIdleMs);
  }

  /** Connects, negotiates versions and authenticates; `meant`: who is to be there. Throws what the authenticator throws, and `ClientError` NO_BROKER_REACHABLE, CONNECTION_LOST, REQUEST_TIMEOUT or BAD_RESPONSE. */
  static async open(
    address: BrokerAddress,
    deps: ClientDeps,
    options: ConnectionOptions,
    life: Lifetime = new Lifetime(),
    meant?: BrokerIdentity,
  ): Promise<Connection> {
    let socket: NetSocket;
    const attempt = new AbortController();
    const forget = life.onEnd(() => attempt.abort());
    try {
      const plain = await deps.net.connect(address.host, address.port, options.connectTimeoutMs, attempt.signal);
      socket = options.tls ? await options.tls.over(plain, address.host, options.connectTimeoutMs, attempt.signal) : plain;
    } catch (cause) {
      life.throwIfOver();
      if (cause instanceof ClientError && cause.code !== "NO_BROKER_REACHABLE") throw cause;
      const reason = messageOf(cause);
      throw new ClientError("NO_BROKER_REACHABLE", `No connection to ${formatBrokerAddress(address)}: ${reason}`, { cause });
    } finally {
      forget();
    }
    const connection = new Connection(socket, address, deps, options);
    const letGo = life.onEnd((cause) => connection.close(cause));
    try {
      life.throwIfOver();
      connection.#versions = await negotiateVersions(
        (version, request) =>
          new Promise((resolve, reject) =>
            connection.#request(apiVersionsApi, version, request, options.requestTimeoutMs, resolve, reject),
          ),
        meant,
      );
      connection.#startSession(await options.authenticator.authenticate(connection.#authenticationExchange()));
    } catch (error) {
      connection.close();
      throw error;
    } finally {
      letGo();
    }
    life.throwIfOver();
    connection.#logger?.debug("connection opened", { connection: connection.#name });
    return connection;
  }

  /** A broker that asks for a certificate may refuse the client's when the client's side of the handshake is done. */
  #closedBy(cause: Error | undefined): ClientError {
    if (cause instanceof OttlaError && cause.code === "TLS_REFUSED_BY_PEER") return new ClientError("TLS_FAILED", cause.message, { cause });
    // Some servers, of Node and of ours among them, tell nobody what they have against a certificate.
    const isEarly = this.#versions === undefined && this.#options.tls?.showsCertificate === true;
    const hint = isEarly ? "; it may not take the certificate of this client: see whether that has expired, and the broker's log" : "";
    return new ClientError("CONNECTION_LOST", `The connection to ${this.#name} was closed${hint}.`, { cause });
  }

  get #name(): string {
    return formatBrokerAddress(this.address);
  }

  get isOpen(): boolean {
    return this.#closeCause === undefined;
  }

  get inFlight(): number {
    return this.#pending.length + this.#held.length;
  }

  get versions(): BrokerVersions {
    if (this.#versions === undefined) throw new ClientError("CONNECTION_LOST", `The connection to ${this.#name} is not ready.`);
    return this.#versions;
  }

  /** Called once when the connection has ended, for whatever reason; at once if it has. */
  onClosed(run: () => void): void {
    if (this.#closeCause === undefined) this.#onClosed = run;
    else run();
  }

  /** Called whenever the system has taken all that was written. */
  onDrain(run: () => void): void {
    this.#onDrain = run;
  }

  /** Rejects with `ClientError` CONNECTION_LOST, REQUEST_TIMEOUT or BAD_RESPONSE; an error code in the answer is the caller's to read. */
  call<Request, Response>(api: Api<Request, Response>, version: number, request: Request, timeoutMs?: number): Promise<Response> {
    return new Promise((resolve, reject) => this.callBack(api, version, request, timeoutMs, resolve, reject));
  }

  /** As {@link call} without a promise. One of the two functions is called, later and exactly once. */
  callBack<Request, Response>(
    api: Api<Request, Response>,
    version: number,
    request: Request,
    timeoutMs: number | undefined,
    onResponse: (response: Response) => void,
    onFailure: (error: Error) => void,
  ): void {
    const onFrame = (frame: Buffer) => {
      this.#decode(api, version, frame, onFailure, (response) => {
        this.#obeyThrottle(response);
        onResponse(response);
      });
    };
    this.#request(api, version, request, timeoutMs ?? this.#options.requestTimeoutMs, onFrame, onFailure);
  }

  /** Sends what the broker does not answer (Produce with acks=0). Throws when the connection has ended. */
  tell<Request>(api: Api<Request, unknown>, version: number, request: Request): void {
    if (this.#closeCause !== undefined) throw this.#closeCause;
    const frame = encodeRequest(api, version, this.#correlationIds.take(), this.#options.clientId, request);
    this.#renewIfDue();
    if (this.#isRenewing) this.#held.push({ write: () => this.#write(frame), onFailure: () => {} });
    else this.#write(frame);
  }

  /** Bytes that the system has not taken yet. */
  get unsentBytes(): number {
    return this.#socket.unsentBytes;
  }

  close(cause: ClientError = new ClientError("CONNECTION_LOST", `The connection to ${this.#name} was closed by this client.`)): void {
    this.#fail(cause);
  }

  #request<Request>(
    api: Api<Request, unknown>,
    version: number,
    request: Request,
    timeoutMs: number,
    onFrame: (frame: Buffer) => void,
    onFailure: (error: ClientError) => void,
    isAuthentication = false,
  ): void {
    if (this.#closeCause !== undefined || this.inFlight >= IN_FLIGHT_MAX) {
      const cause =
        this.#closeCause ??
        new ClientError("CONNECTION_LOST", `${this.#name} has ${IN_FLIGHT_MAX} requests without an answer; none is added.`);
      queueMicrotask(() => onFailure(cause));
      return;
    }
    // Encoded at once, so that a message the version cannot carry fails here and not in the middle of a stream.
    const correlationId = this.#correlationIds.take();
    const frame = encodeRequest(api, version, correlationId, this.#options.clientId, request);
    const write = () => {
      const sentMs = this.#clock.monotonicMs();
      const deadlineMs = sentMs + timeoutMs;
      this.#pending.push({ correlationId, api, version, sentMs, deadlineMs, onFrame, onFailure });
      this.#arm(deadlineMs);
      this.#write(frame);
    };
    if (isAuthentication) return write();
    this.#renewIfDue();
    if (this.#isRenewing || this.#held.length > 0 || this.#mutedUntilMs > this.#clock.monotonicMs()) this.#held.push({ write, onFailure });
    else write();
  }

  #write(frame: Buffer[]): void {
    this.#lastUseMs = this.#clock.monotonicMs();
    this.#socket.write(frame);
  }

  #takeFrame(frame: Buffer): void {
    if (this.#closeCause !== undefined) return;
    const request = this.#pending[0];
    const correlationId = peekCorrelationId(frame);
    if (request === undefined || request.correlationId !== correlationId) {
      const due = request === undefined ? "none was due" : `${request.correlationId} was due`;
      this.#fail(new ClientError("BAD_RESPONSE", `${this.#name} answered request ${correlationId} where ${due}.`));
      return;
    }
    this.#pending.shift();
    if (this.#logger) this.#tell("request answered", request, { responseBytes: frame.length });
    request.onFrame(frame);
  }

  #decode<Response>(
    api: Api<unknown, Response>,
    version: number,
    frame: Buffer,
    onFailure: (error: Error) => void,
    onResponse: (response: Response) => void,
  ): void {
    decodeInSlices(this.#clock, api, version, frame, (decoded) => {
      if ("response" in decoded) return onResponse(decoded.response);
      const message = `${this.#name} sent a ${api.name} response that cannot be read.`;
      const error = new ClientError("BAD_RESPONSE", message, { cause: decoded.failure });
      onFailure(error);
      this.#fail(error);
    });
  }

  #tell(event: string, { api, version, correlationId, sentMs }: PendingRequest, more: LogFields = {}): void {
    const durationMs = this.#clock.monotonicMs() - sentMs;
    this.#logger?.debug(event, {
      connection: this.#name,
      api: api.name,
      apiKey: api.key,
      apiVersion: version,
      correlationId,
      durationMs,
      ...more,
    });
  }

  #obeyThrottle(response: unknown): void {
    const { throttleTimeMs } = response as { readonly throttleTimeMs?: number };
    if (throttleTimeMs === undefined || throttleTimeMs <= 0) return;
    const until = this.#clock.monotonicMs() + throttleTimeMs;
    if (until <= this.#mutedUntilMs) return;
    this.#mutedUntilMs = until;
    this.#releaseAfter(throttleTimeMs);
  }

  #releaseAfter(delayMs: number): void {
    this.#muted?.cancel();
    this.#muted = this.#clock.schedule(delayMs, () => this.#releaseHeld());
  }

  /** What an authenticator asks goes before all that waits for it. */
  #authenticationExchange(): AuthenticationExchange {
    return {
      versions: this.versions,
      call: (api, version, request) =>
        new Promise((resolve, reject) => {
          const onFrame = (frame: Buffer) => this.#decode(api, version, frame, reject, resolve);
          this.#request(api, version, request, this.#options.requestTimeoutMs, onFrame, reject, true);
        }),
    };
  }

  #startSession(lifetimeMs: number): void {
    if (lifetimeMs <= 0) return;
    const percent = RENEW_AT_PERCENT + this.#random.nextInt(RENEW_JITTER_PERCENT + 1);
    this.#renewAtMs = this.#clock.monotonicMs() + (lifetimeMs * percent) / 100;
  }

  #renewIfDue(): void {
    if (this.#renewAtMs === Infinity || this.#clock.monotonicMs() < this.#renewAtMs) return;
    this.#renewAtMs = Infinity;
    this.#isRenewing = true;
    this.#options.authenticator.authenticate(this.#authenticationExchange()).then(
      (lifetimeMs) => {
        this.#isRenewing = false;
        this.#startSession(lifetimeMs);
        this.#logger?.debug("login renewed", { connection: this.#name, sessionLifetimeMs: lifetimeMs });
        this.#releaseHeld();
      },
      (cause: unknown) => {
        const reason = messageOf(cause);
        this.#fail(new ClientError("CONNECTION_LOST", `The login at ${this.#name} could not be renewed: ${reason}`, { cause }));
      },
    );
  }

  #releaseHeld(): void {
    if (this.#isRenewing || this.#closeCause !== undefined) return;
    // A timer may be early by a part of a ms, and nobody else would come for them.
    const leftMs = this.#mutedUntilMs - this.#clock.monotonicMs();
    if (leftMs > 0) return this.#releaseAfter(Math.ceil(leftMs));
    for (const held of this.#held.splice(0)) held.write();
  }

  /** One timer serves all deadlines: it is set for the earliest and looks around when it fires. */
  #arm(dueMs: number): void {
    if (dueMs >= this.#timerDueMs) return;
    this.#timer?.cancel();
    this.#timerDueMs = dueMs;
    this.#timer = this.#clock.schedule(Math.max(0, dueMs - this.#clock.monotonicMs()), () => this.#onTimer());
  }

  #onTimer(): void {
    this.#timerDueMs = Infinity;
    if (this.#closeCause !== undefined) return;
    const now = this.#clock.monotonicMs();
    let next = this.#pending.length === 0 ? this.#lastUseMs + this.#options.connectionsMaxIdleMs : Infinity;
    for (const request of this.#pending) {
      if (request.deadlineMs <= now) {
        if (this.#logger) this.#tell("request timed out", request);
        this.#fail(new ClientError("REQUEST_TIMEOUT", `${this.#name} did not answer ${request.api.name} in time.`));
        return;
      }
      next = Math.min(next, request.deadlineMs);
    }
    if (next <= now && this.#held.length === 0) this.close();
    else this.#arm(Math.max(next, now + 1));
  }

  #fail(cause: ClientError): void {
    if (this.#closeCause !== undefined) return;
    this.#closeCause = cause;
    this.#logger?.debug("connection closed", { connection: this.#name, inFlight: this.inFlight, reason: cause.message });
    this.#timer?.cancel();
    this.#muted?.cancel();
    this.#socket.destroy();
    const pending = this.#pending.splice(0);
    const held = this.#held.splice(0);
    this.#onClosed?.();
    for (const request of pending) request.onFailure(cause);
    for (const request of held) request.onFailure(cause);
  }
}

/** The first two bytes of what a TLS server says to a client that does not speak TLS: an alert, in some version 3. */
const TLS_ALERT = 0x1503;

function noResponse(name: string, chunk: Buffer, cause: unknown): ClientError {
  if (chunk.length >= 2 && chunk.readUInt16BE(0) === TLS_ALERT)
    return new ClientError(
      "TLS_FAILED",
      `${name} speaks TLS; set security.protocol to SSL or SASL_SSL (tls), or use the port of its plaintext listener.`,
      { cause },
    );
  return new ClientError("BAD_RESPONSE", `${name} sent bytes that are no Kafka response; is it a Kafka listener?`, { cause });
}
