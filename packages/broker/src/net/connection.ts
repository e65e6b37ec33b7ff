import type { Logger, NetSocket } from "@ottla/base";
import { type Closed, ClosedSignal } from "./closed.ts";
import type { MemoryAccount } from "./client-memory.ts";
import { FrameAssembler } from "./frame-assembler.ts";

/** Requests of one connection that may be handled at once, for handlers that allow it. */
const MAX_OVERLAPPING = 32;
/** Complete requests that wait for their turn; beyond this the socket is not read. */
const MAX_QUEUED_BYTES = 4 * 1024 * 1024;
/** Answers not yet taken by the client; beyond this no further request is handled. */
const MAX_UNSENT_BYTES = 1024 * 1024;

/** What became of one request: an answer, no answer, or the end of the connection. */
export type Outcome =
  /** `onSent` is called once the frame's buffers are no longer needed. */
  | { readonly kind: "answer"; readonly frame: readonly Uint8Array[]; readonly onSent: (() => void) | undefined }
  | { readonly kind: "silence" }
  | { readonly kind: "close"; readonly reason: string };

/**
 * Handles one frame. `overlaps` says whether the next request may be handled before this one is answered. An `isBorrowed` frame is valid during the call only:
 * who keeps a part of it copies.
 */
export type FrameHandler = (
  frame: Buffer,
  isBorrowed: boolean,
) => { readonly outcome: Outcome | Promise<Outcome>; readonly overlaps: boolean };

interface Turn {
  outcome: Outcome | undefined;
}

/**
 * One client connection: frames in, answers out in the order of the requests. While a request is being handled the next ones
 * wait, unless it overlaps; when too much waits or the client does not take its answers, the socket is not read, so that memory stays bounded.
 */
export class Connection {
  readonly #socket: NetSocket;
  readonly #handle: FrameHandler;
  readonly #assembler: FrameAssembler;
  readonly #logger: Logger;
  readonly #memory: MemoryAccount;
  readonly #closedSignal = new ClosedSignal();
  readonly #onClosed: () => void;
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** Requests being handled, oldest first. */
  readonly #turns: Turn[] = [];
  #blocked = false;
  #paused = false;
  #closed = false;
  #isAdvancing = false;
  #draining: (() => void) | undefined;
  lastActiveMs: number;

  constructor(options: {
    readonly socket: NetSocket;
    readonly maxFrameBytes: number;
    readonly logger: Logger;
    readonly monotonicMs: () => number;
    readonly memory: MemoryAccount;
    readonly handlerFor: (closed: Closed, memory: MemoryAccount) => FrameHandler;
    readonly onClosed: () => void;
  }) {
    this.#socket = options.socket;
    this.#memory = options.memory;
    this.#handle = options.handlerFor(this.#closedSignal, options.memory);
    this.#assembler = new FrameAssembler(options.maxFrameBytes);
    this.#logger = options.logger;
    this.#onClosed = options.onClosed;
    this.lastActiveMs = options.monotonicMs();
    options.socket.listen(
      {
        onData: (chunk) => {
          this.lastActiveMs = options.monotonicMs();
          this.#receive(chunk);
        },
        onDrain: () => this.#advance(),
        onClose: (error) => this.#ended(error),
      },
      { borrowsChunks: true },
    );
  }

  get isIdle(): boolean {
    return this.#turns.length === 0 && this.#waiting.length === 0;
  }

