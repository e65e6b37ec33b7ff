/** Shapes an answer as soon as it is there: at once where the core had it ready, so that the common case makes no promise. */
export function whenAnswered<Answer, Response>(
  answer: Answer | Promise<Answer>,
  shape: (answer: Answer) => Response | Promise<Response>,
): Response | Promise<Response> {
  return answer instanceof Promise ? answer.then(shape) : shape(answer);
}
