import type { ApplicationProtocol, Guarantee } from "@ottla/streams";
import type { StorePlaces, TopologyVersion } from "./topology.ts";

/** How an instance is started, as JSON in its only argument. */
export interface InstanceSettings {
  readonly name: string;
  readonly applicationId: string;
  readonly bootstrap: string;
  readonly stateDir: string;
  readonly guarantee: Guarantee;
  readonly groupProtocol: ApplicationProtocol;
  readonly version: TopologyVersion;
  /** Of each task, beside the one that runs. */
  readonly copies: number;
  readonly stores: StorePlaces;
}

/** Where an instance kills itself: when it comes to that moment for so many times. */
export interface Death {
  readonly moment: string;
  readonly passes: number;
}

/** What an instance is told. */
export type ToInstance = { readonly close: true } | { readonly jumpMs: number } | { readonly describe: true };

/** What an instance tells. */
export type FromInstance = { readonly state: string } | { readonly error: string; readonly code: string } | { readonly described: string };
