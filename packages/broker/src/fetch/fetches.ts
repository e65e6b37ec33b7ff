import { type Clock, type Random, TimeSlice } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import type { Closed } from "../net/closed.ts";
import type { MemoryAccount } from "../net/client-memory.ts";
import type { Lookup } from "../partitions/locate.ts";
import { FetchRead, isNews, putBack, readInTurn } from "./fetch-read.ts";
import { epochAfter, type FetchSession, FetchSessions } from "./fetch-sessions.ts";
import { FetchWait } from "./fetch-wait.ts";
import type { AskedPartition } from "./fetched-partition.ts";
import { FetchedPartitions } from "./fetched-partitions.ts";
import type { PartitionRead, ReadScope } from "./partition-read.ts";

/** Ends a session, or wants none. */
const FINAL_EPOCH = -1;
/** Opens a session. */
const INITIAL_EPOCH = 0;

/** One Fetch request, in words of its own. */
export interface FetchAsk {
  readonly sessionId: number;
  readonly sessionEpoch: number;
  /** Topics are named by id. */
  readonly usesTopicIds: boolean;
  /** The client knows sessions. */
  readonly takesSession: boolean;
  readonly maxWaitMs: number;
  readonly minBytes: number;
  /** Of the whole answer. */
  readonly maxBytes: number;
  readonly readCommitted: boolean;
  readonly partitions: readonly AskedPartition[];
  readonly forgotten: readonly Pick<AskedPartition, "topic" | "topicId" | "index">[];
}

/** What a client may read. What was found out holds for the same `holder` at the same `epoch`. */
export interface ReadAccess {
  readonly mayRead: (topic: string) => boolean;
  readonly holder: object;
  readonly epoch: number;
}

/** Who asks. */
export interface FetchClient {
  /** Absent where everybody may read everything. */
  readonly reading?: ReadAccess | undefined;
  readonly lookup: Lookup;
  readonly closed: Closed;
  readonly memory: MemoryAccount;
}

/** What a Fetch gives: partitions in the order they were read. To be released when the client has taken the records. */
export interface FetchAnswer {
  readonly errorCode: number;
  /** 0: the client has no session. */
  readonly sessionId: number;
  readonly reads: readonly PartitionRead[];
  readonly release: () => void;
}

/** A Fetch that is being handled. */
interface Running {
  readonly partitions: FetchedPartitions;
  readonly session: FetchSession | undefined;
  /** Names all partitions, not only those with news. */
  readonly isFull: boolean;
  readonly scope: ReadScope;
  readonly minBytes: number;
  readonly maxWaitMs: number;
  /** Set once it has to wait, or to read from disk. */
  wait: FetchWait | undefined;
}

/** A session's Fetch that is being handled: others of the session wait until it is done. */
interface Turn {
  readonly running: Running;
  readonly done: Promise<unknown>;
}

/**
 * The one owner of Fetches: their sessions and their waiting. A Fetch watches its partitions, then reads them, and when that is not enough gives back what it read and
 * waits until enough has been appended since, anything else happens to one of them, or it is over: its connection closes, its time is up, the broker stops. It
 * answers once; `undefined` means that nobody is there to take an answer.
 */
export class Fetches {
  readonly sessions: FetchSessions;
  readonly #clock: Clock;
  readonly #waits = new Set<FetchWait>();
  readonly #turns = new Map<FetchSession, Turn>();
  #isStopped = false;

  constructor(deps: { readonly clock: Clock; readonly random: Random }, maxSessions: number) {
    this.#clock = deps.clock;
    this.sessions = new FetchSessions(deps, maxSessions);
  }

  /** How many Fetches wait. */
  get waitingCount(): number {
    return this.#waits.size;
  }

