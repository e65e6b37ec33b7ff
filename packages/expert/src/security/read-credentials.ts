import type { CredentialRecord } from "../snapshot/credential-record.ts";

/**
 * An inventory of credentials as CSV, a line each: `principal,mechanism,made`, as in `User:billing,SCRAM-SHA-512,2026-03-01`. A first line of these words, empty lines and lines that begin with # are passed over.
 * A sentence when a line is none of that.
 */
export function readCredentials(text: string): readonly CredentialRecord[] | string {
  const found: CredentialRecord[] = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const words = line.split(",").map((word) => word.trim());
    if (line.trim() === "" || line.startsWith("#") || words[0]?.toLowerCase() === "principal") continue;
    const [principal = "", mechanism = "", made = ""] = words;
    const madeAtMs = /^\d{4}-\d\d-\d\d/.test(made) ? Date.parse(made) : Number.NaN;
    if (!/^\w+:.+/.test(principal) || mechanism === "" || Number.isNaN(madeAtMs) || words.length > 3)
      return `Line ${i + 1} is no credential: write PRINCIPAL,MECHANISM,DAY, as User:billing,SCRAM-SHA-512,2026-03-01.`;
    found.push({ principal, mechanism, madeAtMs });
  }
  return found;
}
