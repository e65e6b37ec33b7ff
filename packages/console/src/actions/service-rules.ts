import type { Clock } from "@ottla/base";
import type { Client } from "@ottla/client";
import type { ConnectRest } from "@ottla/connect/rest-client";
import type { SchemaRegistry } from "../services/schema-registry.ts";
import type { ServiceChange, ServiceChangeKind, ServiceChangeOf } from "./service-change.ts";

/** What changes of services are made with; undefined what is not known here. */
export interface Services {
  readonly client: Client;
  readonly clock: Clock;
  readonly registry: SchemaRegistry | undefined;
  readonly connect: ConnectRest | undefined;
}

/** What was there before a change, as it is shown and compared. */
export type Before = Readonly<Record<string, unknown>> | null;

/** What is known of a kind of change of a service. */
export interface ServiceRules<Change> {
  /** What it is about, as a consent names it. */
  readonly subject: (change: Change) => string;
  /** What it does, in a sentence. */
  readonly sentence: (change: Change, before: Before) => string;
  readonly risk: (change: Change, before: Before) => { readonly class: "low" | "high"; readonly why?: string };
  /** The change as it may be shown: without secrets. The same where there are none. */
  readonly shown?: (change: Change, before: Before) => Change;
  /** The same by command, for a POSIX shell. */
  readonly commands: (change: Change, services: Services) => readonly string[];
  /** What is there now; null: nothing. Throws what forbids the change, with what to do. */
  readonly look: (change: Change, services: Services, signal: AbortSignal) => Promise<Before>;
  /** Whether what is there now still is what the plan was made for; the same in every part unless said here. */
  readonly fits?: (before: Before, now: Before) => boolean;
  /** It may take hours: whoever asked for it does not wait, and may stop it. */
  readonly isLong?: true;
  /** Carries it out; `told` says how far it is. Gives what takes the change back; undefined where there is no way back. */
  readonly carryOut: (
    change: Change,
    before: Before,
    services: Services,
    signal: AbortSignal,
    told: (line: string) => void,
  ) => Promise<readonly ServiceChange[] | undefined>;
}

/** The rules of some kinds. */
export type ServiceRulesTable<Kind extends ServiceChangeKind> = { readonly [Each in Kind]: ServiceRules<ServiceChangeOf<Each>> };
