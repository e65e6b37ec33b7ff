import { type Clock, type Logger, type NetSocket, OttlaError, type Timer } from "@ottla/base";
import type { ClientMemory, MemoryAccount } from "./client-memory.ts";
import { AnswerSender } from "./answer-sender.ts";
import { type Closed, ClosedSignal } from "./closed.ts";
import { type FairTurns, type Served, type Slice, TurnAccount } from "./fair-turns.ts";
import { FrameCutter } from "./frame-cutter.ts";
import type { RefusalLog } from "./refusal-log.ts";
import type { FrameLender, FrameReceiver, Outcome, UnmadeAnswer } from "./frame-receiver.ts";

/** Requests of one connection that may be handled at once, for handlers that allow it. */
const MAX_OVERLAPPING = 32;
/** Bytes that wait for their turn; beyond this the socket is not read. */
const MAX_WAITING_BYTES = 256 * 1024;
/** Answers not yet taken by the client; beyond this no further request is handled. */
const MAX_UNSENT_BYTES = 1024 * 1024;
/** The same of a client that holds more of the memory than its share. */
const MAX_UNSENT_BEYOND_SHARE_BYTES = 64 * 1024;
/** For how long a client's requests may fill what may wait behind one that is not answered. No client waits longer for an answer; and a socket that is not read does not tell that the client has gone. */
const MAX_FULL_MS = 60_000;

/** What all connections share. */
export interface ConnectionDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly memory: ClientMemory;
  readonly turns: FairTurns;
  /** Where it is said why connections were closed. */
  readonly refusals: RefusalLog;
}

interface Turn {
  outcome: Outcome | undefined;
  /** Taken from the memory for an answer that waits for earlier ones. */
  waitingBytes: number;
  /** The next requests wait for it. */
  readonly blocks: boolean;
}

/**
 * One client connection: frames in, answers out in the order of the requests. While a request is being handled the next ones wait, unless it overlaps. Each connection
 * is served for its share of the loop's time. The socket is not read while too much waits, while the client does not take its answers, or while there is no memory for the
 * frame that comes in: what is held is bounded by the connection's share of the {@link ClientMemory}, and all of it is given back when the connection goes.
 */
export class Connection implements Served, FrameLender {
  readonly account: TurnAccount = new TurnAccount();
  readonly #socket: NetSocket;
  readonly #receiver: FrameReceiver;
  readonly #cutter: FrameCutter;
  readonly #sender: AnswerSender;
  readonly #deps: ConnectionDeps;
  readonly #memory: MemoryAccount;
  readonly #closedSignal = new ClosedSignal();
  readonly #onClosed: () => void;
  /** Requests being handled, oldest first. */
  readonly #turns: Turn[] = [];
  /** Answers to be made in the connection's turn. */
  readonly #unmade: { readonly turn: Turn; readonly answer: UnmadeAnswer }[] = [];
  /** A request that does not overlap is being handled. */
  #blocked = false;
  #mute: Timer | undefined;
  #fullTimer: Timer | undefined;
  #waitsForRoom = false;
  /** The cutter has a chunk that is borrowed. */
  #isReceiving = false;
  #paused = false;
  #closed = false;
  #draining: (() => void) | undefined;
  lastActiveMs: number;

