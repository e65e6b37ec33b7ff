import type { MessagePart, NetSocket, UnreadBytes } from "@ottla/base";
import type { MemoryAccount } from "./client-memory.ts";
import type { Slice } from "./fair-turns.ts";
import { giveWindow, takeWindow } from "./send-windows.ts";

/** Smaller parts are copied in between what is read; larger ones are sent by reference. */
const JOINED_PART_BYTES = 16 * 1024;
/** No less is read at once, unless it is the rest. */
const LEAST_READ_BYTES = 4096;

/** What an {@link AnswerSender} tells its connection. */
export interface SendingEvents {
  /** The system has taken what it had not; there may be more to send. */
  onRoom(): void;
  /** An answer that is partly sent cannot be read to its end. */
  onUnreadable(error: unknown): void;
}

/** A part of an answer, or what is to be done when all parts before it have been taken. */
type Queued = MessagePart | (() => void);

/**
 * Sends the answers of one connection, in their order. Answers in memory go out at once. Parts that lie in files are read when the socket takes them, one window at a time, in the
 * connection's turns: a client that does not take them holds one window of memory. Alone writes to the socket, and knows what of that is still to be taken.
 */
export class AnswerSender {
  readonly #socket: NetSocket;
  readonly #memory: MemoryAccount;
  readonly #events: SendingEvents;
  /** Answers in memory, to be written together. */
  #ready: Uint8Array[] = [];
  #readySent: (() => void)[] = [];
  /** Answers with unread parts, and all behind them; those before `#head` have been sent. */
  #queue: Queued[] = [];
  #head = 0;
  /** Of the first part in the queue, if that is unread: how many bytes have been read. */
  #readBytes = 0;
  #window: Buffer | undefined;
  #windowBytes = 0;
  /** What is to be done when the window is taken. */
  #passed: (() => void)[] = [];
  /** The window is being read from the disk. */
  #isReading = false;
  /** The system has not taken the last window yet. */
  #isUnsent = false;
  #isClosed = false;
  /** Of what the system has not taken, so much is counted by somebody else. */
  #countedBytes = 0;
  /** Taken from the memory for the rest. */
  #unsentBytes = 0;

  constructor(socket: NetSocket, memory: MemoryAccount, events: SendingEvents) {
    this.#socket = socket;
    this.#memory = memory;
    this.#events = events;
  }

  /** Answers with unread parts, or behind such, are on their way. */
  get isBusy(): boolean {
    return this.#head < this.#queue.length || this.#isReading || this.#isUnsent;
  }

  /** Whether there is something to do for {@link AnswerSender.sendUnread}. */
  get canGoOn(): boolean {
    return this.#head < this.#queue.length && !this.#isReading && !this.#isUnsent && !this.#isClosed;
  }

  /** Takes an answer. `onSent`: hears when its parts are no longer needed, and counts its memory until then. */
  add(frame: readonly MessagePart[], onSent: (() => void) | undefined): void {
    const isWaiting = this.isBusy;
    if (!isWaiting && isReady(frame)) {
      this.#ready.push(...frame);
      if (onSent) this.#readySent.push(this.#counted(frame, onSent));
      return;
    }
    this.flush();
    // One by one: an answer may have more parts than a call arguments.
    for (const part of frame) this.#queue.push(part);
    this.#queue.push(onSent ?? this.#held(frame));
  }

