import { maskSecrets, namesSecret } from "../secrets.ts";

const BARE_KEY = /^(\s*["']?)[A-Za-z0-9+/=]{32,}(?=[\\"',;]*$)/;

/** A patch as it may be shown: with what looks like a secret hidden. It says how many lines were; with such lines it is one to read, and cannot be applied. */
export function hideSecrets(patch: string): { readonly text: string; readonly hidden: number } {
  let hidden = 0;
  let isValueNext = false;
  const lines = patch.split("\n").map((line) => {
    if (!/^[ +-]/.test(line) || /^(---|\+\+\+) [ab]\//.test(line)) return line;
    const [sign, rest] = [line.slice(0, 1), line.slice(1)];
    const shown = isValueNext
      ? rest.replace(/(\bvalue["']?\s*[:=]\s*)(?!["']?\$)\S.*$/, "$1***")
      : maskSecrets(rest).replace(BARE_KEY, "$1***");
    isValueNext = namesSecret(rest);
    if (shown !== rest) hidden++;
    return sign + shown;
  });
  return { text: lines.join("\n"), hidden };
}
