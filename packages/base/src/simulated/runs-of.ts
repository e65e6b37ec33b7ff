/**
 * How many runs a property or model test makes: some where tests are run after every change, all of them where `OTTLA_LONG_TESTS` is set, to a number that
 * multiplies them.
 */
export function runsOf(runs: { readonly quick: number; readonly long: number }): number {
  const times = process.env["OTTLA_LONG_TESTS"];
  return times === undefined ? runs.quick : Math.ceil(runs.long * Number(times));
}
