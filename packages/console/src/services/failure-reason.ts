/** Why a connector or a task failed, as far as its trace tells it. */
export interface FailureReason {
  /** The sentence that says most: the first of ours, the deepest cause of Apache Connect's. */
  readonly what: string;
  /** Where: each only where the trace names it. */
  readonly task?: string;
  readonly stage?: string;
  readonly topic?: string;
  readonly partition?: string;
  readonly offset?: string;
  readonly field?: string;
}

/** Of a trace nothing beyond this is looked at. */
const TRACE_LOOKED_AT = 100_000;
const SENTENCE_MAX = 2_000;
/** `ConnectError [CONNECT_DATA]: Connector "a", task 0, VALUE_CONVERTER, topic t, partition 0, offset 12, field after.price: why` */
const PLACE = /Connector "[^"]*", ([^:]{1,600}): (.*)/;

/** Reads the trace of a status. */
export function failureReason(trace: string): FailureReason {
  const lines = trace.slice(0, TRACE_LOOKED_AT).split("\n");
  const told = lines.filter((line) => !/^\s+at /.test(line) && !/^\s*\.\.\. \d+ more/.test(line));
  const ours = told.map((line) => PLACE.exec(line)).find((found) => found !== null);
  if (ours) return { what: ours[2]!.slice(0, SENTENCE_MAX), ...placeIn(ours[1]!) };
  const causes = told.filter((line) => line.startsWith("Caused by: "));
  const what = (causes.at(-1)?.replace("Caused by: ", "") ?? told[0] ?? "").replace(
    /^[\w.$]+(?:Exception|Error)(?: \[[A-Z0-9_]+\])?: /,
    "",
  );
  return { what: what.slice(0, SENTENCE_MAX) };
}

function placeIn(text: string): Omit<FailureReason, "what"> {
  const place: Record<string, string> = {};
  for (const part of text.split(", ")) {
    const [, name, value] = /^(task|topic|partition|offset|field) (.+)$/.exec(part) ?? [];
    if (name !== undefined && value !== undefined) place[name] = value;
    else if (/^[A-Z_]+(?: ".*")?$/.test(part)) place["stage"] = part;
  }
  return place;
}
