/** How long the longest turn of this thread's loop was, in ms of its processor time: what other programs and threads had does not count. */
export interface Turns {
  readonly longestMs: number;
  /** All of them together. */
  readonly cpuMs: number;
}

/** Watches the loop of this thread, turn by turn, until what was begun has ended. */
export async function longestTurn(act: () => Promise<unknown>): Promise<Turns> {
  let isOver = false;
  let longestMs = 0;
  const startMs = threadMs();
  const watch = (async () => {
    for (let before = threadMs(); !isOver; ) {
      await new Promise(setImmediate);
      const now = threadMs();
      longestMs = Math.max(longestMs, now - before);
      before = now;
    }
  })();
  await new Promise(setImmediate);
  try {
    await act();
  } finally {
    await new Promise(setImmediate);
    isOver = true;
    await watch;
  }
  return { longestMs, cpuMs: threadMs() - startMs };
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
