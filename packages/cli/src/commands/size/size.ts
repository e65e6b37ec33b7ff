import { OttlaError } from "@ottla/base";
import { type Calculation, type Calculator, completeInputs, type Inputs, parseQuantity, printQuantity } from "@ottla/expert/size";
import { type ParsedOptions, type RunCommand, UsageError } from "../../command.ts";
import { printJson } from "../../output.ts";
import { renderTable } from "../../table.ts";
import { type TextStyle, textStyle } from "../../text-style.ts";
import { optionName } from "./specs.ts";

/** The command of a calculator. */
export function sizeWith(calculator: Calculator): RunCommand {
  return async (context) => {
    const { options, stdout, env } = context;
    const inputs = readInputs(calculator, options);
    const calculation = calculator.calculate(inputs);
    if (options.has("json")) printJson(context, asJson(calculator, inputs, calculation));
    else stdout.write(page(calculator, inputs, calculation, textStyle(stdout, env)));
    return 0;
  };
}

/** What was typed, in base units, with defaults. Errors: {@link UsageError} with the option's name. */
function readInputs(calculator: Calculator, options: ParsedOptions): Inputs {
  const given: Record<string, number> = {};
  for (const [input, { dimension }] of Object.entries(calculator.inputs)) {
    const text = options.text(optionName(input));
    if (text === undefined) continue;
    try {
      given[input] = parseQuantity(text, dimension);
    } catch (error) {
      throw new UsageError(`--${optionName(input)}: ${(error as Error).message}`);
    }
  }
  const missing = Object.entries(calculator.inputs).find(([input, spec]) => given[input] === undefined && spec.default === undefined);
  if (missing) throw new UsageError(`Give --${optionName(missing[0])}: ${missing[1].summary}.`);
  try {
    return completeInputs(calculator, given);
  } catch (error) {
    // Its sentence begins with the input's name.
    throw error instanceof OttlaError ? new UsageError(`--${error.message.replace(/^\w+/, optionName)}`) : error;
  }
}

/** Infinite figures are null: JSON has no word for them. */
function asJson({ name }: Calculator, inputs: Inputs, { figures, result, binding, notes }: Calculation) {
  return {
    calculator: name,
    inputs,
    result,
    ...(binding !== undefined && { binding }),
    figures: figures.map((figure) => ({ ...figure, value: Number.isFinite(figure.value) ? figure.value : null })),
    notes,
  };
}

function page(calculator: Calculator, inputs: Inputs, { figures, result, binding, notes }: Calculation, style: TextStyle): string {
  const taken = Object.entries(calculator.inputs).map(([name, { dimension }]) => `${name} ${printQuantity(inputs[name]!, dimension)}`);
  const rows = figures.map(({ name, label, value, dimension, formula }) => [
    label,
    printQuantity(value, dimension),
    `${name} = ${formula}`,
  ]);
  const table = renderTable([{ title: "figure" }, { title: "value", isNumeric: true }, { title: "how" }], rows, style);
  const answer = figures.find(({ name }) => name === result)!;
  const lines = [
    `${style.bold(`${answer.label}: ${printQuantity(answer.value, answer.dimension)}`)}${binding === undefined ? "" : `, decided by ${binding}`}`,
    style.dim(`from ${taken.join(", ")}`),
    "",
    table.trimEnd(),
    ...notes.map((note) => `- ${note}`),
  ];
  return `${lines.join("\n")}\n`;
}
