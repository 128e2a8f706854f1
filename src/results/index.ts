export * from "./model.ts";
export { openJournal, type Journal, type JournalOptions } from "./journal.ts";
export { gatherRun, readJournal, type RunRecord, type ScenarioRecord, type StepRecord } from "./read-journal.ts";
export { maskSecrets } from "./mask.ts";
