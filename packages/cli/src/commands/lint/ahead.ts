/** What comes out of a source, each with what was begun for it, in order; at most `window` are under way at once, begun before the one before them is taken. */
export async function* ahead<Item, Result>(
  source: AsyncIterable<Item>,
  window: number,
  begin: (item: Item) => Promise<Result>,
): AsyncGenerator<readonly [Item, Result]> {
  const underWay: { readonly item: Item; readonly result: Promise<Result> }[] = [];
  const next = async (): Promise<readonly [Item, Result]> => {
    const { item, result } = underWay.shift()!;
    return [item, await result];
  };
  for await (const item of source) {
    const result = begin(item);
    // Whoever awaits it later hears of a failure; until then nobody does.
    result.catch(() => undefined);
    underWay.push({ item, result });
    if (underWay.length >= window) yield await next();
  }
  while (underWay.length > 0) yield await next();
}
