const SEEDS = 1_000_000;

/**
 * The seed of a test that draws its own cases: `OTTLA_TEST_SEED` where it is set, else another one each time. A test that fails says it, and with it in the
 * environment goes the same way again. What fast-check draws in `npm test` begins with it too.
 */
export function testSeed(): number {
  const asked = process.env["OTTLA_TEST_SEED"];
  if (asked === undefined) return Math.floor(Math.random() * SEEDS);
  const seed = Number(asked);
  if (!Number.isSafeInteger(seed) || seed < 0) throw new Error(`OTTLA_TEST_SEED is a whole number of 0 or more, not "${asked}".`);
  return seed;
}
