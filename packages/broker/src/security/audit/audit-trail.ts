import {
  type AuditBody,
  AuditFile,
  type AuditLogin,
  AuditOutlet,
  type AuditSink,
  type Clock,
  type Disk,
  type Logger,
  type LoginFailure,
  type Timer,
} from "@ottla/base";
import type { AccessCheck } from "../access-check.ts";
import { hostOf } from "../acls/acl-host.ts";
import { shortName } from "./audit-names.ts";
import type { AuditSettings } from "./audit-settings.ts";
import { type AccessNotes, AuditedAccess, type JudgingCheck } from "./audited-access.ts";
import { anyClient, type AuditedCall, type AuditedSession, auditClient, auditRequest } from "./audited-call.ts";
import { type ChangeItem, changesOf, isChangeApi } from "./changes/index.ts";
import { RepeatWindow } from "./repeat-window.ts";

/** How a login ended. */
export type LoginOutcome =
  | { readonly kind: "succeeded"; readonly mechanism: string; readonly isAgain: boolean }
  | { readonly kind: "failed"; readonly mechanism: string | undefined; readonly reason: LoginFailure };

interface TrailDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where the file lies. */
  readonly disk: Disk;
  /** Node id of the process's first broker. */
  readonly node: number;
  /** Where the topic is written, if there is one. */
  readonly topic: AuditSink | undefined;
}

/**
 * Who did what to which resource, from where, and whether it was allowed: events for a file, a topic, or both. Whoever tells of something never waits and never fails for it;
 * what is lost is counted. Format: docs/audit.md.
 */
export class AuditTrail implements AccessNotes {
  readonly #clock: Clock;
  readonly #settings: AuditSettings;
  readonly #node: number;
  readonly #outlets: readonly AuditOutlet[];
  readonly #repeats = new RepeatWindow((event) => this.#offer(event));
  #windowEnd: Timer | undefined;
  #allowedDataUses = 0;
  #isClosed = false;

  constructor(deps: TrailDeps, settings: AuditSettings) {
    this.#clock = deps.clock;
    this.#settings = settings;
    this.#node = deps.node;
    const sinks = [...(settings.file ? [new AuditFile(deps, settings.file)] : []), ...(deps.topic ? [deps.topic] : [])];
    this.#outlets = sinks.map((sink) => new AuditOutlet(deps, sink, settings.queueMax));
    this.#tell({ kind: "started" }, this.#node);
  }

  get writtenCount(): number {
    return this.#outlets.reduce((sum, { writtenCount }) => sum + writtenCount, 0);
  }

  get lostCount(): number {
    return this.#outlets.reduce((sum, { lostCount }) => sum + lostCount, 0);
  }

  /** What a request may, and every answer to that an event. `check` is absent where there is no authorizer. */
  accessOf(call: AuditedCall, check: JudgingCheck | undefined, unrestricted: AccessCheck): AccessCheck {
    return check === undefined ? unrestricted : new AuditedAccess(this, check, call);
  }

  isSampled(): boolean {
    const { sampleOneIn } = this.#settings;
    return sampleOneIn > 0 && this.#allowedDataUses++ % sampleOneIn === 0;
  }

  get sampleOneIn(): number {
    return this.#settings.sampleOneIn;
  }

  isOwnTopic(name: string): boolean {
    return name === this.#settings.topic;
  }

  get repeats(): RepeatWindow {
    this.#awaitWindowEnd();
    return this.#repeats;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  login(session: AuditedSession, outcome: LoginOutcome): void {
    const client = auditClient(session, null);
    const { mechanism } = outcome;
    const isFailed = outcome.kind === "failed";
    const reason = isFailed ? outcome.reason : undefined;
    const isAgain = !isFailed && outcome.isAgain;
    this.#noteLogin(session, {
      client: `${client.principal ?? ""}\0${client.host}`,
      what: `login ${outcome.kind} ${mechanism === undefined ? "" : shortName(mechanism)} ${reason ?? ""} ${isAgain}`,
      describe: () => ({
        kind: "login",
        outcome: outcome.kind,
        client,
        ...(mechanism !== undefined && { mechanism: shortName(mechanism) }),
        ...(isAgain && { isAgain }),
        ...(reason !== undefined && { reason }),
      }),
    });
  }

  /** A TLS handshake failed: there is no connection yet. */
  handshakeFailed(at: { readonly host: string; readonly listener: string; readonly node: number }): void {
    const client = { host: hostOf(at.host), listener: at.listener, connection: 0 };
    this.#noteLogin(
      { nodeId: at.node, id: 0 },
      {
        client: `\0${client.host}`,
        what: `login failed tls ${at.listener}`,
        describe: () => ({ kind: "login", outcome: "failed", client, mechanism: "TLS", reason: "tls" }),
      },
    );
  }

  /** Whether such requests change something, so that {@link AuditTrail.changed} wants to hear of them. */
  isChange(apiKey: number): boolean {
    return isChangeApi(apiKey);
  }

  /** A change was answered. `response` is undefined where its handler failed, or gave no answer. */
  changed(call: AuditedCall, request: unknown, response: unknown): void {
    const { session, handler } = call;
    const client = auditClient(session, call.clientId);
    const told = auditRequest(call);
    const timeMs = this.#clock.nowMs();
    for (const item of changesOf(handler.api.key, call.version, request, response)) {
      const body = { kind: "change" as const, outcome: outcomeOf(item), client, request: told, ...item };
      this.#offer({ timeMs, node: session.nodeId, body });
    }
  }

  /** Tells what was only counted so far, and writes everything. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#windowEnd?.cancel();
    this.#repeats.end(this.#clock.nowMs());
    this.#tell({ kind: "stopped" }, this.#node);
    await Promise.all(this.#outlets.map((outlet) => outlet.close()));
  }

  abandon(): void {
    this.#isClosed = true;
    this.#windowEnd?.cancel();
    for (const outlet of this.#outlets) outlet.abandon();
  }

  #noteLogin(
    { nodeId, id }: Pick<AuditedSession, "nodeId" | "id">,
    login: { readonly client: string; readonly what: string; describe(): AuditLogin },
  ): void {
    this.repeats.note(
      {
        ...login,
        which: "",
        node: nodeId,
        connection: id,
        correlation: 0,
        describe(closeness) {
          const body = login.describe();
          if (closeness !== "of-kind") return body;
          return { ...body, client: anyClient(body.client) };
        },
      },
      this.#clock.nowMs(),
    );
  }

  #tell(body: AuditBody, node: number): void {
    this.#offer({ timeMs: this.#clock.nowMs(), node, body });
  }

  #offer(event: { readonly timeMs: number; readonly node: number; readonly body: AuditBody }): void {
    for (const outlet of this.#outlets) outlet.offer(event);
  }

  #awaitWindowEnd(): void {
    if (this.#windowEnd !== undefined || this.#isClosed) return;
    this.#windowEnd = this.#clock.schedule(this.#settings.windowMs, () => {
      this.#windowEnd = undefined;
      this.#repeats.end(this.#clock.nowMs());
      if (!this.#repeats.isEmpty) this.#awaitWindowEnd();
    });
  }
}

function outcomeOf({ error }: ChangeItem): "succeeded" | "failed" {
  return error === undefined ? "succeeded" : "failed";
}
