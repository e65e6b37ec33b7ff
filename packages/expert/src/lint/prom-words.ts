/** A word of an expression of Prometheus: a name, a number or duration, an operator, what braces hold, a text. */
export interface PromWord {
  readonly is: "name" | "number" | "operator" | "selector" | "text";
  readonly text: string;
}

/** Expressions that people write have some hundred letters. */
const LETTERS_MAX = 20_000;

const WORD =
  /\s+|#[^\n]*|(?<name>[a-zA-Z_:][\w:]*)|(?<number>0x[\da-f]+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+|[a-z]+)?)|(?<selector>\{(?:[^"'`{}]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)*\})|(?<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)|(?<operator>[<>=!]=|=~|!~|[-+*/%^<>=(),[\]:@])/iy;

/** The words of an expression in their order; undefined where it is none that can be read. */
export function promWords(expression: string): readonly PromWord[] | undefined {
  if (expression.length > LETTERS_MAX) return undefined;
  const words: PromWord[] = [];
  WORD.lastIndex = 0;
  while (WORD.lastIndex < expression.length) {
    const found = WORD.exec(expression);
    if (!found) return undefined;
    for (const is of ["name", "number", "operator", "selector", "text"] as const) {
      const text = found.groups?.[is];
      if (text !== undefined) words.push({ is, text });
    }
  }
  return words;
}