  /** Writes the answers that are in memory. */
  flush(): void {
    if (this.#ready.length === 0) return;
    const sent = this.#readySent;
    this.#socket.write(this.#ready, sent.length === 0 ? undefined : sent.length === 1 ? sent[0] : () => sent.forEach((onSent) => onSent()));
    this.#ready = [];
    this.#readySent = [];
  }

  /** Reads and sends for as long as the slice lasts, one window at least. Returns whether there was anything. */
  sendUnread(slice: Slice): boolean {
    let hasBegun = false;
    while (this.canGoOn && !(hasBegun && slice.isOver)) {
      hasBegun = true;
      this.#sendWindow();
    }
    if (hasBegun && !this.isBusy) this.#rest();
    return hasBegun;
  }

  /** Takes memory for what the system has not taken. False where there is none. */
  countUnsent(): boolean {
    const unsentBytes = Math.max(0, this.#socket.unsentBytes - this.#countedBytes);
    const more = unsentBytes - this.#unsentBytes;
    if (more < 0) this.#memory.release(-more);
    else if (more > 0 && !this.#memory.take(more)) return false;
    this.#unsentBytes = unsentBytes;
    return true;
  }

  /** Nothing more is sent. What was not sent is let go. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // What is being read is let go when that has ended.
    if (!this.#isReading) this.#letGo();
  }

  #sendWindow(): void {
    this.#window ??= takeWindow(this.#memory.isBeyondShare);
    let large: Uint8Array | undefined;
    try {
      if (!this.#fill(this.#window)) return;
      const next = this.#queue[this.#head];
      if (next instanceof Uint8Array && next.length > JOINED_PART_BYTES) {
        large = next;
        this.#head++;
      }
    } catch (error) {
      this.#events.onUnreadable(error);
      return;
    }
    this.#write(this.#window, large);
  }

  /** Fills the window with what comes next; false where the disk is waited for. Errors: those of the unread parts. */
  #fill(window: Buffer): boolean {
    for (; this.#head < this.#queue.length; ) {
      const part = this.#queue[this.#head]!;
      const roomBytes = window.length - this.#windowBytes;
      if (typeof part === "function") {
        this.#passed.push(part);
        this.#head++;
      } else if (part instanceof Uint8Array) {
        if (part.length > Math.min(roomBytes, JOINED_PART_BYTES)) return true;
        window.set(part, this.#windowBytes);
        this.#windowBytes += part.length;
        this.#head++;
      } else {
        const restBytes = part.byteLength - this.#readBytes;
        if (roomBytes < Math.min(restBytes, LEAST_READ_BYTES)) return true;
        const read = part.read(window.subarray(this.#windowBytes, this.#windowBytes + Math.min(roomBytes, restBytes)));
        if (read instanceof Promise) {
          this.#waitFor(read, part);
          return false;
        }
        this.#tookFrom(part, read);
      }
    }
    return true;
  }

  #waitFor(read: Promise<number>, part: UnreadBytes): void {
    this.#isReading = true;
    read.then(
      (byteLength) => {
        this.#isReading = false;
        if (this.#isClosed) return this.#letGo();
        this.#tookFrom(part, byteLength);
        this.#events.onRoom();
      },
      (error: unknown) => {
        this.#isReading = false;
        if (this.#isClosed) this.#letGo();
        else this.#events.onUnreadable(error);
      },
    );
  }

  #tookFrom(part: UnreadBytes, byteLength: number): void {
    this.#windowBytes += byteLength;
    this.#readBytes += byteLength;
    if (this.#readBytes < part.byteLength) return;
    this.#readBytes = 0;
    this.#head++;
  }

  #write(window: Buffer, large: Uint8Array | undefined): void {
    const passed = this.#passed;
    const buffers: Uint8Array[] = [];
    if (this.#windowBytes > 0) buffers.push(window.subarray(0, this.#windowBytes));
    if (large) buffers.push(large);
    const byteLength = this.#windowBytes + (large?.length ?? 0);
    this.#passed = [];
    this.#windowBytes = 0;
    this.#countedBytes += byteLength;
    let isUnsent = false;
    this.#socket.write(buffers, () => {
      for (const onSent of passed) onSent();
      if (!isUnsent) return;
      this.#countedBytes -= byteLength;
      this.#memory.release(window.length);
      this.#memory.progressed();
      this.#isUnsent = false;
      giveWindow(window);
      if (!this.#isClosed) this.#events.onRoom();
    });
    // The system has its copy of what it took at once: the window serves again, while it is in the processor's cache.
    isUnsent = this.#socket.unsentBytes > 0;
    if (!isUnsent) {
      this.#countedBytes -= byteLength;
      return;
    }
    this.#isUnsent = true;
    this.#window = undefined;
    this.#memory.hold(window.length);
  }

  #rest(): void {
    this.#queue = [];
    this.#head = 0;
    if (this.#window) giveWindow(this.#window);
    this.#window = undefined;
  }

  #letGo(): void {
    for (const onSent of this.#readySent) onSent();
    for (const onSent of this.#passed) onSent();
    for (let at = this.#head; at < this.#queue.length; at++) {
      const queued = this.#queue[at]!;
      if (typeof queued === "function") queued();
    }
    this.#ready = [];
    this.#readySent = [];
    this.#passed = [];
    this.#rest();
  }

  /** Counts an answer until it was taken, so that it is not counted twice. */
  #counted(frame: readonly MessagePart[], onSent: () => void): () => void {
    let byteLength = 0;
    for (const part of frame) byteLength += part.byteLength;
    this.#countedBytes += byteLength;
    return () => {
      this.#countedBytes -= byteLength;
      onSent();
    };
  }

  /** An answer that nobody counts, and that waits. */
  #held(frame: readonly MessagePart[]): () => void {
    let byteLength = 0;
    for (const part of frame) byteLength += part.byteLength;
    this.#memory.hold(byteLength);
    return () => this.#memory.release(byteLength);
  }
}

function isReady(frame: readonly MessagePart[]): frame is readonly Buffer[] {
  for (const part of frame) if (!(part instanceof Uint8Array)) return false;
  return true;
}
