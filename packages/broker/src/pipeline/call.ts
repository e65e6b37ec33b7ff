import { encodeResponse, type RequestHeader } from "@ottla/protocol";
import type { BrokerState } from "../broker-state.ts";
import type { AnyHandler, RequestContext, Session } from "../handler.ts";
import type { Outcome } from "../net/connection.ts";

const SILENCE: Outcome = { kind: "silence" };

/** One request on its way from decoding to its answer. */
export class Call implements RequestContext {
  readonly broker: BrokerState;
  readonly session: Session;
  readonly version: number;
  readonly clientId: string | null;
  readonly #handler: AnyHandler;
  readonly #correlationId: number;
  #releases: (() => void)[] | undefined;

  constructor(broker: BrokerState, handler: AnyHandler, header: RequestHeader, session: Session) {
    this.broker = broker;
    this.session = session;
    this.version = header.apiVersion;
    this.clientId = header.clientId;
    this.#handler = handler;
    this.#correlationId = header.correlationId;
  }

  get clientHost(): string {
    return this.session.clientHost;
  }

  get connectionId(): number {
    return this.session.id;
  }

  get nodeId(): number {
    return this.session.nodeId;
  }

  get listenerName(): string {
    return this.session.listenerName;
  }

  afterAnswer(release: () => void): void {
    if (this.#releases) this.#releases.push(release);
    else this.#releases = [release];
  }

  answer(response: unknown): Outcome {
    if (response === undefined) return SILENCE;
    const frame = encodeResponse(this.#handler.api, this.version, this.#correlationId, response);
    const releases = this.#releases;
    return { kind: "answer", frame, onSent: releases && (() => this.release()) };
  }

  /** Gives back what was kept for the answer. */
  release(): void {
    const releases = this.#releases;
    this.#releases = undefined;
    releases?.forEach((release) => release());
  }
}
