import { ClientError, type Consumer } from "@ottla/client";

/** A request may be on its way for so long when others are given the tasks. */
const MARGIN_MS = 100;

/** What was to be written is not written any more: the group has gone on without this member. */
export class MembershipOver extends ClientError {
  constructor() {
    super(
      "COMMIT_FAILED",
      "The group has gone on without this member: what it had not written by then is done again by who has its tasks now.",
    );
  }
}

/**
 * Whether a worker may write now that has no transactions, which would keep it from writing behind who has its tasks by now: a process that stood still for longer than its session does not know better when it wakes, and what it
 * writes into a changelog then would set others' state back. It may as long as the group surely has it, and never once it is known that the group has not. In groups whose session timeout only the coordinator knows that is all.
 */
export function writePermit(consumer: Pick<Consumer, "groupMetadata" | "membershipLeftMs">): () => boolean | Error {
  return () => {
    const leftMs = consumer.membershipLeftMs();
    if (consumer.groupMetadata() === undefined || leftMs === -1) return new MembershipOver();
    return leftMs === undefined || leftMs > MARGIN_MS;
  };
}
