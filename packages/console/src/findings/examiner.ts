import type { Clock } from "@ottla/base";
import type { Client } from "@ottla/client";
import { type Examination, type ExaminationProgress, examine, type PastExaminations } from "./examination.ts";

/** How one examination is made. */
export interface ExamineOrder {
  /** Nobody waits for it, and it is done when there is nothing else to do, where that can be had. */
  readonly givesWay: boolean;
  readonly onProgress: (progress: ExaminationProgress) => void;
  /** Gives it up: it rejects. */
  readonly signal: AbortSignal;
}

/** Examines a cluster, one examination after the other: a newer one ends one that goes on. What it must remember of those before is its own. */
export interface Examiner {
  /** It holds up nobody: the first examination is begun before anybody asks for it. */
  readonly isApart: boolean;
  /** Errors: those of the client. */
  examine(order: ExamineOrder): Promise<Examination>;
  /** One that goes on is given up. */
  close(): Promise<void>;
}

/** Examines on this very thread. */
export function loopExaminer(client: Client, clock: Clock): Examiner {
  const ending = new AbortController();
  let past: PastExaminations | undefined;
  return {
    isApart: false,
    async examine({ onProgress, signal }) {
      const given = AbortSignal.any([ending.signal, signal]);
      const { past: next, ...examination } = await examine(client, clock, past, given, onProgress);
      past = next;
      return examination;
    },
    close: async () => ending.abort(),
  };
}
