/** The greatest of any number of numbers, and of `atLeast`; `Math.max(...many)` takes no more than some hundred thousand, since each is an argument on the stack. */
export function greatestOf(numbers: Iterable<number>, atLeast: number = Number.NEGATIVE_INFINITY): number {
  let greatest = atLeast;
  for (const each of numbers) greatest = Math.max(greatest, each);
  return greatest;
}

/** The least of any number of numbers, and of `atMost`. */
export function leastOf(numbers: Iterable<number>, atMost: number = Number.POSITIVE_INFINITY): number {
  let least = atMost;
  for (const each of numbers) least = Math.min(least, each);
  return least;
}
