import { type ByteWriter, type Clock, type MessagePart, TimeSlice } from "@ottla/base";
import { type Api, isMadeWhenWritten, writeResponseHeader } from "@ottla/protocol";

/** An answer whose lists, outer and inner, are no longer than this is encoded in one go. */
const SMALL_LIST = 64;
/** So many elements are encoded before the time is looked at. */
const ELEMENTS_AT_ONCE = 16;

/** Lists in elements of lists in elements of lists are looked at: log directories, topics, partitions. */
const LIST_DEPTH = 2;

type AnyApi = Api<unknown, unknown>;

/**
 * Encodes an answer as a frame, with a fresh writer. One with a long list is encoded in slices of time, so that an answer of many MB does not keep other clients waiting: then, and only then, a promise comes back.
 * `onBytes` hears of every piece that was made; what it throws ends the work.
 */
export function encodeAnswer(
  clock: Clock,
  writer: ByteWriter,
  api: AnyApi,
  version: number,
  correlationId: number,
  response: unknown,
  onBytes: (bytes: number) => void,
): MessagePart[] | Promise<MessagePart[]> {
  writeResponseHeader(writer, api.key, version, correlationId);
  if (!api.writeResponseInSteps || !hasLongList(response, LIST_DEPTH)) {
    api.writeResponse(writer, response, version);
    return writer.finishFrameParts();
  }
  const slice = new TimeSlice(clock);
  const steps = api.writeResponseInSteps(writer, response, version);
  const madeBytes = (): number => writer.length - writer.unreadBytes;
  let toldBytes = madeBytes();
  const tell = (): void => {
    onBytes(madeBytes() - toldBytes);
    toldBytes = madeBytes();
  };
  /** False when the time was up before the end. */
  const goOn = (): boolean => {
    for (let left = ELEMENTS_AT_ONCE; !steps.next().done; left--) {
      if (left > 0) continue;
      tell();
      if (slice.isOver) return false;
      left = ELEMENTS_AT_ONCE;
    }
    tell();
    return true;
  };
  const rest = async (): Promise<MessagePart[]> => {
    do await slice.rest();
    while (!goOn());
    return writer.finishFrameParts();
  };
  return goOn() ? writer.finishFrameParts() : rest();
}

function hasLongList(message: unknown, depth: number): boolean {
  if (typeof message !== "object" || message === null || ArrayBuffer.isView(message)) return false;
  const fields = message as Readonly<Record<string, unknown>>;
  for (const name in fields) {
    const value = fields[name];
    if (!Array.isArray(value) && !isMadeWhenWritten(value)) continue;
    const list = value as readonly unknown[];
    if (list.length > SMALL_LIST) return true;
    if (depth === 0) continue;
    for (const element of list) if (hasLongList(element, depth - 1)) return true;
  }
  return false;
}
