/** Whether a text is of a pattern in which `*` is any text and `?` any sign. Takes no longer than the text is long times the pattern: header names are their senders' choice. */
export function isOfGlob(text: string, pattern: string): boolean {
  let [at, sign, star, from] = [0, 0, -1, 0];
  while (at < text.length) {
    if (sign < pattern.length && pattern[sign] === "*") [star, from, sign] = [sign, at, sign + 1];
    else if (sign < pattern.length && (pattern[sign] === "?" || pattern[sign] === text[at])) [at, sign] = [at + 1, sign + 1];
    else if (star >= 0) [sign, from, at] = [star + 1, from + 1, from + 1];
    else return false;
  }
  while (pattern[sign] === "*") sign++;
  return sign === pattern.length;
}
