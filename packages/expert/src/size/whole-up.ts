/** The least whole number that is enough. What arithmetic in binary adds behind the twelfth digit is no need for one more: 70 MB × 1.1 ÷ 7 MB are 11. */
export function wholeUp(value: number): number {
  return Math.ceil(Number(value.toPrecision(12)));
}
