import { UsageError } from "../../command.ts";

/** Settings as they are typed: `name=value`. */
export function parseAssignments(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf("=");
      if (at < 1) throw new UsageError(`--set ${text} is no setting; write NAME=VALUE.`);
      return [text.slice(0, at).trim(), text.slice(at + 1)];
    }),
  );
}
