import type { Clock, Logger } from "@ottla/base";
import type { Admin } from "@ottla/client";
import { reasonOf } from "../../thrown.ts";
import { processIdIn } from "./transactional-id.ts";

/** What a look after them has of the world. */
export interface LeftTransactionsHost {
  readonly admin: Admin;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly applicationId: string;
  /** Of this instance, whose transactions are its workers' own. */
  readonly processId: string;
}

/** A call is given so long, */
const CALL_MS = 5_000;
/** and so many looks are taken when one fails: a coordinator may have gone together with the member. By then they time out by themselves. */
const LOOKS = 10;
const PAUSE_MS = 500;

/**
 * Ends what members that are gone have left open. Until then nobody is told what they committed last, stores are not restored, and whoever reads committed records waits: in Kafka up to the transaction's timeout
 * and the interval in which its coordinator looks for those, 20 s by default. Their members could not commit any more: the group has others.
 */
export class LeftTransactions {
  readonly #host: LeftTransactionsHost;
  /** Which look is the last one; those before it end. */
  #number = 0;

  constructor(host: LeftTransactionsHost) {
    this.#host = host;
  }

  /** Ends, beside other work, the transactions of all processes but these, who are all that is in the group. Never throws. */
  endAllBut(processIds: ReadonlySet<string>): void {
    void this.#lookUntilDone(++this.#number, async () => processIds);
  }

  /** The same, but for those that the coordinator of a streams group has, which is asked only where one is open. */
  endAllButOfStreamsGroup(): void {
    const { admin, applicationId } = this.#host;
    void this.#lookUntilDone(++this.#number, async () => {
      const [group] = await admin.describeStreamsGroups([applicationId], { timeoutMs: CALL_MS });
      if (group?.error !== undefined) throw group.error;
      return new Set(group?.value.members.map(({ processId }) => processId));
    });
  }

  close(): void {
    this.#number++;
  }

  async #lookUntilDone(number: number, living: () => Promise<ReadonlySet<string>>): Promise<void> {
    const { clock, logger } = this.#host;
    for (let look = 1; look <= LOOKS && number === this.#number; look++) {
      try {
        await this.#look(living);
        return;
      } catch (error) {
        // Who may not end them waits for their timeout.
        const isPassing = (error as { readonly retriable?: boolean }).retriable === true;
        logger.debug("transactions of members that are gone are not ended", { error: reasonOf(error), isPassing });
        if (!isPassing) return;
      }
      await new Promise<void>((resolve) => clock.schedule(PAUSE_MS, resolve));
    }
  }

  async #look(living: () => Promise<ReadonlySet<string>>): Promise<void> {
    const { admin, logger, applicationId, processId: own } = this.#host;
    const open = (await admin.listTransactions({ states: ["Ongoing"], timeoutMs: CALL_MS }))
      .map(({ transactionalId }) => ({ transactionalId, processId: processIdIn(transactionalId, applicationId) }))
      .filter(({ processId }) => processId !== undefined && processId !== own);
    if (open.length === 0) return;
    const members = await living();
    const left = open.filter(({ processId }) => !members.has(processId!)).map(({ transactionalId }) => transactionalId);
    if (left.length === 0) return;
    const fenced = await admin.fenceProducers(left, { timeoutMs: CALL_MS });
    for (const { name, error } of fenced) {
      if (error !== undefined) throw error;
      logger.info("ended the transaction that a member left open", { transactionalId: name });
    }
  }
}
