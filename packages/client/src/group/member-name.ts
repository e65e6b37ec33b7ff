import type { Clock } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import type { JoinGroupResponse } from "@ottla/protocol/apis/join-group";
import { CloseTime } from "../close-time.ts";

const NONE = "";

/** By which name a classic group has its member: the coordinator gives one with its answer to the first join (KIP-394), or when all have joined (before it). Until then the group has a member that cannot say who it is. */
export class MemberName {
  #id = NONE;
  #answering: Promise<unknown> | undefined;

  /** Empty: it has none. */
  get id(): string {
    return this.#id;
  }

  /** Joins, and takes the name that the answer gives. The join must be sent by the time that `join` returns. */
  async by(join: () => Promise<JoinGroupResponse>): Promise<JoinGroupResponse> {
    const named = join().then((answer) => {
      if (answer.errorCode === ErrorCode.NONE || answer.errorCode === ErrorCode.MEMBER_ID_REQUIRED) this.#id = answer.memberId;
      return answer;
    });
    this.#answering = named;
    try {
      return await named;
    } finally {
      this.#answering = undefined;
    }
  }

  /** The group knows it no more. */
  forget(): void {
    this.#id = NONE;
  }

  /** Resolves when it has a name, or no answer is awaited that could give one, or when that takes longer than `timeoutMs`. */
  async known(clock: Clock, timeoutMs: number): Promise<void> {
    if (this.#id !== NONE || this.#answering === undefined) return;
    const patience = new CloseTime(clock);
    patience.within(timeoutMs);
    await Promise.race([this.#answering.catch(() => {}), patience.over]);
    patience.release();
  }
}
