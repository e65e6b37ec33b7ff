/** What is written. `text`: JSON where it looks like it, else any text. */
export type EditorLanguage = "json" | "protobuf" | "text";