  /** Handles one Fetch (KIP-74, KIP-227). Answers at once when it need neither wait nor read from disk. Error codes: those of sessions. */
  fetch(ask: FetchAsk, client: FetchClient): FetchAnswer | Promise<FetchAnswer | undefined> {
    const session = ask.sessionId === 0 ? undefined : this.sessions.get(ask.sessionId);
    const turn = session && this.#turns.get(session);
    if (turn !== undefined) {
      // Its client has given it up, or it would not ask again.
      turn.running.wait?.end("ended");
      return turn.done.then(() => this.fetch(ask, client));
    }
    if (ask.sessionEpoch === INITIAL_EPOCH || ask.sessionEpoch === FINAL_EPOCH) {
      if (session) this.sessions.close(session.sessionId);
      return this.#open(ask, client);
    }
    if (!session) return withoutSession(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
    if (session.nextEpoch !== ask.sessionEpoch) return withoutSession(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
    if (session.usesTopicIds !== ask.usesTopicIds) return withoutSession(ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR);
    return this.#continue(ask, client, session);
  }

  /** Answers everybody who waits; nobody waits any more. */
  stop(): void {
    this.#isStopped = true;
    for (const wait of this.#waits) wait.end("ended");
  }

  /** Lets all sessions go. */
  close(): void {
    this.stop();
    this.sessions.closeAll();
  }

  #open(ask: FetchAsk, client: FetchClient): FetchAnswer | Promise<FetchAnswer | undefined> {
    const partitions = new FetchedPartitions();
    const filled = this.#fill(partitions, ask);
    return filled === undefined ? this.#readAll(ask, client, partitions) : filled.then(() => this.#readAll(ask, client, partitions));
  }

  #readAll(ask: FetchAsk, client: FetchClient, partitions: FetchedPartitions): FetchAnswer | Promise<FetchAnswer | undefined> {
    const { usesTopicIds, readCommitted } = ask;
    const isWanted = ask.sessionEpoch === INITIAL_EPOCH && ask.takesSession;
    const session = isWanted
      ? this.sessions.create({ usesTopicIds, partitions, readCommitted, reading: client.reading }, client.closed)
      : undefined;
    const running = runningOf(ask, client, { partitions, session, isFull: true });
    if (session) return this.#inTurn(session, running, this.#run(running, client));
    // What a Fetch without a session remembers of its partitions goes with it.
    const { heldBytes } = partitions;
    client.memory.hold(heldBytes);
    const outcome = this.#run(running, client);
    const end = (): void => {
      client.memory.release(heldBytes);
      partitions.close();
    };
    if (outcome instanceof Promise) return outcome.finally(end);
    end();
    return outcome;
  }

  #continue(ask: FetchAsk, client: FetchClient, session: FetchSession): FetchAnswer | Promise<FetchAnswer | undefined> {
    const { partitions } = session;
    session.nextEpoch = epochAfter(session.nextEpoch);
    this.sessions.use(session, client.closed);
    if (session.readCommitted !== ask.readCommitted) {
      session.readCommitted = ask.readCommitted;
      partitions.markAll();
    }
    const { reading } = client;
    if (reading?.holder !== session.reading?.holder || reading?.epoch !== session.reading?.epoch) {
      session.reading = reading;
      partitions.markAll();
    }
    const running = runningOf(ask, client, { partitions, session, isFull: false });
    const filled = this.#fill(partitions, ask);
    const goOn = (): FetchAnswer | Promise<FetchAnswer | undefined> => {
      if (!this.sessions.resized(session)) return withoutSession(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
      if (partitions.count > 0) return this.#run(running, client);
      // A session that has nothing to read ends, as in Kafka.
      this.sessions.close(session.sessionId);
      return withoutSession(ErrorCode.NONE);
    };
    return this.#inTurn(session, running, filled === undefined ? goOn() : filled.then(goOn));
  }

  /** Holds the session until `outcome` is there. */
  #inTurn<Outcome>(session: FetchSession, running: Running, outcome: Outcome): Outcome {
    if (!(outcome instanceof Promise)) return outcome;
    const leave = (): void => {
      this.#turns.delete(session);
    };
    this.#turns.set(session, { running, done: outcome.then(leave, leave) });
    return outcome;
  }

