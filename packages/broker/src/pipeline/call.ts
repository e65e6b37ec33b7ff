import { ByteWriter, type MessagePart } from "@ottla/base";
import type { BrokerState } from "../broker-state.ts";
import { type AnyHandler, CloseConnectionError, type RequestContext, type Session } from "../handler.ts";
import type { FrameLender, Outcome } from "../net/frame-receiver.ts";
import type { AccessCheck } from "../security/access-check.ts";
import type { MutationQuota } from "../quotas/mutation-quota.ts";
import type { DecodedRequest } from "./decode.ts";
import { unrestricted } from "../security/unrestricted.ts";
import { encodeAnswer } from "./encode.ts";
import { isRefusal, refusalFor } from "./too-large.ts";

const SILENCE: Outcome = { kind: "silence" };
/** What an element of an array takes on the heap, about: an object with a few fields. */
const ELEMENT_BYTES = 128;
/** What a request takes that waits: its context, its turn, its promises. */
const PARKED_CALL_BYTES = 1024;
/** Requests that take less are not asked to wait for memory. */
const SMALL_REQUEST_BYTES = 64 * 1024;

/** One request on its way from decoding to its answer. */
export class Call implements RequestContext {
  readonly broker: BrokerState;
  readonly session: Session;
  readonly version: number;
  readonly clientId: string | null;
  readonly correlationId: number;
  readonly handler: AnyHandler;
  readonly access: AccessCheck;
  /** Of the frame. */
  readonly requestBytes: number;
  /** When it came in, in monotonic ms. */
  readonly startedMs: number;
  /** How long it held the loop when it came in, in ms. */
  turnMs = 0;
  /** The request, where it changes something that is audited and was not told of yet. */
  change: unknown;
  /** For how long the client was told to be quiet. */
  throttleMs = 0;
  #writer: ByteWriter | undefined;
  #mutations: MutationQuota | undefined;
  readonly #lender: FrameLender | undefined;
  /** What the decoded request takes. */
  #decodedBytes: number;
  #heldBytes = 0;
  #releases: (() => void)[] | undefined;
  #closes: string | undefined;
  /** Later requests may be handled before this one is answered. */
  mayOverlap: boolean;

