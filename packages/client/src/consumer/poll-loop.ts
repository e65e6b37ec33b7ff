import { ClientError } from "../client-error.ts";
import type { CallLimit } from "../cluster/call-limit.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { AssignedPartitions } from "./assigned-partitions.ts";
import type { AutoCommit } from "./auto-commit.ts";
import type { Delivery } from "./delivery.ts";
import type { Fetcher } from "./fetcher.ts";
import type { GroupSession } from "./group-session.ts";
import { OnePoll } from "./one-poll.ts";
import type { PollSignal } from "./poll-signal.ts";
import type { PositionKeeper } from "./position-keeper.ts";
import { type LoopSource, LoopTurns } from "./record-iterators.ts";

/** A poll that waits looks around this often, whatever happens: metadata may have grown old. */
const LOOK_AROUND_MS = 1000;

/** So long a loop goes on in one turn of the event loop, while there is always something ready. */
const TURN_MS = 3;
/** The same for batches that have to be unpacked: one takes a millisecond, so that a turn ends after its second or third. */
const UNPACKING_TURN_MS = 1;
/** Of what a loop asks for, every so many-th is preceded by a look at the time; a power of two. */
const ASKS_PER_LOOK = 64;

/** What polling drives. */
export interface PollParts {
  readonly partitions: AssignedPartitions;
  readonly delivery: Delivery;
  readonly fetcher: Fetcher;
  readonly positions: PositionKeeper;
  readonly autoCommit: AutoCommit;
  readonly signal: PollSignal;
  session(): GroupSession | undefined;
  readonly isClosing: boolean;
  /** Throws when the consumer was closed. */
  checkUsable(): void;
  /** Looks for topics that cannot be read. */
  lookAtTopics(): void;
}

/** The application's turn: everything that a consumer does for its group, its positions and its commits happens while somebody polls or loops, one at a time. */
export class PollLoop {
  readonly #cluster: Cluster;
  readonly #parts: PollParts;
  readonly turns = new LoopTurns();
  readonly #one: OnePoll;
  /** In this turn of the event loop. */
  #hasLooked = false;
  /** When loops should let the event loop turn. */
  #turnEndMs = Infinity;
  #asks = 0;

  constructor(cluster: Cluster, parts: PollParts) {
    this.#cluster = cluster;
    this.#parts = parts;
    this.#one = new OnePoll(cluster);
  }

  /** How long ago the application asked for records; 0 while it does, undefined when it never has. */
  get askedAgoMs(): number | undefined {
    return this.#one.askedAgoMs;
  }

  /** Resolves when no poll is running. */
  get idle(): Promise<unknown> {
    return this.#one.idle;
  }

