/** What breaks the rules of the house that no other tool knows. Warnings do not fail the check. */
export interface TidyReport {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}
