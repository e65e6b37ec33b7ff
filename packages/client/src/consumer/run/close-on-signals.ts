/** Calls `close` at the first of these signals; after that they do what they always do, so that a second one ends the process. Returns the way to take that back. */
export function closeOnSignals(signals: readonly NodeJS.Signals[], close: (signal: NodeJS.Signals) => void): () => void {
  const onSignal = (signal: NodeJS.Signals) => {
    forget();
    close(signal);
  };
  const forget = () => {
    for (const signal of signals) process.removeListener(signal, onSignal);
  };
  for (const signal of signals) process.on(signal, onSignal);
  return forget;
}
