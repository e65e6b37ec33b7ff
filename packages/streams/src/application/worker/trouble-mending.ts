import type { Clock, Logger } from "@ottla/base";
import { CorruptedState } from "../../stores/persistent/check-state-file.ts";
import type { StreamsError } from "../../streams-error.ts";
import { LostChangelog } from "../restore/changelog-restore.ts";
import type { HeldTasks } from "./held-tasks.ts";
import type { RecordOutput } from "./record-output.ts";
import type { TaskTimeouts } from "./task-timeouts.ts";
import { DeletedInput, isCommitUndecided, isSlowness, stateErrorIn, type Trouble, troubleOf, withoutCallback } from "./trouble.ts";

/** A worker that begins anew waits a little, so that what fails at once does not spin. */
const RESTART_PAUSE_MS = 500;

const said: Readonly<Record<Exclude<Trouble, "none" | "fatal">, string>> = {
  groupGone: "tasks begin anew from what was committed",
  positionLost: "tasks begin anew from what was committed",
  transactionLost: "tasks begin anew from what was committed",
  producerLost: "tasks begin anew from what was committed",
  stateLost: "the state of a task is made again",
  stateUnwritten: "the state of a task is not written so far",
};

/** What mends troubles has of the worker. */
export interface TroubleMendingHost {
  readonly tasks: HeldTasks;
  readonly output: RecordOutput;
  readonly timeouts: TaskTimeouts;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What would be mended now, others do again. */
  readonly isStopping: () => boolean;
  /** Lets the worker begin as a new member, with a new producer. */
  readonly rejoin: () => Promise<void>;
}

/** What a worker does about each {@link Trouble}: which tasks begin anew, whose state is made again, and what ends it. */
export class TroubleMending {
  readonly #host: TroubleMendingHost;
  readonly #tasks: HeldTasks;
  readonly #output: RecordOutput;
  /** Partitions that the group still gives the worker have no task any more: it begins anew. */
  #isMissingTasks = false;
  /** It ends with an error. */
  #hasFailed = false;

  constructor(host: TroubleMendingHost) {
    this.#host = host;
    this.#tasks = host.tasks;
    this.#output = host.output;
  }

  /** Tasks that the group still gives were closed, and are to be opened again. */
  get isMissingTasks(): boolean {
    return this.#isMissingTasks;
  }

  /** Tasks were closed that are to be opened again, with other partitions. */
  someAreMissing(): void {
    this.#isMissingTasks = true;
  }

  /** They are open again, or not to be any more. */
  noneIsMissing(): void {
    this.#isMissingTasks = false;
  }

  /** Goes on after an error where that is possible; throws it where it is not. What fails while something is mended is mended in its turn: an abort may show that the producer is fenced. */
  async mend(error: Error): Promise<void> {
    let isAgain = false;
    for (let found: Error | undefined = error; found !== undefined; isAgain = true) {
      try {
        await this.#mendOne(found, isAgain);
        found = undefined;
      } catch (next) {
        if (this.#hasFailed) throw next;
        if (this.#host.isStopping() && (troubleOf(next as Error) !== "fatal" || isCommitUndecided(next as Error))) return;
        found = next as Error;
      }
    }
  }

  async #mendOne(error: Error, isAgain: boolean): Promise<void> {
    const found = troubleOf(error);
    // A producer that cannot even give up what it wrote is of no use any more.
    const trouble: Trouble = isAgain && found !== "none" && (found !== "fatal" || isCommitUndecided(error)) ? "producerLost" : found;
    if (trouble === "none") return;
    const { logger, timeouts, clock } = this.#host;
    const tasks = this.#tasks.all();
    if (trouble !== "fatal") logger.warn(said[trouble], { trouble, error: error.message });
    if (trouble === "stateLost" || trouble === "stateUnwritten" || isSlowness(error) || withoutCallback(error) instanceof DeletedInput) {
      timeouts.failed(
        tasks.map(({ name }) => name),
        error,
        clock.monotonicMs(),
      );
    }
    switch (trouble) {
      case "positionLost":
      case "groupGone":
      case "transactionLost":
        this.#tasks.drop(tasks);
        this.#isMissingTasks = true;
        await this.#output.giveUp();
        // What is committed may not be there either, for a moment or for good.
        if (trouble === "positionLost") await this.#pause();
        return;
      case "producerLost":
        this.#tasks.drop(tasks);
        if (isAgain) await this.#pause();
        await this.#host.rejoin();
        return;
      case "stateLost":
        await this.#loseState(stateErrorIn(error)!);
        return;
      case "stateUnwritten":
        // What waits is written with the next commit, when there is room again.
        await this.#pause();
        return;
      case "fatal":
        this.#tasks.drop(tasks);
        this.#hasFailed = true;
        throw error;
    }
  }

  /** What a task has on the disk is removed and made again. Where nothing of it was processed all others go on. */
  async #loseState(error: StreamsError): Promise<void> {
    this.#isMissingTasks = true;
    if (error instanceof LostChangelog) {
      this.#tasks.wipe(error.task, error);
      return;
    }
    const lost = error instanceof CorruptedState ? this.#tasks.all().find(({ stores }) => stores.isIn(error.path)) : undefined;
    this.#tasks.drop(this.#tasks.all());
    if (lost !== undefined) this.#tasks.wipe(lost, error);
    await this.#output.giveUp();
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => void this.#host.clock.schedule(RESTART_PAUSE_MS, resolve));
  }
}