  /** Adds and forgets what the request says; a promise when there is much of it. */
  #fill(partitions: FetchedPartitions, ask: FetchAsk): Promise<void> | undefined {
    const slice = new TimeSlice(this.#clock);
    let put = 0;
    let forgot = 0;
    const step = (): Promise<void> | undefined => {
      for (; put < ask.partitions.length; put++) {
        if (put % 100 === 99 && slice.isOver) return slice.rest().then(step);
        partitions.put(ask.partitions[put]!);
      }
      for (; forgot < ask.forgotten.length; forgot++) {
        if (forgot % 100 === 99 && slice.isOver) return slice.rest().then(step);
        partitions.forget(ask.forgotten[forgot]!);
      }
      return undefined;
    };
    return step();
  }

  /** Reads, and answers or waits. */
  #run(running: Running, client: FetchClient): FetchAnswer | Promise<FetchAnswer | undefined> {
    running.partitions.lookAgain();
    const first = readInTurn(this.#clock, running.scope, running);
    if (first instanceof Promise || !isEnough(running, first)) return this.#wait(running, client, first);
    return answerOf(running, first);
  }

  async #wait(running: Running, client: FetchClient, first: FetchRead | Promise<FetchRead>): Promise<FetchAnswer | undefined> {
    const { partitions, minBytes } = running;
    const wait = new FetchWait(this.#clock, client.closed, running.maxWaitMs);
    this.#waits.add(wait);
    running.wait = wait;
    if (this.#isStopped) wait.end("ended");
    partitions.listen(() => wait.wake());
    try {
      let read = await first;
      for (;;) {
        if (wait.over === "gone") {
          read.release(false);
          // The session may be continued over another connection.
          putBack(partitions, read);
          return undefined;
        }
        if (wait.over !== undefined || isEnough(running, read)) return answerOf(running, read);
        const missingBytes = minBytes - read.sizeBytes;
        // Nothing is held while waiting; it is read anew when there is enough.
        read.release(false);
        putBack(partitions, read);
        while (wait.over === undefined && !partitions.isClosed && !partitions.hasChanged && partitions.arrivedBytes < missingBytes) {
          await wait.untilNews();
        }
        if (partitions.isClosed) wait.end("ended");
        if (wait.over === "ended" && !running.isFull) return answerOf(running, new FetchRead());
        if (wait.over === "gone") return undefined;
        partitions.lookAgain();
        read = await readInTurn(this.#clock, running.scope, running);
      }
    } finally {
      partitions.listen(undefined);
      this.#waits.delete(wait);
      wait.close();
    }
  }
}

function runningOf(ask: FetchAsk, client: FetchClient, more: Pick<Running, "partitions" | "session" | "isFull">): Running {
  const { maxBytes, readCommitted, minBytes, maxWaitMs } = ask;
  const scope = { lookup: client.lookup, memory: client.memory, mayRead: client.reading?.mayRead, maxBytes, readCommitted };
  // More than an answer can hold never comes.
  return { ...more, scope, minBytes: Math.min(minBytes, maxBytes), maxWaitMs, wait: undefined };
}

function isEnough({ partitions, minBytes, maxWaitMs }: Running, read: FetchRead): boolean {
  return read.sizeBytes >= minBytes || read.isFilled || read.isUrgent || read.isShort || maxWaitMs <= 0 || partitions.count === 0;
}

function answerOf({ partitions, session, isFull }: Running, read: FetchRead): FetchAnswer {
  const reads = isFull ? read.reads : read.reads.filter(isNews);
  if (session) tell(partitions, read, reads);
  return { errorCode: ErrorCode.NONE, sessionId: session?.sessionId ?? 0, reads, release: () => read.release(true) };
}

/** Keeps what the client knows from now on. */
function tell(partitions: FetchedPartitions, read: FetchRead, told: readonly PartitionRead[]): void {
  for (const { target, errorCode, highWatermark, logStartOffset, sizeBytes } of told) {
    target.sentHighWatermark = errorCode === ErrorCode.NONE ? highWatermark : -1;
    target.sentLogStartOffset = logStartOffset;
    if (sizeBytes > 0) partitions.putBehind(target);
  }
  putBack(partitions, read);
}

function withoutSession(errorCode: number): FetchAnswer {
  return { errorCode, sessionId: 0, reads: [], release: () => {} };
}
