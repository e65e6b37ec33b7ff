import type { AuditAccess, AuditLogin } from "@ottla/base";
import { rememberedKey } from "../remembered-key.ts";

/** What may come again and again. */
export type Repeatable = AuditAccess | AuditLogin;

/** How much of what happened an event tells: all of it; all but names that the client chose; or only what kind of thing happened, to whomever. */
export type Closeness = "whole" | "of-client" | "of-kind";

/** Something that happened. The texts say what counts as the same. */
export interface Happening {
  /** Principal and address: what a client cannot choose freely. */
  readonly client: string;
  /** The kind of thing: of few values, none of them chosen by the client. */
  readonly what: string;
  /** What the client chose: names. */
  readonly which: string;
  readonly node: number;
  readonly connection: number;
  readonly correlation: number;
  describe(closeness: Closeness): Repeatable;
}

/** Different things of one client that are told apart in one window; beyond them names are left out. */
export const TOLD_PER_CLIENT_MAX = 100;
/** Different things that are told apart in one window; beyond them clients are left out. */
export const TOLD_MAX = 5000;

interface Told {
  readonly client: string;
  readonly body: Repeatable;
  readonly node: number;
  /** Of the last repeat. */
  connection: number;
  correlation: number;
  repeats: number;
  sinceMs: number;
}

/**
 * Tells what happens the first time at once, and counts what is the same until the window ends: so a client in a loop brings one event in each, and not a flood. Nothing is left
 * out of the counts; who does very many different things is told with less detail.
 */
export class RepeatWindow {
  readonly #tell: (event: { readonly timeMs: number; readonly node: number; readonly body: Repeatable }) => void;
  readonly #told = new Map<string, Told>();
  readonly #perClient = new Map<string, number>();

  constructor(tell: (event: { readonly timeMs: number; readonly node: number; readonly body: Repeatable }) => void) {
    this.#tell = tell;
  }

  get isEmpty(): boolean {
    return this.#told.size === 0;
  }

  note(happening: Happening, nowMs: number): void {
    const { what } = happening;
    const client = rememberedKey(happening.client);
    const whole = rememberedKey(`${client}\0${what}\0${happening.which}`);
    if (this.#count(whole, happening, nowMs)) return;
    const ofClient = this.#perClient.get(client) ?? 0;
    const isFull = this.#told.size >= TOLD_MAX;
    if (!isFull && ofClient < TOLD_PER_CLIENT_MAX) return this.#begin(whole, client, "whole", happening, nowMs);
    const closeness = isFull ? "of-kind" : "of-client";
    const key = isFull ? what : `${client}\0${what}`;
    if (!this.#count(key, happening, nowMs)) this.#begin(key, client, closeness, happening, nowMs);
  }

  /** The window ends: repeats are told, and what did not come again is forgotten. */
  end(nowMs: number): void {
    for (const [key, told] of this.#told) {
      if (told.repeats === 0) {
        this.#forget(key, told);
        continue;
      }
      this.#tell({ timeMs: nowMs, node: told.node, body: repeated(told) });
      told.repeats = 0;
    }
  }

  #count(key: string, { connection, correlation }: Happening, nowMs: number): boolean {
    const told = this.#told.get(key);
    if (told === undefined) return false;
    if (told.repeats++ === 0) told.sinceMs = nowMs;
    told.connection = connection;
    told.correlation = correlation;
    return true;
  }

  #begin(key: string, client: string, closeness: Closeness, happening: Happening, nowMs: number): void {
    const { node, connection, correlation } = happening;
    const body = happening.describe(closeness);
    this.#told.set(key, { client, body, node, connection, correlation, repeats: 0, sinceMs: nowMs });
    this.#perClient.set(client, (this.#perClient.get(client) ?? 0) + 1);
    this.#tell({ timeMs: nowMs, node, body });
  }

  #forget(key: string, { client }: Told): void {
    this.#told.delete(key);
    const left = (this.#perClient.get(client) ?? 1) - 1;
    if (left > 0) this.#perClient.set(client, left);
    else this.#perClient.delete(client);
  }
}

function repeated({ body, connection, correlation, repeats, sinceMs }: Told): Repeatable {
  const more = { count: repeats, since: new Date(sinceMs).toISOString() };
  const client = { ...body.client, connection };
  if (body.kind === "login") return { ...body, client, ...more };
  return { ...body, client, request: { ...body.request, correlation }, ...more };
}
