import type { Device, Line } from "../inventory/model.ts";

/** Counts the calls of lines and devices, ringing ones too (CAP-04…08). */
export class LineUsage {
  readonly #lines = new Map<Line, number>();
  readonly #devices = new Map<Device, number>();

  onLine(line: Line): number {
    return this.#lines.get(line) ?? 0;
  }

  onDevice(device: Device): number {
    return this.#devices.get(device) ?? 0;
  }

  /** Counts a call; the result ends it, once (CAP-07). */
  take(device: Device, line: Line): () => void {
    change(this.#lines, line, 1);
    change(this.#devices, device, 1);
    let taken = true;
    return () => {
      if (!taken) return;
      taken = false;
      change(this.#lines, line, -1);
      change(this.#devices, device, -1);
    };
  }
}

function change<K>(counts: Map<K, number>, key: K, by: number): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}
