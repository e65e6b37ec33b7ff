import type { GrammarName } from "./language.ts";

/** Deeper than what people write, and than what the parser takes in its stride. */
const BRACKETS_MAX = 250;
/** Angle brackets that are open in one statement: comparisons and types alike. */
const ANGLES_MAX = 40;

/** Languages in which a line's end ends a statement, and types need no angle brackets. */
const OF_LINES: ReadonlySet<GrammarName> = new Set(["python", "go", "hcl"]);

/** Whether brackets nest so deep, by their count alone, that parsing may take all the memory there is. Brackets in texts and comments count as well. */
export function nestsTooDeep(text: string, grammar: GrammarName): boolean {
  const isOfLines = OF_LINES.has(grammar);
  let brackets = 0;
  let angles = 0;
  for (let i = 0; i < text.length; i++)
    switch (text.charCodeAt(i)) {
      case 0x28: // (
      case 0x5b: // [
        if (++brackets > BRACKETS_MAX) return true;
        break;
      case 0x7b: // {
        angles = 0;
        if (++brackets > BRACKETS_MAX) return true;
        break;
      case 0x29: // )
      case 0x5d: // ]
        if (brackets > 0) brackets--;
        break;
      case 0x7d: // }
        angles = 0;
        if (brackets > 0) brackets--;
        break;
      case 0x3c: // <
        if (++angles > ANGLES_MAX) return true;
        break;
      case 0x3e: // >
        if (angles > 0) angles--;
        break;
      case 0x3b: // ;
        angles = 0;
        break;
      case 0x0a: // line end
        if (isOfLines) angles = 0;
        break;
    }
  return false;
}
