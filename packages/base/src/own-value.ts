/** What a table says of a word that somebody else chose; `constructor` and its like are in no table, though every object has them. */
export function ownValue<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
