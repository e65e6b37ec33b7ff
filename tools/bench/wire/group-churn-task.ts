import type { RawConnection } from "@ottla/conformance/wire/raw-connection";

export interface GroupChurnTask {
  readonly bootstrap: string;
  readonly groupId: string;
  readonly topic: string;
  readonly partitions: number;
  readonly protocol: "classic" | "consumer";
  readonly members: number;
  /** How often a classic member sends a heartbeat; the others are told by the broker. */
  readonly intervalMs: number;
}

/** From the first request to the last change that a member saw, in ms; of leaving and coming back the mean of some. */
export interface GroupChurnResult {
  readonly joinMs: number;
  readonly leaveMs: number;
  readonly returnMs: number;
}

/** What a member is given. */
export interface MemberPlace {
  readonly task: GroupChurnTask;
  /** Its own. */
  readonly connection: RawConnection;
  /** Told when the member has another epoch or other partitions. */
  readonly onChange: () => void;
}

/** A member of either protocol. */
export interface ChurningMember {
  readonly epoch: number;
  readonly owned: readonly number[];
  /** It knows of nothing that it has to do. */
  readonly isSettled: boolean;
  /** Joins, and goes on until it has left. */
  run(): Promise<void>;
  leave(): Promise<void>;
}

/** A pause that ends early when there is something to do. */
export class Pause {
  #wake: (() => void) | undefined;

  rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  end(): void {
    this.#wake?.();
  }
}
