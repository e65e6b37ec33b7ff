import type { MessagePart } from "@ottla/base";
import type { FrameViolation } from "./frame-cutter.ts";

/** What became of one request: an answer, no answer, or the end of the connection. */
export type Outcome =
  /** `onSent` is called once the frame's parts are no longer needed. `muteMs`: for how long the connection is not served afterwards. */
  | {
      readonly kind: "answer";
      readonly frame: readonly MessagePart[];
      readonly onSent: (() => void) | undefined;
      readonly muteMs?: number;
      /** It is the last one: the connection is closed behind it, for this reason. */
      readonly closes?: string | undefined;
    }
  /** `muteMs`: as of an answer. */
  | { readonly kind: "silence"; readonly muteMs?: number }
  /** `isHalf`: nothing more is sent, while the client may go on; it is not listened to. */
  | { readonly kind: "close"; readonly reason: string; readonly isHalf?: boolean };

/** An answer that is still to be made. The connection makes it in its turn, as that takes time just as handling does. */
export interface UnmadeAnswer {
  readonly kind: "unmade";
  make(): Outcome | Promise<Outcome>;
  /** Instead of `make`, when nobody will take it. */
  drop(): void;
}

/** What a connection hands its frames to. It knows what they mean; the connection does not. */
export interface FrameReceiver {
  /** The most bytes of a frame that begins with that int16; with −1, of any frame. */
  maxFrameBytes(firstInt16: number): number;
  /**
   * Handles one frame. `overlaps` says whether the next frame may be handled before this one is answered. An `isBorrowed` frame is valid during the call only:
   * who keeps a part of it copies, or asks the lender for the whole.
   */
  receive(
    frame: Buffer,
    isBorrowed: boolean,
    lender?: FrameLender,
  ): { readonly outcome: Outcome | Promise<Outcome | UnmadeAnswer>; readonly overlaps: boolean };
  /** Why a frame was refused, for the log. */
  describeViolation(violation: FrameViolation): string;
}

/** Whose buffer a borrowed frame lies in. */
export interface FrameLender {
  /** Leaves the frame that is being handled to the one who handles it. False where it cannot: the frame is small then, and part of a larger buffer. */
  leaveFrame(): boolean;
}
