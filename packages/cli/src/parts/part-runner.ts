import { type Logger, OttlaError, printable } from "@ottla/base";
import type { Part, PartContext, PartOutput, PartReport, PartSettings, StartedPart } from "./part.ts";

/** How long a part that others can do without may take to accept connections, and to end. */
const START_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 5_000;

/** A part as the command line wants it. */
export interface PartPlan {
  readonly part: Part;
  /** Its key in the ready line. */
  readonly key?: string;
  /** Where it listens. `isAskedFor`: it must be this port; another one takes a free port when it is taken. */
  readonly port?: { readonly number: number; readonly isAskedFor: boolean };
  readonly settings?: PartSettings;
  /** Without it the others make no sense: its failure is the failure of the start, and it takes the time it takes. */
  readonly isEssential?: boolean;
}

/** What the runner works with. */
export interface RunnerWorld {
  readonly host: string;
  readonly logger: Logger;
  readonly out: PartOutput;
  /** Tells the person at the command line one sentence. */
  say(sentence: string): void;
  /** Ends a start that is under way. */
  readonly signal: AbortSignal;
  readonly deadlines?: { readonly startMs: number; readonly stopMs: number };
}

interface RunningPart {
  readonly plan: PartPlan;
  readonly started: StartedPart;
}

/** Starts parts one after the other, knows their addresses, and stops them in reverse order. Restarts nothing. */
export class PartRunner {
  readonly #world: RunnerWorld;
  readonly #running: RunningPart[] = [];
  readonly #addresses: Record<string, string> = {};
  #stopped: Promise<void> | undefined;

  constructor(world: RunnerWorld) {
    this.#world = world;
  }

  /** The addresses of the parts that run, by key, in the order of their start. */
  get addresses(): Readonly<Record<string, string>> {
    return { ...this.#addresses };
  }

  /**
   * Starts one part and waits until it accepts connections. False: it does not run, because the signal came, or because it failed and others can do without it, which
   * was said. Throws what an essential part failed with, and `PORT_IN_USE` for a taken port that was asked for.
   */
  async start(plan: PartPlan): Promise<boolean> {
    const { port } = plan;
    try {
      return await this.#begin(plan, port?.number ?? 0);
    } catch (error) {
      const isTaken = port !== undefined && error instanceof OttlaError && error.code === "PORT_IN_USE";
      if (plan.isEssential || (isTaken && port.isAskedFor)) throw error;
      if (!isTaken) return this.#failed(plan, error);
    }
    try {
      const isRunning = await this.#begin(plan, 0);
      const address = this.#addresses[plan.key ?? ""];
      if (isRunning) this.#world.say(`Port ${port.number} is taken; ${plan.part.name} is at ${address ?? "a free one"} instead.`);
      return isRunning;
    } catch (error) {
      return this.#failed(plan, error);
    }
  }

  /** Stops every part, the last one first. One that does not end in time is left behind. A second call waits for the first. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  async #begin(plan: PartPlan, port: number): Promise<boolean> {
    const { host, logger, out, signal } = this.#world;
    if (signal.aborted) return false;
    const context: PartContext = { host, port, addresses: this.addresses, settings: plan.settings ?? {}, logger, out };
    const running = { plan, started: plan.part.start(context) };
    this.#running.push(running);
    try {
      const report = await this.#firstReady(running);
      if (report === undefined) return false;
      if (plan.key !== undefined && report.address !== undefined) this.#addresses[plan.key] = report.address;
      return true;
    } catch (error) {
      this.#running.splice(this.#running.indexOf(running), 1);
      await this.#end(running);
      throw error;
    }
  }

  /** Undefined when the signal comes first: the part is stopped with the others. */
  async #firstReady({ plan, started }: RunningPart): Promise<PartReport | undefined> {
    const { signal, deadlines } = this.#world;
    const outcome = Promise.withResolvers<PartReport | undefined>();
    started.ready.then(outcome.resolve, outcome.reject);
    const onAbort = (): void => outcome.resolve(undefined);
    signal.addEventListener("abort", onAbort);
    const startMs = deadlines?.startMs ?? START_DEADLINE_MS;
    const late = (): void => outcome.reject(new OttlaError("PART_NOT_READY", `It was not ready within ${startMs / 1000} s.`));
    const timer = plan.isEssential ? undefined : setTimeout(late, startMs);
    try {
      return await outcome.promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    }
  }

  #failed({ part }: PartPlan, error: unknown): false {
    const why = printable(error instanceof Error ? error.message : String(error));
    this.#world.say(`${part.name} could not be started: ${/[.!?]$/.test(why) ? why : `${why}.`} The others run without it.`);
    return false;
  }

  async #stopAll(): Promise<void> {
    for (const running of this.#running.toReversed()) await this.#end(running);
  }

  async #end({ plan, started }: RunningPart): Promise<void> {
    const { logger, deadlines } = this.#world;
    const { name } = plan.part;
    const stopping = started.stop().catch((error: unknown) => {
      if (plan.isEssential) throw error;
      logger.warn("a part did not end cleanly", { part: name, error });
    });
    // An essential part has data to keep safe; it takes the time it takes.
    if (plan.isEssential) return stopping;
    const stopMs = deadlines?.stopMs ?? STOP_DEADLINE_MS;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        logger.warn("a part did not end in time and is left behind", { part: name, waitedMs: stopMs });
        resolve();
      }, stopMs);
    });
    await Promise.race([stopping, late]);
    clearTimeout(timer);
  }
}