  constructor(
    broker: BrokerState,
    handler: AnyHandler,
    { header, elements }: DecodedRequest,
    session: Session,
    requestBytes: number,
    startedMs: number,
    lender: FrameLender | undefined,
  ) {
    this.broker = broker;
    this.session = session;
    this.handler = handler;
    this.version = header.apiVersion;
    this.clientId = header.clientId;
    this.correlationId = header.correlationId;
    const check = broker.access?.of(session);
    this.access = broker.audit === undefined ? (check ?? unrestricted) : broker.audit.accessOf(this, check, unrestricted);
    this.requestBytes = requestBytes;
    this.startedMs = startedMs;
    this.#lender = lender;
    this.mayOverlap = handler.overlaps === true;
    this.#decodedBytes = requestBytes + elements * ELEMENT_BYTES + PARKED_CALL_BYTES;
    if (this.#decodedBytes > SMALL_REQUEST_BYTES) this.#takeNow();
  }

  /** What the answer was written with; undefined while there is none. */
  get writer(): ByteWriter | undefined {
    return this.#writer;
  }

  /** The request waits: what it takes is held on behalf of its client. */
  park(): void {
    if (this.#heldBytes > 0) return;
    this.#heldBytes = this.#decodedBytes;
    this.session.memory.hold(this.#heldBytes);
  }

  /** The request is done: it holds nothing any more. */
  unpark(): void {
    if (this.#heldBytes === 0) return;
    this.session.memory.release(this.#heldBytes);
    this.#heldBytes = 0;
  }

  letRequestGo(): void {
    this.#decodedBytes = PARKED_CALL_BYTES;
    const more = this.#heldBytes - PARKED_CALL_BYTES;
    if (more <= 0) return;
    this.session.memory.release(more);
    this.#heldBytes = PARKED_CALL_BYTES;
  }

  mutationQuota(strictSince: number): MutationQuota {
    const { broker, session, version } = this;
    const of = { user: session.principal.name, clientId: this.clientId ?? "", isStrict: version >= strictSince };
    return (this.#mutations ??= broker.quotas.mutations(of, () => broker.clock.monotonicMs()));
  }

  /** For how long the client must be quiet for what it changed, in ms. */
  get mutationThrottleMs(): number {
    return this.#mutations?.throttleMs ?? 0;
  }

  keepFrame(): boolean {
    return this.#lender?.leaveFrame() ?? false;
  }

  answerBeforeNext(): void {
    this.mayOverlap = false;
  }

  closeAfterAnswer(reason: string): void {
    this.#closes = reason;
  }

  afterAnswer(release: () => void): void {
    if (this.#releases) this.#releases.push(release);
    else this.#releases = [release];
  }

  /**
   * Encodes the answer. `muteMs`: for how long the client is told to be quiet; the connection sees to it. One for which there could never be memory becomes an error where it can carry one.
   * Throws `CloseConnectionError` where there is no memory for it.
   */
  answer(response: unknown, muteMs: number): Outcome | Promise<Outcome> {
    if (response === undefined) return muteMs > 0 ? { kind: "silence", muteMs } : SILENCE;
    const refuse = (error: unknown): Outcome | Promise<Outcome> => this.#refuse(error, response, muteMs);
    try {
      const outcome = this.#encode(response, muteMs);
      return outcome instanceof Promise ? outcome.catch(refuse) : outcome;
    } catch (error) {
      return refuse(error);
    }
  }

  #encode(response: unknown, muteMs: number): Outcome | Promise<Outcome> {
    const told = muteMs > 0 ? { ...(response as object), throttleTimeMs: muteMs } : response;
    const { clock } = this.broker;
    this.throttleMs = muteMs;
    const writer = new ByteWriter();
    this.#writer = writer;
    const frame = encodeAnswer(clock, writer, this.handler.api, this.version, this.correlationId, told, (bytes) => this.#takeMore(bytes));
    return frame instanceof Promise ? frame.then((parts) => this.#outcome(parts, muteMs)) : this.#outcome(frame, muteMs);
  }

  #refuse(error: unknown, response: unknown, muteMs: number): Outcome | Promise<Outcome> {
    const refusal = error instanceof AnswerTooLargeError ? refusalFor(response) : undefined;
    if (refusal === undefined) throw error;
    const outcome = this.#encode(refusal, muteMs);
    // Without its error, an empty answer would be a lie.
    if (!isRefusal(this.#writer!)) throw error;
    this.broker.logger.warn(
      "an answer was refused, since it is larger than the memory for a client: raise ottla.client.memory.bytes, or let the client ask for less",
      {
        api: this.handler.api.name,
        clientId: this.clientId,
      },
    );
    return outcome;
  }

  #outcome(frame: readonly MessagePart[], muteMs: number): Outcome {
    const releases = this.#releases;
    return { kind: "answer", frame, onSent: releases && (() => this.release()), muteMs, closes: this.#closes };
  }

  /** Gives back what was kept for the answer. */
  release(): void {
    const releases = this.#releases;
    this.#releases = undefined;
    releases?.forEach((release) => release());
  }

  #takeNow(): void {
    if (!this.session.memory.take(this.#decodedBytes))
      throw new CloseConnectionError(`there is no memory for a ${this.handler.api.name} request of ${this.requestBytes} bytes`);
    this.#heldBytes = this.#decodedBytes;
  }

  /** A long answer grows. */
  #takeMore(bytes: number): void {
    const { memory } = this.session;
    if (!memory.take(bytes)) {
      const sentence = `there is no memory for the answer to a ${this.handler.api.name} request of ${this.requestBytes} bytes`;
      throw memory.neverFits(bytes, this.#heldBytes) ? new AnswerTooLargeError(sentence) : new CloseConnectionError(sentence);
    }
    this.#heldBytes += bytes;
  }
}

/** However little others held, the answer would not find memory. */
class AnswerTooLargeError extends CloseConnectionError {}
