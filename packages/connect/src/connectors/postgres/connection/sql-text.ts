/** A name as SQL has it. */
export const sqlName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A text as SQL has it, whatever `standard_conforming_strings` is. */
export const sqlText = (text: string): string => {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes("\\") ? `E${quoted.replaceAll("\\", "\\\\")}` : quoted;
};
