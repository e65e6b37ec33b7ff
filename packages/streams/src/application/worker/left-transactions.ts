import type { Clock, Logger } from "@ottla/base";
import { type Admin, ClientError } from "@ottla/client";
import { reasonOf } from "../../thrown.ts";
import { patternOfWorkers, type WorkerOfProcess, workerIn } from "./transactional-id.ts";

/** An open transaction of a worker of the application. */
export interface OpenTransaction extends WorkerOfProcess {
  readonly transactionalId: string;
}

/** What a look after them has of the world. */
export interface LeftTransactionsHost {
  readonly admin: Pick<Admin, "listTransactions" | "fenceProducers">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly applicationId: string;
  /** Of these, which were open before it was asked, those whose workers are no more; undefined: it cannot tell now. */
  readonly left: (open: readonly OpenTransaction[]) => readonly OpenTransaction[] | Promise<readonly OpenTransaction[] | undefined>;
}

/** A call is given so long, */
export const LEFT_CALL_MS = 5_000;
/** and so many looks are taken when one fails: a coordinator may have gone together with the member. By then they time out by themselves. */
const LOOKS = 12;
/** After the first, then twice as long each time. A group that is being divided mostly is not for long. */
const PAUSE_MS = { min: 50, max: 500 };

/**
 * Ends what workers that are gone have left open. Until then nobody is told what they committed last, stores are not restored, and whoever reads committed records waits: in Kafka up to the transaction's timeout
 * and the interval in which its coordinator looks for those, 20 s by default. They could not commit any more: the group has others.
 */
export class LeftTransactions {
  readonly #host: LeftTransactionsHost;
  #looksLeft = 0;
  #isLooking = false;
  #isUnsure = false;

  constructor(host: LeftTransactionsHost) {
    this.#host = host;
  }

  /** All looks have come to nothing: the next time that the group has been divided is another occasion. */
  get isUnsure(): boolean {
    return this.#isUnsure;
  }

  /** Looks, beside other work, until there are none. One look at a time, however often it is called. Never throws. */
  end(): void {
    this.#looksLeft = LOOKS;
    if (!this.#isLooking) void this.#lookUntilNoneIsLeft();
  }

  close(): void {
    this.#looksLeft = 0;
  }

  async #lookUntilNoneIsLeft(): Promise<void> {
    this.#isLooking = true;
    let pauseMs = PAUSE_MS.min;
    while (this.#looksLeft > 0) {
      const left = --this.#looksLeft;
      // Who calls meanwhile may know of one that was not open yet.
      this.#isUnsure = !(await this.#look());
      if (!this.#isUnsure && this.#looksLeft === left) break;
      if (this.#looksLeft > 0) await new Promise<void>((resolve) => void this.#host.clock.schedule(pauseMs, resolve));
      pauseMs = Math.min(2 * pauseMs, PAUSE_MS.max);
    }
    this.#isLooking = false;
  }

  /** Whether another look would find nothing more to do. */
  async #look(): Promise<boolean> {
    const { admin, logger } = this.#host;
    try {
      const open = await this.#open();
      const left = open.length === 0 ? [] : await this.#host.left(open);
      if (left === undefined || left.length === 0) return left !== undefined;
      const fenced = await admin.fenceProducers(
        left.map(({ transactionalId }) => transactionalId),
        { timeoutMs: LEFT_CALL_MS },
      );
      for (const { name, error } of fenced) {
        if (error === undefined) logger.info("ended the transaction that a worker left open", { transactionalId: name });
        else logger.debug("the transaction that a worker left open is not ended", { transactionalId: name, error: error.message });
      }
      return !fenced.some(({ error }) => mayPass(error));
    } catch (error) {
      logger.debug("transactions that workers left open are not ended", { error: reasonOf(error) });
      // Who may not end them waits for their timeout.
      return !mayPass(error);
    }
  }

  async #open(): Promise<OpenTransaction[]> {
    const { admin, applicationId } = this.#host;
    const call = { states: ["Ongoing"], timeoutMs: LEFT_CALL_MS };
    const listed = await admin.listTransactions({ ...call, idPattern: patternOfWorkers(applicationId) }).catch((error: unknown) => {
      // Before Apache Kafka 4.1 all come.
      if (!(error instanceof ClientError) || error.code !== "NO_COMMON_VERSION") throw error;
      return admin.listTransactions(call);
    });
    return listed.flatMap(({ transactionalId }) => {
      const worker = workerIn(transactionalId, applicationId);
      return worker === undefined ? [] : { ...worker, transactionalId };
    });
  }
}

function mayPass(error: unknown): boolean {
  return (error as { readonly retriable?: boolean } | undefined)?.retriable === true;
}
