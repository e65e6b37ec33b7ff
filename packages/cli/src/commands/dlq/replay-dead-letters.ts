import { systemClock } from "@ottla/base/node";
import { Redrive } from "@ottla/expert/dead-letters";
import type { RunCommand } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { grouped, printJson, shown } from "../../output.ts";
import { readEdits } from "./letter-edits.ts";

const STOPPED = "It was stopped; the next replay goes on behind what was sent.\n";

export const replayDeadLetters: RunCommand = (context) => {
  const { options, positionals, signal } = context;
  const topic = positionals[0] ?? "";
  const isDry = options.has("dry-run");
  const editsFile = options.text("edits");
  const edits = editsFile === undefined ? undefined : readEdits(editsFile, topic);
  const [limit, perS] = [options.integer("limit", 1), options.integer("rate", 1)];
  return withClient(
    context,
    async (client) => {
      const redrive = new Redrive(client, {
        topic,
        to: options.text("to"),
        limit,
        perS,
        isDry,
        fromBeginning: options.has("from-beginning"),
        clock: systemClock,
        ...(edits && { edits }),
      });
      const { sent, edited, skipped } = await redrive.run(signal);
      if (options.has("json"))
        printJson(context, {
          topic,
          isDryRun: isDry,
          sent: Object.fromEntries(sent),
          ...(signal.aborted && { isStopped: true }),
          ...(editsFile !== undefined && { edited, skipped }),
        });
      else if (signal.aborted)
        context.stdout.write((sent.size > 0 ? sentence(topic, sent, isDry) : "") + editSentence(edited, skipped) + STOPPED);
      else context.stdout.write(sentence(topic, sent, isDry) + editSentence(edited, skipped));
      return 0 as const;
    },
    "inTime",
  );
};

function sentence(topic: string, sent: ReadonlyMap<string, number>, isDry: boolean): string {
  if (sent.size === 0) return shown`Nothing in ${topic} waits for a replay.\n`;
  const total = [...sent.values()].reduce((sum, count) => sum + count, 0);
  const parts = [...sent].map(([target, count]) => `${grouped(count)} to ${target}`).join(", ");
  return shown`${isDry ? "Would send" : "Sent"} ${grouped(total)} of the records of ${topic}: ${parts}.` + "\n";
}

function editSentence(edited: number, skipped: number): string {
  if (edited === 0 && skipped === 0) return "";
  return `${grouped(edited)} of them as edited; ${grouped(skipped)} passed over.\n`;
}
