/** Whether a text is meant to be an object or a list. */
export function looksLikeJson(text: string): boolean {
  return /^\s*[[{]/.test(text);
}
