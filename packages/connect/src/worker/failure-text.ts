import { printableJson } from "@ottla/base";

const CAUSES_MAX = 5;
const CHARACTERS_MAX = 20_000;

/** A failure as a status shows it: what happened first, then the trace of what it came from. */
export function failureText(error: unknown): string {
  const parts: string[] = [];
  let each = error;
  for (let depth = 0; depth < CAUSES_MAX && each !== undefined; depth++) {
    const text = each instanceof Error ? withCode(each) : typeof each === "string" ? each : printableJson(each);
    parts.push(depth === 0 ? text : `Caused by: ${text}`);
    each = each instanceof Error ? each.cause : undefined;
  }
  return parts.join("\n").slice(0, CHARACTERS_MAX);
}

/** As Node prints its own: `KafkaError [TOPIC_AUTHORIZATION_FAILED]: …`. A stack has the code only where the message says it. */
function withCode(error: Error): string {
  const text = error.stack ?? error.message;
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const start = `${error.name}: `;
  if (code === undefined || error.message.includes(code) || !text.startsWith(start)) return text;
  return `${error.name} [${code}]: ${text.slice(start.length)}`;
}
