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
  readonly #listeners = new Set<StateListener>();

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
    for (const listener of [...this.#listeners]) listener(to, from);
    return true;
  }

  listen(listener: StateListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
