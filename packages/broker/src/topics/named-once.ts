/** The names that a request has once; what it names several times is refused whoever asks. */
export function namedOnce(topics: readonly { readonly name: string }[]): Set<string> {
  const once = new Set<string>();
  const seen = new Set<string>();
  for (const { name } of topics) {
    if (seen.has(name)) once.delete(name);
    else once.add(name);
    seen.add(name);
  }
  return once;
}
