/** What one turn of a driver's process cost and made. */
export interface Turn {
  /** Of the whole process, with the threads that collect garbage and compile. */
  readonly cpuSeconds: number;
  /** Of each topic, changelogs too: count of its records and their hash. */
  readonly produced: Readonly<Record<string, string>>;
}

/** How many turns there are, and how long they may take together. */
export interface TurnLimits {
  /** So many do not count. */
  readonly warmUp: number;
  readonly turns: number;
  readonly shareMs: number;
}

/** A turn in which each side has to do the same once. */
interface Due {
  readonly number: number;
  readonly counts: boolean;
  /** The sides in turns: who was first is last the next time. */
  order<T>(sides: readonly T[]): readonly T[];
}

/** So many must count for a median. */
const COUNTED_MIN = 3;

/** The turns, fewer when their time is over: those that warm up have half of it, and at least {@link COUNTED_MIN} count. */
export function* turnsWithin({ warmUp, turns, shareMs }: TurnLimits): Generator<Due> {
  const startMs = performance.now();
  let number = 0;
  const due = (counts: boolean): Due => {
    const isReversed = number % 2 === 1;
    return { number: number++, counts, order: (sides) => (isReversed ? sides.toReversed() : sides) };
  };
  for (let done = 0; done < warmUp && performance.now() - startMs < shareMs / 2; done++) yield due(false);
  for (let done = 0; done < turns && (done < COUNTED_MIN || performance.now() - startMs < shareMs); done++) yield due(true);
}
