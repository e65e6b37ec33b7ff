import type { Logger } from "@ottla/base";
import { Listeners } from "./listeners.ts";

/** Java's states of an application. */
export type ApplicationState = "CREATED" | "REBALANCING" | "RUNNING" | "PENDING_SHUTDOWN" | "NOT_RUNNING" | "PENDING_ERROR" | "ERROR";

const transitions: Readonly<Record<ApplicationState, readonly ApplicationState[]>> = {
  CREATED: ["REBALANCING", "PENDING_SHUTDOWN", "PENDING_ERROR"],
  REBALANCING: ["RUNNING", "PENDING_SHUTDOWN", "PENDING_ERROR"],
  RUNNING: ["REBALANCING", "PENDING_SHUTDOWN", "PENDING_ERROR"],
  PENDING_SHUTDOWN: ["NOT_RUNNING"],
  NOT_RUNNING: [],
  PENDING_ERROR: ["ERROR"],
  ERROR: [],
};

/** Is told of each state an application comes to, in their order. */
export type StateListener = (to: ApplicationState, from: ApplicationState) => void;

/** Which state an application is in: alone decides what may follow. */
export class ApplicationStates {
  #state: ApplicationState = "CREATED";
  readonly #listeners: Listeners<Parameters<StateListener>>;
  /** Changes that listeners have not been told of: one of them may have made the next. */
  readonly #untold: (readonly [to: ApplicationState, from: ApplicationState])[] = [];
  #isTelling = false;

  constructor(logger: () => Logger) {
    this.#listeners = new Listeners("onState", logger);
  }

  get state(): ApplicationState {
    return this.#state;
  }

  /** It will not do anything any more, or is about to stop. */
  get isOver(): boolean {
    return !["CREATED", "REBALANCING", "RUNNING"].includes(this.#state);
  }

  /** False, and nothing happens, where the state cannot follow the present one: an application that is closing does not run again. */
  become(to: ApplicationState): boolean {
    const from = this.#state;
    if (!transitions[from].includes(to)) return false;
    this.#state = to;
    this.#untold.push([to, from]);
    this.#tell();
    return true;
  }

  /** Throws `STREAMS_BAD_ARGUMENT` for what is no function. */
  listen(listener: StateListener): () => void {
    return this.#listeners.add(listener);
  }

  #tell(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    for (let change = this.#untold.shift(); change !== undefined; change = this.#untold.shift()) this.#listeners.tell(...change);
    this.#isTelling = false;
  }
}
