/** How a line begins that names what failed beside others and passed alone: `.ci/run` gathers these lines at its end. */
export const UNSTEADY = "unsteady: ";
/** So many files that failed are run once more; more are no accident. */
export const MOST_AGAIN = 3;
