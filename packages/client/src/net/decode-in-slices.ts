import { type Clock, TimeSlice } from "@ottla/base";
import { type Api, decodeResponse, decodeResponseInSteps } from "@ottla/protocol";

/** An answer of fewer bytes is read in one go: it takes a few milliseconds at most. */
const LARGE_BYTES = 128 * 1024;
/** So many elements are read before the time is looked at. */
const ELEMENTS_AT_ONCE = 64;

/** A message as it was read, or why it could not be. */
type Decoded<Response> = { readonly response: Response } | { readonly failure: unknown };

/**
 * Reads a response frame, and hands on what it read, or why it could not. A large answer of an API whose answers may be large is read in slices of time, so that one of a hundred thousand partitions does not hold
 * the loop: then, and only then, it is handed on later.
 */
export function decodeInSlices<Response>(
  clock: Clock,
  api: Api<unknown, Response>,
  version: number,
  frame: Buffer,
  onDecoded: (decoded: Decoded<Response>) => void,
): void {
  const { readResponseInSteps } = api;
  if (readResponseInSteps === undefined || frame.length < LARGE_BYTES) {
    onDecoded(attempt(() => decodeResponse(api, version, frame)));
    return;
  }
  const steps = decodeResponseInSteps({ ...api, readResponseInSteps }, version, frame);
  const slice = new TimeSlice(clock);
  const goOn = (): void => {
    for (let left = ELEMENTS_AT_ONCE; ; left--) {
      const step = attempt(() => steps.next());
      if ("failure" in step) return onDecoded(step);
      if (step.response.done) return onDecoded({ response: step.response.value });
      if (left > 0) continue;
      if (slice.isOver) return void slice.rest().then(goOn);
      left = ELEMENTS_AT_ONCE;
    }
  };
  goOn();
}

function attempt<Value>(read: () => Value): Decoded<Value> {
  try {
    return { response: read() };
  } catch (failure) {
    return { failure };
  }
}
