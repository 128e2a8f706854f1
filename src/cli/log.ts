import { destination, pino } from "pino";
import type { Logger } from "../core/logger.ts";

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Wherever a part logs a user or credentials as fields, these never come out. */
const SECRET_FIELDS = ["password", "response", "ha1", "secret"];

/** The program's log: JSON lines on stderr, so that stdout stays what the user asked for. */
export function openLog(level: LogLevel): Logger {
  const paths = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
  return pino({ level, redact: { paths, censor: "***" } }, destination({ fd: 2, sync: true }));
}
