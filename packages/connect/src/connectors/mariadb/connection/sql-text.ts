/** A name as SQL has it. */
export const sqlName = (name: string): string => `\`${name.replaceAll("`", "``")}\``;

/** A text as SQL has it, whatever `sql_mode` says of backslashes. */
export const sqlText = (text: string): string => `_utf8mb4 X'${Buffer.from(text, "utf8").toString("hex")}'`;
