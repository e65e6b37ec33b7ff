import type { Clock } from "../seams/clock.ts";
import type { Disk } from "../seams/disk.ts";
import type { Logger } from "../seams/logger.ts";
import { OttlaError } from "../errors.ts";
import type { AuditBody, AuditClient, AuditResource, LoginFailure } from "./audit-event.ts";
import { AuditFile } from "./audit-file.ts";
import { AuditOutlet, type AuditSink } from "./audit-outlet.ts";

/** Where it is told what is done over a service: in a file, a topic, or both. */
export interface ActionAuditSettings {
  readonly path?: string;
  /** Of the cluster that the service stands on. */
  readonly topic?: string;
  /** A full file gets a name after the time, and another is begun. */
  readonly maxBytes?: number;
  /** Older files that are kept. */
  readonly keptFiles?: number;
  /** What cannot be told is not done. */
  readonly isRequired?: boolean;
}

/** What an audit is written with. */
interface ActionAuditDeps {
  readonly clock: Clock;
  readonly disk: Disk;
  readonly logger: Logger;
  /** Of a service that can tell it in a topic. */
  readonly topicSink?: (topic: string) => AuditSink;
}

/** Something that somebody asks for. */
export interface AskedAction {
  readonly visitor: { readonly name: string | undefined; readonly host: string };
  readonly action: string;
  readonly resource: AuditResource;
}

/** How it ended. */
export interface ActionEnd {
  readonly outcome: "succeeded" | "failed" | "denied";
  readonly error?: string | undefined;
  readonly detail?: Readonly<Record<string, unknown>>;
}

const WAITING_MAX = 20_000;
const NAME_CHARS_MAX = 256;
const SAME_LOGIN_MS = 10_000;
const HOSTS_MAX = 1_000;
/** Of no broker. */
const NODE = -1;

/** What is done over an HTTP service, by whom, from where and how it ended, in the format of the brokers' audit (docs/audit.md). Without a file and a topic nothing is kept. A request is known by any object that is its own. */
export class ActionAudit {
  readonly #clock: Clock;
  /** The service, as events name it. */
  readonly #listener: string;
  readonly #outlets: readonly AuditOutlet[];
  /** Of the outlets, as whoever asks is told of them: where a file is, is nothing for him. Without outlets nothing can be told anywhere. */
  readonly #places: readonly string[];
  readonly #isRequired: boolean;
  readonly #asked = new WeakMap<object, { readonly asked: AskedAction; detail: Record<string, unknown> }>();
  /** Logins that were not looked at, by address: told once in a while, with how many they were. */
  readonly #limited = new Map<string, { count: number; sinceMs: number }>();

  constructor(listener: string, settings: ActionAuditSettings | undefined, { clock, disk, logger, topicSink }: ActionAuditDeps) {
    this.#listener = listener;
    this.#clock = clock;
    this.#isRequired = settings?.isRequired === true;
    const { path, topic, maxBytes = 100 * 1024 * 1024, keptFiles = 10 } = settings ?? {};
    const sinks = [
      ...(path === undefined ? [] : [new AuditFile({ clock, disk }, { path, maxBytes, keptFiles })]),
      ...(topic === undefined || topicSink === undefined ? [] : [topicSink(topic)]),
    ];
    this.#places = sinks.length === 0 ? ["any place"] : sinks.map(({ place }) => (place === path ? "its file" : `topic "${place}"`));
    this.#outlets = sinks.map((sink) => new AuditOutlet({ clock, logger, node: NODE }, sink, WAITING_MAX));
    this.#offer({ kind: "started" });
  }

  /** Somebody asks for it: how it ends is told, and not that it began. */
  expect(request: object, asked: AskedAction): void {
    this.#asked.set(request, { asked, detail: {} });
  }

