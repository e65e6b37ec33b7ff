/** Where all chance comes from. */
export interface Random {
  /** An integer from 0 to `bound` − 1. */
  nextInt(bound: number): number;
  /** `byteLength` random bytes. */
  bytes(byteLength: number): Buffer;
}

/** A random UUID in Kafka's text form (22 characters of URL-safe base64), never starting with "-" as Kafka's own never does. */
export function randomUuid(random: Random): string {
  for (;;) {
    const raw = random.bytes(16);
    raw[6] = (raw[6]! & 0x0f) | 0x40;
    raw[8] = (raw[8]! & 0x3f) | 0x80;
    const text = raw.toString("base64url");
    if (!text.startsWith("-")) return text;
  }
}
