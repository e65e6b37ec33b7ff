import type { CommandContext } from "../../command.ts";
import { grouped } from "../../output.ts";

/** What ends the reading. */
export interface ConsumeLimits {
  readonly maxMessages: number;
  readonly timeoutMs: number;
  readonly exitAtEnd: boolean;
}

/** When nothing came for long enough: tells of what is missing; false when nothing is. */
export function reportShortfall({ stderr }: CommandContext, count: number, { maxMessages, timeoutMs }: ConsumeLimits): boolean {
  if (maxMessages === Infinity) return false;
  stderr.write(
    `ottla: Only ${grouped(count)} of ${grouped(maxMessages)} records came, then none for ${grouped(timeoutMs)} ms; raise --timeout-ms to wait longer.\n`,
  );
  return true;
}
