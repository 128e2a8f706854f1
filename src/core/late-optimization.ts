import { setFlagsFromString } from "node:v8";

/**
 * Options by which V8 compiles every function at once and without optimizing, and optimizes those alone that are called
 * eleven times as often as it usually takes. For programs that run much code for some seconds: over before code pays that is
 * optimized in other threads, which take from the same cores. Empty where V8 is not of the version they were measured on.
 * See docs/decisions/0013-late-optimization.md.
 */
const LATE_OPTIMIZATION: readonly string[] = process.versions.v8.startsWith("11.")
  ? ["--always-sparkplug", "--interrupt-budget=1500000"]
  : [];

/** Has this process, with all its threads, optimize late from now on. */
export function optimizeLate(): void {
  for (const option of LATE_OPTIMIZATION) setFlagsFromString(option);
}