  /** Before it is done; that is told where nothing may be done untold. Errors: `AUDIT_UNWRITABLE`. */
  async begin(request: object, asked: AskedAction): Promise<void> {
    this.expect(request, asked);
    if (this.#isRequired) await this.#begun(request, asked, {});
  }

  /** Before something is done in whose midst this process may end: what that is is told in any case, and not only its end. Errors: `AUDIT_UNWRITABLE`. */
  async beginLong(request: object, detail: Readonly<Record<string, unknown>>): Promise<void> {
    const expected = this.#asked.get(request);
    if (expected === undefined) return;
    Object.assign(expected.detail, detail);
    await this.#begun(request, expected.asked, { detail });
  }

  async #begun(request: object, asked: AskedAction, rest: { readonly detail?: Readonly<Record<string, unknown>> }): Promise<void> {
    this.#tell(asked, "began", rest);
    const flushed = Promise.all(this.#outlets.map((outlet) => outlet.flush()));
    if (!this.#isRequired) return;
    const isTold = await flushed;
    const untold = this.#places.filter((_, i) => isTold[i] !== true);
    if (untold.length === 0) return;
    this.end(request, { outcome: "failed", error: "AUDIT_UNWRITABLE" });
    throw new OttlaError(
      "AUDIT_UNWRITABLE",
      `The audit cannot be written to ${untold.join(" and ")}, and nothing may be done that it does not tell. The disk may be full, or the topic's leader away.`,
    );
  }

  /** What there is to know of it beside its end. */
  note(request: object, detail: Readonly<Record<string, unknown>>): void {
    Object.assign(this.#asked.get(request)?.detail ?? {}, detail);
  }

  /** When it is done, or failed. */
  end(request: object, end: ActionEnd): void {
    const begun = this.#asked.get(request);
    if (begun === undefined) return;
    this.#asked.delete(request);
    this.told(begun.asked, { ...end, detail: { ...begun.detail, ...end.detail } });
  }

  /** Something that was not begun. */
  told(asked: AskedAction, { outcome, error, detail = {} }: ActionEnd): void {
    this.#tell(asked, outcome, { ...(error !== undefined && { error }), ...(Object.keys(detail).length > 0 && { detail }) });
  }

  login(
    client: { readonly name?: string | undefined; readonly host: string },
    mechanism: "PASSWORD" | "OIDC" | "TLS",
    reason?: LoginFailure,
  ): void {
    const repeats = reason === "rate-limited" ? this.#repeats(client.host) : {};
    if (repeats === undefined) return;
    this.#offer({
      kind: "login",
      outcome: reason === undefined ? "succeeded" : "failed",
      client: this.#clientOf(client),
      mechanism,
      ...(reason !== undefined && { reason }),
      ...repeats,
    });
  }

  async close(): Promise<void> {
    this.#offer({ kind: "stopped" });
    await Promise.all(this.#outlets.map((outlet) => outlet.close()));
  }

  #offer(body: AuditBody): void {
    const event = { timeMs: this.#clock.nowMs(), node: NODE, body };
    for (const outlet of this.#outlets) outlet.offer(event);
  }

  #tell(
    { visitor, action, resource }: AskedAction,
    outcome: ActionEnd["outcome"] | "began",
    rest: { readonly error?: string; readonly detail?: Readonly<Record<string, unknown>> },
  ): void {
    this.#offer({
      kind: "action",
      outcome,
      client: this.#clientOf(visitor),
      action: short(action),
      resource: { ...resource, ...(resource.name !== undefined && { name: short(resource.name) }) },
      ...rest,
    });
  }

  #clientOf({ name, host }: { readonly name?: string | undefined; readonly host: string }): AuditClient {
    return { ...(name !== undefined && { principal: `User:${short(name)}` }), host, listener: this.#listener, connection: 0 };
  }

  /** Undefined where it is only counted. */
  #repeats(host: string): { readonly count?: number; readonly since?: string } | undefined {
    const nowMs = this.#clock.nowMs();
    const before = this.#limited.get(host);
    if (before !== undefined && nowMs - before.sinceMs < SAME_LOGIN_MS) {
      before.count++;
      return undefined;
    }
    this.#limited.set(host, { count: 1, sinceMs: nowMs });
    if (this.#limited.size > HOSTS_MAX) this.#limited.delete(this.#limited.keys().next().value as string);
    return before === undefined || before.count === 1 ? {} : { count: before.count, since: new Date(before.sinceMs).toISOString() };
  }
}

function short(text: string): string {
  return text.length <= NAME_CHARS_MAX ? text : `${text.slice(0, NAME_CHARS_MAX)}…`;
}
