/** Which applications asked for which verb. Each verb goes round among those that asked. */
export class Routes<Application> {
  readonly #takers = new Map<string, Application[]>();

  /** Verbs that somebody asked for. */
  get verbs(): string[] {
    return [...this.#takers.keys()];
  }

  /** Asking twice counts once: drachtio-srf repeats all its verbs whenever one is added. */
  add(verb: string, application: Application): void {
    const takers = this.#takers.get(verb);
    if (!takers) this.#takers.set(verb, [application]);
    else if (!takers.includes(application)) takers.push(application);
  }

  remove(verb: string, application: Application): void {
    const rest = (this.#takers.get(verb) ?? []).filter((taker) => taker !== application);
    if (rest.length > 0) this.#takers.set(verb, rest);
    else this.#takers.delete(verb);
  }

  removeAll(application: Application): void {
    for (const verb of this.verbs) this.remove(verb, application);
  }

  /** Whose turn it is to take a request of `method`, which is compared in lower case; undefined where nobody asked. */
  next(method: string): Application | undefined {
    const takers = this.#takers.get(method.toLowerCase());
    const taker = takers?.shift();
    if (takers && taker !== undefined) takers.push(taker);
    return taker;
  }
}
