/** Names whose values nobody should read over a shoulder or in a log. */
const NAME =
  /(?:pass(?:word|wd|phrase)|secret|token|credential|api[._-]?key|access[._-]?key|private[._-]?key|keystore[._-]key|jaas[._-]config|user[._-]info)/i;

/** Of such a name the value, and what stands before it. */
const ASSIGNED = new RegExp(
  `^(.*?${NAME.source}[\\w.\\-"'\\]]*\\s*[=:]\\s*)(?!\\s*["']?(?:\\$|\\{\\{|%|true\\b|false\\b|\\d+\\b))(\\S.*)$`,
  "i",
);
const NAMED = new RegExp(`\\bname["']?\\s*[:=]\\s*["']?\\S*${NAME.source}`, "i");
const IN_ADDRESS = /(:\/\/[^\s/:@]+:)[^\s/@]+(?=@)/g;
const BARE_KEY = /^(\s*["']?)[A-Za-z0-9+/=]{32,}(?=[\\"',;]*$)/;

/** A patch as it may be shown: with what looks like a secret hidden. It says how many lines were; with such lines it is one to read, and cannot be applied. */
export function hideSecrets(patch: string): { readonly text: string; readonly hidden: number } {
  let hidden = 0;
  let isValueNext = false;
  const lines = patch.split("\n").map((line) => {
    if (!/^[ +-]/.test(line) || /^(---|\+\+\+) [ab]\//.test(line)) return line;
    const [sign, rest] = [line.slice(0, 1), line.slice(1)];
    const shown = isValueNext ? rest.replace(/(\bvalue["']?\s*[:=]\s*)(?!["']?\$)\S.*$/, "$1***") : hiddenIn(rest);
    isValueNext = NAMED.test(rest);
    if (shown !== rest) hidden++;
    return sign + shown;
  });
  return { text: lines.join("\n"), hidden };
}

function hiddenIn(line: string): string {
  return line.replace(ASSIGNED, "$1***").replace(IN_ADDRESS, "$1***").replace(BARE_KEY, "$1***");
}
