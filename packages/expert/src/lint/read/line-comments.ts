/** Comments that stand alone on their line behind `#`, by line. */
export function lineComments(text: string): ReadonlyMap<number, string> {
  const comments = new Map<number, string>();
  for (const [i, line] of text.split("\n").entries()) {
    const comment = /^\s*#\s?(.*)$/.exec(line)?.[1];
    if (comment !== undefined) comments.set(i + 1, comment.trim());
  }
  return comments;
}
