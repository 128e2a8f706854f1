import { pino, type Logger as PinoLogger } from "pino";

/** A pino child with `{ component, … }`. Phrases are fixed and lower case, values are fields. */
export type Logger = PinoLogger;

/** Swallows everything; the default where no logger is handed in. */
export const silentLogger: Logger = pino({ level: "silent" });