  /** For a loop of `call` whose turns `take` something; `isLarge`: a whole batch. */
  loopSource<T>(call: string, signal: AbortSignal | undefined, isLarge: boolean, take: () => T | undefined): LoopSource<T> {
    return {
      turns: this.turns,
      settle: () => this.#parts.delivery.settle(),
      ready: () => {
        if (this.#isSomethingDue(signal) || this.#isTurnLong(isLarge)) return undefined;
        return this.#takeReady(take);
      },
      wait: async () => {
        if (this.#isTurnLong(true)) {
          await new Promise<void>((resolve) => this.#cluster.deps.clock.nextTurn(resolve));
          const value = this.#isSomethingDue(signal) ? undefined : this.#takeReady(take);
          if (value !== undefined) return value;
        }
        try {
          return await this.waitFor(call, Infinity, signal, () => {
            this.#parts.delivery.beginRound();
            return take();
          });
        } catch (error) {
          if (error instanceof ClientError && error.code === "CLIENT_CLOSED") return undefined;
          throw error;
        }
      },
    };
  }

  #takeReady<T>(take: () => T | undefined): T | undefined {
    const value = take();
    if (value !== undefined && this.#parts.delivery.isRoundOver) this.#parts.fetcher.pump();
    return value;
  }

  /** Whether the others in this process have waited for long enough. */
  #isTurnLong(isLookDue: boolean): boolean {
    if (!this.#hasLooked || (!isLookDue && ++this.#asks % ASKS_PER_LOOK !== 0)) return false;
    const earlierMs = this.#parts.delivery.isUnpacking ? TURN_MS - UNPACKING_TURN_MS : 0;
    return this.#cluster.deps.clock.monotonicMs() >= this.#turnEndMs - earlierMs;
  }

  /** Whether a loop must look at more than the records that are ready: the group, a commit, an error, the end. */
  #isSomethingDue(signal: AbortSignal | undefined): boolean {
    if (this.#parts.isClosing || this.#one.isRunning || this.#parts.signal.isUrgent || signal?.aborted) return true;
    // Time and the group are looked at once per turn of the event loop: while records are taken faster than it turns, neither can have news.
    return this.#hasLooked ? false : this.#lookAround();
  }

  #lookAround(): boolean {
    const { autoCommit } = this.#parts;
    const session = this.#parts.session();
    const now = this.#beginTurn();
    this.#one.noteAsked(now);
    session?.member.notePoll(now);
    return now >= autoCommit.dueMs || (session?.hasWork ?? false);
  }

  /** Returns the time. */
  #beginTurn(): number {
    const { clock } = this.#cluster.deps;
    const now = clock.monotonicMs();
    if (this.#hasLooked) return now;
    this.#hasLooked = true;
    clock.nextTurn(() => (this.#hasLooked = false));
    this.#turnEndMs = now + TURN_MS;
    return now;
  }

  /** Works and waits until `take` gives something or the time is up; undefined then. One at a time. */
  async waitFor<T>(call: string, timeoutMs: number, signal: AbortSignal | undefined, take: () => T | undefined): Promise<T | undefined> {
    this.#parts.checkUsable();
    const check = () => {
      if (!this.#parts.session() && this.#parts.partitions.size === 0)
        throw new ClientError("INVALID_ARGUMENT", `${call} needs a subscription or an assignment; call subscribe or assign first.`);
    };
    return this.#one.run(call, signal, check, (limit) => this.#poll(timeoutMs, limit, take));
  }

  async #poll<T>(timeoutMs: number, limit: CallLimit, take: () => T | undefined): Promise<T | undefined> {
    const deadlineMs = this.#cluster.deps.clock.monotonicMs() + timeoutMs;
    this.#parts.session()?.member.enterPoll();
    const forget = limit.onEnd(() => this.#parts.signal.arrived());
    try {
      for (;;) {
        this.#parts.signal.lookAgain();
        const taken = await this.#step(limit, take);
        if (taken !== undefined || this.#cluster.deps.clock.monotonicMs() >= deadlineMs) return taken;
        await this.#parts.signal.news(
          Math.min(deadlineMs, this.#parts.autoCommit.dueMs, this.#cluster.deps.clock.monotonicMs() + LOOK_AROUND_MS),
        );
      }
    } finally {
      forget();
      this.#parts.session()?.member.leavePoll();
    }
  }

  /** One round: group, commits, positions, fetches, and what is ready. */
  async #step<T>(limit: CallLimit, take: () => T | undefined): Promise<T | undefined> {
    this.#parts.signal.throwIfWoken();
    await this.#parts.session()?.advance();
    this.#parts.checkUsable();
    // Whoever gave up must not be handed records that nobody would see.
    limit.throwIfEnded();
    this.#parts.autoCommit.tick(this.#parts.session()?.member.mayCommit ?? true);
    this.#cluster.metadata.refreshIfOld();
    this.#parts.positions.pump();
    this.#parts.lookAtTopics();
    this.#parts.signal.throwPending();
    // What is unpacked of the first batch belongs to this turn, too.
    this.#beginTurn();
    const taken = take();
    this.#parts.fetcher.pump();
    return taken;
  }
}
