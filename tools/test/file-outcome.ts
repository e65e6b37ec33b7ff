/** How the tests of a file went. */
export interface FileOutcome {
  readonly file: string;
  readonly isGood: boolean;
  /** For people. */
  readonly output: string;
  readonly counts: TestCounts;
  /** Those that took a tenth of a second or more. */
  readonly slowTests: readonly TestTime[];
  readonly wallMs: number;
  readonly cpuMs: number;
  /** Of the processes that its tests started and waited for. */
  readonly childrenCpuMs: number;
}

/** A test of the file that runs has failed. */
export interface FailedTest {
  readonly failedTest: string;
}

export interface TestCounts {
  readonly tests: number;
  readonly suites: number;
  readonly passed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly skipped: number;
  readonly todo: number;
}

export interface TestTime {
  readonly name: string;
  readonly wallMs: number;
}

/** A file whose process ended or was ended before it said anything but which tests had failed until then. */
export function lostFile(file: string, why: string, failedTests: readonly string[]): FileOutcome {
  const counts = { tests: 0, suites: 0, passed: 0, failed: 1, cancelled: 0, skipped: 0, todo: 0 };
  return {
    file,
    isGood: false,
    output: [`${file}: ${why}`, ...failedTests].map((line) => `✖ ${line}\n`).join(""),
    counts,
    slowTests: [],
    wallMs: 0,
    cpuMs: 0,
    childrenCpuMs: 0,
  };
}