  constructor(
    socket: NetSocket,
    deps: ConnectionDeps,
    receiverFor: (closed: Closed, memory: MemoryAccount) => FrameReceiver,
    onClosed: () => void,
  ) {
    this.#socket = socket;
    this.#deps = deps;
    this.#memory = deps.memory.openAccount(() => this.#giveUpStalled());
    const receiver = receiverFor(this.#closedSignal, this.#memory);
    this.#receiver = receiver;
    this.#cutter = new FrameCutter({
      maxFrameBytes: (firstInt16) => receiver.maxFrameBytes(firstInt16),
      take: (bytes) => this.#memory.take(bytes),
      takeArrived: (bytes) => this.#memory.takeFree(bytes),
      release: (bytes) => this.#memory.release(bytes),
    });
    this.#sender = new AnswerSender(socket, this.#memory, {
      onRoom: () => this.#advance(),
      onUnreadable: (error) =>
        this.abandon(`the rest of an answer cannot be read from the disk: ${error instanceof Error ? error.message : String(error)}`),
    });
    this.#onClosed = onClosed;
    this.lastActiveMs = deps.clock.monotonicMs();
    socket.listen(
      {
        onData: (chunk) => this.#receive(chunk),
        onDrain: () => {
          this.#memory.progressed();
          this.#advance();
        },
        onClose: (error) => this.#ended(error),
      },
      { borrowsChunks: true },
    );
  }

  get isIdle(): boolean {
    return this.#turns.length === 0 && !this.#cutter.hasMore;
  }

  /** Stops taking requests, lets those being handled be answered and the answers be taken, then closes. Resolves when closed. */
  drain(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#socket.pause();
    this.#cutter.close();
    this.#fullTimer?.cancel();
    return new Promise((resolve) => {
      this.#draining = resolve;
      this.#endWhenDrained();
    });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Makes answers and handles frames for as long as the slice lasts: one at least, as the slice of a process that was interrupted is over before it begins. */
  serve(slice: Slice): boolean {
    let hasBegun = this.#makeAnswers(slice);
    this.#send();
    if (this.#sender.sendUnread(slice)) hasBegun = true;
    while (!(hasBegun && slice.isOver) && this.#mayStart()) {
      hasBegun = true;
      const frame = this.#cutter.next();
      if (frame === undefined) break;
      this.#start(frame);
      this.#cutter.done();
      if (this.#turns[0]?.outcome && this.#turns.length >= MAX_OVERLAPPING) this.#send();
    }
    this.#send();
    this.#sender.sendUnread(slice);
    this.#endWhenDrained();
    if (this.#cutter.violation) this.abandon(this.#receiver.describeViolation(this.#cutter.violation));
    if (this.#cutter.missingBytes > 0) this.#awaitRoom();
    if (!this.#isReceiving) this.#settle();
    // Also where the slice lasts: what kept the next frame from being handled may have gone with the last answers sent.
    if (this.#closed) return false;
    return this.#unmade.length > 0 || this.#sender.canGoOn || (this.#cutter.hasMore && this.#mayStart());
  }

  /** Returns whether there were any. */
  #makeAnswers(slice: Slice): boolean {
    if (this.#unmade.length === 0) return false;
    do {
      const { turn, answer } = this.#unmade.shift()!;
      const made = answer.make();
      if (made instanceof Promise) void made.then((outcome) => this.#ready(turn, outcome));
      else this.#answered(turn, made);
    } while (this.#unmade.length > 0 && !slice.isOver);
    return true;
  }

  #receive(chunk: Buffer): void {
    if (this.#closed || this.#draining) return;
    this.lastActiveMs = this.#deps.clock.monotonicMs();
    if (this.#cutter.isInsideFrame) this.#memory.progressed();
    this.#isReceiving = true;
    if (!this.#cutter.feed(chunk)) this.#abandonTooMuch();
    else if (this.#mayStart()) this.#deps.turns.serve(this);
    this.#isReceiving = false;
    this.#settle();
  }

  /** After frames were taken: keeps the rest, and reads on or not. */
  #settle(): void {
    if (this.#closed || this.#draining) return;
    if (this.#cutter.keep()) this.#throttleReading();
    else this.#abandonTooMuch();
  }

  /** Goes on after something changed: sends what is ready, starts what may be started, and reads on or not. In its turn: answers of many clients may be ready at once, and writing takes long. */
  #advance(): void {
    if (!this.#closed) this.#deps.turns.serve(this);
  }

  #mayStart(): boolean {
    if (this.#closed || this.#draining || this.#blocked || this.#mute || this.#waitsForRoom) return false;
    return this.#turns.length < MAX_OVERLAPPING && !this.#isBehind;
  }

  /** The client takes its answers more slowly than it asks. It goes on when the socket has drained. */
  get #isBehind(): boolean {
    if (this.#sender.isBusy) return true;
    const { unsentBytes } = this.#socket;
    return unsentBytes > MAX_UNSENT_BYTES || (unsentBytes > MAX_UNSENT_BEYOND_SHARE_BYTES && this.#memory.isBeyondShare);
  }

  leaveFrame(): boolean {
    return this.#cutter.leave();
  }

  #start(frame: Buffer): void {
    const { outcome, overlaps } = this.#receiver.receive(frame, true, this);
    if (!(outcome instanceof Promise)) {
      const turn: Turn = { outcome: undefined, waitingBytes: 0, blocks: false };
      this.#turns.push(turn);
      this.#answered(turn, outcome);
      if (outcome.kind === "close") this.#blocked = true;
      return;
    }
    const turn: Turn = { outcome: undefined, waitingBytes: 0, blocks: !overlaps };
    this.#turns.push(turn);
    if (turn.blocks) this.#blocked = true;
    void outcome.then((settled) => {
      if (settled.kind !== "unmade") return this.#ready(turn, settled);
      // Nobody will take it any more.
      if (this.#closed) return settled.drop();
      this.#unmade.push({ turn, answer: settled });
      this.#advance();
    });
  }

  /** Outside of the connection's turn there is an answer. */
  #ready(turn: Turn, outcome: Outcome): void {
    if (this.#closed) return release(outcome);
    this.#hold(turn, outcome);
    this.#answered(turn, outcome);
    this.#advance();
  }

  /** In the connection's turn there is an answer. It is sent before the turn ends, unless it has to wait for earlier ones. */
  #answered(turn: Turn, outcome: Outcome): void {
    turn.outcome = outcome;
    if (turn !== this.#turns[0]) this.#hold(turn, outcome);
    if (turn.blocks) this.#blocked = outcome.kind === "close";
  }

  /** An answer that has to wait, for earlier ones or for this client's turn, is held for the client; but whoever wants to hear that it was sent counts it until then. */
  #hold(turn: Turn, outcome: Outcome): void {
    if (turn.waitingBytes > 0 || outcome.kind !== "answer" || outcome.onSent) return;
    for (const part of outcome.frame) turn.waitingBytes += part.byteLength;
    this.#memory.hold(turn.waitingBytes);
  }

  /** Sends the answers that are ready, oldest first, in one write. */
  #send(): void {
    while (!this.#closed && this.#turns[0]?.outcome) {
      const { outcome, waitingBytes } = this.#turns[0];
      // What was asked before is answered before.
      const isLast = outcome.kind === "close" || (outcome.kind === "answer" && outcome.closes !== undefined);
      if (isLast && this.#sender.isBusy) break;
      this.#turns.shift();
      if (waitingBytes > 0) this.#memory.release(waitingBytes);
      if (outcome.kind === "close") {
        this.#sender.flush();
        if (outcome.isHalf) this.#fallSilent(outcome.reason);
        else this.abandon(outcome.reason);
        return;
      }
      if (outcome.kind === "silence") {
        if (outcome.muteMs !== undefined) this.#muteFor(outcome.muteMs);
        continue;
      }
      this.#sender.add(outcome.frame, outcome.onSent);
      if (outcome.muteMs) this.#muteFor(outcome.muteMs);
      if (outcome.closes !== undefined) {
        this.#sender.flush();
        return this.#sayFarewell(outcome.closes);
      }
    }
    if (this.#closed) return;
    this.#sender.flush();
    // What the system has not taken is held by the client; who is far beyond its share of the memory with it is closed.
    if (!this.#sender.countUnsent()) this.abandon("its answers are not taken, and there is no memory for more of them");
    else this.#endWhenDrained();
  }

  #endWhenDrained(): void {
    if (this.#draining && !this.#closed && this.#turns.length === 0 && !this.#sender.isBusy) this.#socket.end();
  }

  #muteFor(ms: number): void {
    this.#mute?.cancel();
    this.#mute = this.#deps.clock.schedule(ms, () => {
      this.#mute = undefined;
      this.#advance();
    });
  }

  #awaitRoom(): void {
    if (this.#closed) return;
    const { missingBytes } = this.#cutter;
    // Nobody's memory becomes free for a client that may not have it.
    if (this.#memory.heldBytes + missingBytes > this.#memory.limitBytes) return this.#abandonTooMuch();
    if (this.#turns.length === 0 && this.#memory.neverFits(missingBytes, this.#cutter.restBytes))
      return this.#sayFarewell(
        `its request of ${missingBytes} bytes is more than the memory for all clients together can ever hold (ottla.client.memory.bytes)`,
      );
    if (this.#waitsForRoom) return;
    this.#waitsForRoom = true;
    this.#memory.whenRoom(missingBytes, () => {
      this.#waitsForRoom = false;
      // Later, not now: whoever made room is in the middle of something.
      this.#deps.turns.queue(this);
    });
  }

  #throttleReading(): void {
    if (this.#closed || this.#draining) return;
    const isFull = this.#cutter.waitingBytes > MAX_WAITING_BYTES;
    const isEnough = isFull || this.#waitsForRoom || this.#isBehind || (this.account.isQueued && this.#cutter.waitingBytes > 0);
    if (isFull && this.#blocked) this.#watchFull();
    if (isEnough === this.#paused) return;
    this.#paused = isEnough;
    if (isEnough) this.#socket.pause();
    else {
      this.#fullTimer?.cancel();
      this.#fullTimer = undefined;
      this.#socket.resume();
    }
  }

  #watchFull(): void {
    this.#fullTimer ??= this.#deps.clock.schedule(MAX_FULL_MS, () => {
      this.abandon(`more than ${MAX_WAITING_BYTES} bytes waited for ${MAX_FULL_MS / 1000} s behind a request that is not answered`);
    });
  }

  /** Others need the memory: a client that neither goes on with its frame nor takes its answers loses its connection. */
  #giveUpStalled(): void {
    if (this.#cutter.isInsideFrame || this.#socket.unsentBytes > 0)
      this.abandon("it has stalled with a request half sent or answers not taken, and the memory is needed");
  }

  #abandonTooMuch(): void {
    this.abandon("more came in behind requests that wait than there is memory for");
  }

  /** Closes it at once, for this reason. */
  abandon(reason: string): void {
    if (this.#closed) return;
    this.#deps.refusals.say("closing", { host: this.#socket.remoteHost, port: this.#socket.remotePort, reason });
    this.#letGo();
    this.#socket.destroy();
  }

  /** What was written still goes out. */
  #sayFarewell(reason: string): void {
    this.#deps.refusals.say("closing", { host: this.#socket.remoteHost, port: this.#socket.remotePort, reason });
    this.#letGo();
    this.#socket.end();
  }

  #fallSilent(reason: string): void {
    this.#deps.logger.info("ending one half of a connection", { host: this.#socket.remoteHost, port: this.#socket.remotePort, reason });
    this.#letGo();
    this.#socket.endSending();
    // Nothing of it is kept, but its end is to be heard of.
    this.#socket.resume();
  }

  #ended(error: Error | undefined): void {
    // Some clients tell what they do not like about the certificate when the handshake is over.
    if (error instanceof OttlaError && error.code === "TLS_REFUSED_BY_PEER" && !this.#closed)
      this.#deps.refusals.say(error.code, { host: this.#socket.remoteHost, port: this.#socket.remotePort, reason: error.message });
    this.#letGo();
    if (error) this.#deps.logger.debug("connection lost", { host: this.#socket.remoteHost, error: error.message });
    this.#draining?.();
    this.#onClosed();
  }

  /** Ends everything that waits for this client, and gives back what is held for it. */
  #letGo(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#mute?.cancel();
    this.#fullTimer?.cancel();
    this.#deps.turns.remove(this);
    for (const { outcome } of this.#turns.splice(0)) if (outcome) release(outcome);
    for (const { answer } of this.#unmade.splice(0)) answer.drop();
    this.#cutter.close();
    this.#sender.close();
    this.#memory.close();
    this.#closedSignal.close();
  }
}

function release(outcome: Outcome): void {
  if (outcome.kind === "answer") outcome.onSent?.();
}
