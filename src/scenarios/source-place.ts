import { fileURLToPath } from "node:url";
import type { SourcePlace } from "../results/model.ts";

const FRAME = /(?:\(|at )((?:file:\/\/)?\/[^()]*?|[A-Za-z]:\\[^()]*?):(\d+):\d+\)?$/;

function placeOf(frame: string): SourcePlace | undefined {
  const match = FRAME.exec(frame.trim());
  if (!match?.[1] || match[2] === undefined) return undefined;
  const file = match[1].startsWith("file://") ? fileURLToPath(match[1]) : match[1];
  return { file, line: Number(match[2]) };
}

/** The first frame of `stack` that lies in `file`, or in any file when none is named. */
export function placeInStack(stack: string | undefined, file?: string): SourcePlace | undefined {
  for (const frame of (stack ?? "").split("\n")) {
    const place = placeOf(frame);
    if (place && (file === undefined || place.file === file)) return place;
  }
  return undefined;
}

/** Where the caller of `callee`'s caller stands: the line in a script on which it called into offhook. */
export function callerPlace(callee: (...args: never[]) => unknown): SourcePlace {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, callee);
  const frames = (holder.stack ?? "").split("\n").slice(1);
  const places = frames.map(placeOf).filter((place) => place !== undefined);
  return places[1] ?? places[0] ?? { file: "unknown", line: 0 };
}
