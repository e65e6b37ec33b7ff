import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { findAnomalies, History } from "./history.ts";

const log = (...values: string[]): Map<number, string> => new Map(values.map((value, offset) => [offset, value]));

describe("the crash run's checker", () => {
  test("finds nothing wrong with a log that keeps every promise", () => {
    const history = new History(1);
    history.acknowledge(0, 0, "p1-1");
    history.see(0, 0, "p1-1");
    history.commit(0, 1);
    assert.deepEqual(findAnomalies(history, [log("p1-1", "p2-1", "p1-2")], [1]), []);
  });

  test("sees an acknowledged record that is gone or elsewhere", () => {
    const history = new History(1);
    history.acknowledge(0, 1, "p1-2");
    history.acknowledge(0, 5, "p1-6");
    assert.deepEqual(findAnomalies(history, [log("p1-2", "p1-3")], [0]), [
      "acknowledged 0:1 was p1-2 and is p1-3",
      "acknowledged 0:5 was p1-6 and is gone",
    ]);
  });

  test("sees a duplicate and a wrong order", () => {
    assert.match(findAnomalies(new History(1), [log("p1-1", "p1-1")], [0])[0] ?? "", /duplicate/);
    assert.match(findAnomalies(new History(1), [log("p1-2", "p1-1")], [0])[0] ?? "", /out of order/);
  });

  test("sees an offset that was used again for other content", () => {
    const history = new History(1);
    history.see(0, 3, "p1-4");
    history.see(0, 3, "p2-9");
    assert.match(history.anomalies[0] ?? "", /read 0:3 was p1-4 and is p2-9/);
  });

  test("sees a committed offset that went back, and one beyond the end", () => {
    const history = new History(1);
    history.commit(0, 2);
    assert.match(findAnomalies(history, [log("p1-1", "p1-2")], [1])[0] ?? "", /2 was committed, now it is 1/);
    assert.match(findAnomalies(history, [log("p1-1", "p1-2")], [9])[0] ?? "", /beyond the end/);
  });

  test("sees a hole", () => {
    assert.match(
      findAnomalies(
        new History(1),
        [
          new Map([
            [0, "p1-1"],
            [2, "p1-3"],
          ]),
        ],
        [0],
      )[0] ?? "",
      /no offset 1/,
    );
  });
});
