import { OttlaError } from "@ottla/base";
import { type LetterEdit, placeOf, Redrive, type RedriveProgress } from "@ottla/expert/dead-letters";
import { bytesGiven, headerGiven } from "../messages/given-bytes.ts";
import type { ServiceChangeOf } from "./service-change.ts";
import type { Services, ServiceRules, ServiceRulesTable } from "./service-rules.ts";

type Change = ServiceChangeOf<"redriveDeadLetters">;

const redriveDeadLetters: ServiceRules<Change> = {
  subject: ({ topic }) => topic,
  sentence: ({ topic, to, perS, edits }, before) => {
    const skipped = edits.filter(({ skip }) => skip).length;
    const edited = edits.length - skipped;
    const parts = Object.entries((before?.["targets"] ?? {}) as Record<string, number>).map(([target, count]) => `${count} to ${target}`);
    const pace = perS === undefined ? "" : `, at most ${perS} a second`;
    const changes = [...(edited > 0 ? [`${edited} as edited`] : []), ...(skipped > 0 ? [`${skipped} passed over for good`] : [])];
    return `Send what waits in ${topic} back to ${to ?? "where it came from"}, each once: ${parts.join(", ") || "nothing"}${pace}${changes.length > 0 ? ` (${changes.join(", ")})` : ""}.`;
  },
  risk: () => ({ class: "high", why: "What is sent is handled once more by all that read those topics." }),
  commands: ({ topic, to, limit, perS }) => [
    [
      "ottla dlq replay",
      topic,
      ...(to === undefined ? [] : ["--to", to]),
      ...(limit === undefined ? [] : ["-n", limit]),
      ...(perS === undefined ? [] : ["--rate", perS]),
    ].join(" "),
  ],
  look: async (change, services, signal) => {
    const { sent, skipped } = await redrive(change, services, true).run(signal);
    signal.throwIfAborted();
    const count = [...sent.values()].reduce((sum, each) => sum + each, skipped);
    if (count === 0) throw new OttlaError("NOTHING_TO_DO", `Nothing in ${change.topic} waits to be sent back.`);
    return { count, skipped, targets: Object.fromEntries(sent) };
  },
  // More letters may have come meanwhile: those of the plan are sent.
  fits: (before, now) => Number(now?.["count"]) >= Number(before?.["count"]),
  isLong: true,
  carryOut: async (change, before, services, signal, told) => {
    const limited = { ...change, limit: Math.min(change.limit ?? Number.POSITIVE_INFINITY, Number(before?.["count"])) };
    await redrive(limited, services, false, (progress) => told(progressLine(progress))).run(signal);
    if (signal.aborted) throw new OttlaError("STOPPED", "It was stopped; what was sent is sent, and the next redrive goes on behind it.");
    return undefined;
  },
};

/** Changes of dead letters. */
export const deadLetterRules: ServiceRulesTable<"redriveDeadLetters"> = { redriveDeadLetters };

function redrive(
  { topic, to, limit, perS, edits }: Change,
  { client, clock }: Services,
  isDry: boolean,
  onProgress?: (progress: RedriveProgress) => void,
): Redrive {
  return new Redrive(client, { topic, to, limit, perS, isDry, clock, edits: editsOf(edits), ...(onProgress && { onProgress }) });
}

function editsOf(edits: Change["edits"]): ReadonlyMap<string, LetterEdit> {
  return new Map(
    edits.map(({ partition, offset, skip, key, value, headers }) => [
      placeOf({ partition, offset }),
      {
        partition,
        offset,
        isSkipped: skip,
        ...(key !== undefined && { key: bytesGiven(key) }),
        ...(value !== undefined && { value: bytesGiven(value) }),
        ...(headers !== undefined && { headers: headers.map(headerGiven) }),
      },
    ]),
  );
}

function progressLine({ sent, edited, skipped }: RedriveProgress): string {
  const parts = [...sent].map(([topic, count]) => `${count} to ${topic}`);
  return `sent ${parts.join(", ") || "nothing yet"}${edited > 0 ? `, ${edited} as edited` : ""}${skipped > 0 ? `, ${skipped} passed over` : ""}`;
}
