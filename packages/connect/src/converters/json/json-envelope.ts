const BEFORE_SCHEMA = '{"schema":';
const BEFORE_PAYLOAD = ',"payload":';

/**
 * All of an envelope in front of its payload, where it is written as converters write it: `{"schema":…,"payload":`; undefined for any other text. Same bytes are the same schema, so that it is read
 * once only.
 */
export function envelopePrefix(text: string): string | undefined {
  if (!text.startsWith(BEFORE_SCHEMA)) return undefined;
  const end = endOfValue(text, BEFORE_SCHEMA.length);
  return text.startsWith(BEFORE_PAYLOAD, end) ? text.slice(0, end + BEFORE_PAYLOAD.length) : undefined;
}

/** The schema's text in such a prefix. */
export function schemaTextIn(prefix: string): string {
  return prefix.slice(BEFORE_SCHEMA.length, -BEFORE_PAYLOAD.length);
}

/** Behind an object, or the word null. */
function endOfValue(text: string, from: number): number {
  if (text.startsWith("null", from)) return from + 4;
  let depth = 0;
  let inText = false;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inText) {
      if (code === 0x5c) at++;
      else if (code === 0x22) inText = false;
    } else if (code === 0x22) inText = true;
    else if (code === 0x7b) depth++;
    else if (code === 0x7d && --depth === 0) return at + 1;
  }
  return text.length;
}
