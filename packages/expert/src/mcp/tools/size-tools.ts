import { OttlaError } from "@ottla/base";
import { z } from "zod";
import { completeInputs } from "../../size/calculator.ts";
import { calculators } from "../../size/calculators.ts";
import { parseQuantity } from "../../quantity/parse-quantity.ts";
import { printQuantity } from "../../quantity/print-quantity.ts";
import { tool } from "../tool.ts";

const names = calculators.map(({ name }) => name);

export const sizeTools = [
  tool({
    name: "list_calculators",
    title: "Calculators",
    description: "The capacity calculators with their inputs, units and defaults.",
    kind: "pure",
    input: z.object({}),
    run: () => ({
      data: {
        calculators: calculators.map(({ name, summary, inputs }) => ({
          name,
          summary,
          inputs: Object.entries(inputs).map(([input, spec]) => ({
            name: input,
            summary: spec.summary,
            unit: spec.dimension,
            ...(spec.default === undefined ? { required: true } : { default: spec.default }),
          })),
        })),
      },
    }),
  }),
  tool({
    name: "size",
    title: "Calculate capacity",
    description:
      "One calculator: partitions, brokers, disk, network, memory, retention, consumers, drain time, tiering, cross-site bandwidth and others. Answers with every figure, its formula, what binds, and what was assumed. " +
      'Inputs are numbers in base units (bytes, seconds, records a second) or texts with a unit: { "write": "100MB/s", "replicationFactor": 3 }. list_calculators names them.',
    kind: "pure",
    input: z.object({
      calculator: z.enum(names as [string, ...string[]]),
      inputs: z.record(z.string().max(100), z.union([z.number(), z.string().max(50)])).default({}),
    }),
    run: ({ calculator: name, inputs }) => {
      const calculator = calculators.find((each) => each.name === name)!;
      const given = Object.fromEntries(
        Object.entries(inputs).map(([input, value]) => {
          const spec = Object.hasOwn(calculator.inputs, input) ? calculator.inputs[input] : undefined;
          if (!spec)
            throw new OttlaError("UNKNOWN_INPUT", `${name} has no input ${input}; it has ${Object.keys(calculator.inputs).join(", ")}.`);
          return [input, typeof value === "number" ? value : parseQuantity(value, spec.dimension)];
        }),
      );
      const complete = completeInputs(calculator, given);
      const { figures, result, binding, notes } = calculator.calculate(complete);
      return {
        data: {
          calculator: name,
          inputs: complete,
          result,
          ...(binding !== undefined && { binding }),
          figures: figures.map((figure) => ({ ...figure, text: printQuantity(figure.value, figure.dimension) })),
          assumptions: notes,
        },
      };
    },
  }),
];
