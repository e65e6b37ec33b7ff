export { type DeadLetterCause, deadLetterCauses, findDeadLetterTopics } from "./dead-letter-causes.ts";
export { type LetterStory, storyOf } from "./letter-story.ts";
export { readToEnd } from "./read-to-end.ts";
export { type LetterEdit, placeOf, Redrive, type RedriveOptions, type RedriveProgress } from "./redrive.ts";
