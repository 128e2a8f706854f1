import { CALLER } from "../callmanager/support/connect.ts";
import type { RawPhone } from "../callmanager/support/raw-phone.ts";
import { TestWorld } from "../callmanager/support/world.ts";
import { administrationConformance, type AdministeredTarget } from "./administration.ts";

/** The embedded call manager with raw phones, one for each number that was tried. */
class EmbeddedTarget implements AdministeredTarget {
  readonly #world: TestWorld;
  readonly #phones = new Map<string, RawPhone>();
  #tries = 0;

  constructor(world: TestWorld) {
    this.#world = world;
  }

  get administration() {
    return this.#world.manager.administration;
  }

  async registers(number: string, username: string, password: string): Promise<boolean> {
    const phone = this.#phones.get(number) ?? (await this.#world.phone(number));
    this.#phones.set(number, phone);
    this.#tries += 1;
    // As after a reboot: a refresh under the same Call-ID might pass without credentials (REG-20).
    const { final } = await phone.register({ username, password, callId: `try-${this.#tries}` });
    return final.status === 200;
  }

  async isReached(number: string): Promise<boolean> {
    const caller = await this.#world.phone("2101");
    await caller.register();
    await caller.call(number, CALLER);
    for (const phone of this.#phones.values()) {
      if (!(await phone.waiting()).includes("INVITE")) continue;
      await phone.respond(await phone.take("INVITE"), 486);
      return true;
    }
    return false;
  }

  async notified(number: string): Promise<string[]> {
    const events: string[] = [];
    const phone = this.#phones.get(number);
    while (phone && (await phone.waiting()).includes("NOTIFY")) {
      const notify = await phone.take("NOTIFY");
      events.push(notify.request.get("Event") ?? "");
      await phone.respond(notify, 200);
    }
    return events.filter((event) => event !== "message-summary");
  }

  close(): Promise<void> {
    return this.#world.close();
  }
}

administrationConformance("the embedded call manager", async () => new EmbeddedTarget(await TestWorld.start()));
