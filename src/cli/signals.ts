export type StopSignal = "SIGINT" | "SIGTERM";

/**
 * Calls `onStop` at the first SIGINT or SIGTERM; a second one ends the process at once, for whoever is in a hurry.
 * @returns takes the handlers off again.
 */
export function listenForStop(onStop: (signal: StopSignal) => void): () => void {
  let asked = false;
  const handler = (signal: NodeJS.Signals): void => {
    if (asked) process.exit(signal === "SIGINT" ? 130 : 143);
    asked = true;
    onStop(signal === "SIGINT" ? "SIGINT" : "SIGTERM");
  };
  process.on("SIGINT", handler);
  process.on("SIGTERM", handler);
  return () => {
    process.off("SIGINT", handler);
    process.off("SIGTERM", handler);
  };
}

/** Resolves at the first SIGINT or SIGTERM. */
export async function untilStopped(): Promise<void> {
  await new Promise<void>((resolve) => {
    const stopListening = listenForStop(() => {
      stopListening();
      resolve();
    });
  });
}
