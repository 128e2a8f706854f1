import type { Appearance } from "./directory.ts";

/** What phones have set by service URIs: it overrides the lab while the call manager runs. */
export class Features {
  readonly #forwards = new Map<string, string | undefined>();
  readonly #conferences = new Set<string>();

  /** Where a line forwards all calls to; undefined: nowhere. */
  forwardAll(appearance: Appearance): string | undefined {
    const key = keyOf(appearance);
    return this.#forwards.has(key) ? this.#forwards.get(key) : appearance.line.forwards.all;
  }

  setForwardAll(appearance: Appearance, number: string | undefined): void {
    this.#forwards.set(keyOf(appearance), number);
  }

  /** Numbers under which a conference is open. */
  get conferences(): ReadonlySet<string> {
    return this.#conferences;
  }

  openConference(number: string): void {
    this.#conferences.add(number);
  }
}

function keyOf({ device, line }: Appearance): string {
  return JSON.stringify([device.name, line.partition, line.directoryNumber]);
}