  /** Stops taking requests, lets those being handled be answered, then closes. Resolves when closed or when nothing is left to send. */
  drain(): Promise<void> {
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    this.#socket.pause();
    if (this.#closed || this.#turns.length === 0) {
      this.#socket.end();
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#draining = resolve;
    });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    if (this.#closed) return;
    const violation = this.#assembler.push(chunk, (frame) => {
      if (this.#waiting.length === 0 && this.#mayStart()) this.#start(frame, true);
      else this.#queue(Buffer.from(frame));
    });
    this.#advance();
    if (violation)
      this.#abandon(
        `a frame of ${violation.frameBytes} bytes is ${violation.kind === "negative" ? "no frame" : "larger than socket.request.max.bytes"}`,
      );
  }

  #queue(frame: Buffer): void {
    if (this.#draining) return;
    this.#waiting.push(frame);
    this.#waitingBytes += frame.length;
  }

  /** Sends what is ready, starts what may be started, and reads on or not. */
  #advance(): void {
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    try {
      do {
        this.#send();
      } while (this.#startNext());
    } finally {
      this.#isAdvancing = false;
    }
    this.#throttleReading();
  }

  #mayStart(): boolean {
    if (this.#closed || this.#draining || this.#blocked || this.#turns.length >= MAX_OVERLAPPING) return false;
    return this.#socket.unsentBytes <= MAX_UNSENT_BYTES;
  }

  #startNext(): boolean {
    if (this.#waiting.length === 0 || !this.#mayStart()) return false;
    const frame = this.#waiting.shift()!;
    this.#waitingBytes -= frame.length;
    this.#start(frame, false);
    return true;
  }

  #start(frame: Buffer, isBorrowed: boolean): void {
    const { outcome, overlaps } = this.#handle(frame, isBorrowed);
    if (!(outcome instanceof Promise)) {
      this.#turns.push({ outcome });
      return;
    }
    const turn: Turn = { outcome: undefined };
    this.#turns.push(turn);
    if (!overlaps) this.#blocked = true;
    void outcome.then((settled) => {
      // Nobody will take it any more.
      if (this.#closed) return release(settled);
      turn.outcome = settled;
      if (!overlaps) this.#blocked = false;
      this.#advance();
    });
  }

  /** Sends the answers that are ready, oldest first, in one write. */
  #send(): void {
    let frames: Uint8Array[] | undefined;
    const sent: (() => void)[] = [];
    while (!this.#closed && this.#turns[0]?.outcome) {
      const outcome = this.#turns.shift()!.outcome!;
      if (outcome.kind === "close") {
        if (frames) this.#write(frames, sent);
        frames = undefined;
        this.#abandon(outcome.reason);
        break;
      }
      if (outcome.kind === "silence") continue;
      if (frames) frames.push(...outcome.frame);
      else frames = [...outcome.frame];
      if (outcome.onSent) sent.push(outcome.onSent);
    }
    if (frames) this.#write(frames, sent);
    if (this.#draining && this.#turns.length === 0) {
      this.#socket.end();
      this.#draining();
      this.#draining = undefined;
    }
  }

  #write(frames: readonly Uint8Array[], sent: readonly (() => void)[]): void {
    this.#socket.write(frames, sent.length === 0 ? undefined : sent.length === 1 ? sent[0] : () => sent.forEach((onSent) => onSent()));
  }

  #throttleReading(): void {
    const full = this.#waitingBytes > MAX_QUEUED_BYTES || this.#socket.unsentBytes > MAX_UNSENT_BYTES;
    if (full === this.#paused || this.#closed || this.#draining) return;
    this.#paused = full;
    if (full) this.#socket.pause();
    else this.#socket.resume();
  }

  #abandon(reason: string): void {
    this.#logger.warn("closing a connection that broke the protocol", {
      host: this.#socket.remoteHost,
      port: this.#socket.remotePort,
      reason,
    });
    this.#closed = true;
    this.#socket.destroy();
    this.#closedSignal.close();
  }

  #ended(error: Error | undefined): void {
    this.#closed = true;
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    for (const { outcome } of this.#turns.splice(0)) if (outcome) release(outcome);
    if (error) this.#logger.debug("connection lost", { host: this.#socket.remoteHost, error: error.message });
    this.#closedSignal.close();
    this.#memory.close();
    this.#draining?.();
    this.#onClosed();
  }
}

function release(outcome: Outcome): void {
  if (outcome.kind === "answer") outcome.onSent?.();
}
