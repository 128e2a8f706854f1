import { startCallManager, type CallManager, type Decision, type Policies } from "../../../src/callmanager/index.ts";
import { seededIds } from "../../../src/core/ids.ts";
import { Disposer } from "../../../src/core/disposal.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { memoryNetwork } from "../../support/memory-network.ts";
import { testLab } from "./lab.ts";
import { RawPhone, type RawPhoneOptions, type World } from "./raw-phone.ts";

const CREDENTIALS: Readonly<Record<string, readonly [username: string, password: string]>> = {
  "1002": ["swhite", "s3cret-1002"],
  "1003": ["bgreen", "pw-1003"],
  "1005": ["early", "pw"],
  "1000": ["1000", "pw1000"],
  "1050": ["cisco", "pw-1050"],
  "1101": ["twophones", "pw"],
  "2001": ["cblack", "pw-2001"],
  "2002": ["cblack", "pw-2001"],
  "2101": ["dgrey", "pw-2101"],
  "3100": ["p3", "pw"],
};

/** A call manager and its phones on a network in memory, on one clock that stands still. */
export class TestWorld implements World {
  readonly clock = new FakeClock();
  readonly network = memoryNetwork(this.clock);
  readonly target = { host: "127.0.0.1", port: 5060 };
  readonly decisions: Decision[] = [];
  manager!: CallManager;
  readonly #disposer = new Disposer();
  #phones = 0;

  static async start(policies: Partial<Policies> = {}): Promise<TestWorld> {
    const world = new TestWorld();
    const { clock, network } = world;
    const listen = [
      { protocol: "udp", host: "127.0.0.1", port: 5060 },
      { protocol: "tcp", host: "127.0.0.1", port: 5060 },
    ] as const;
    const ids = seededIds("call manager");
    world.manager = await startCallManager({ lab: testLab(), listen, clock, ids, network, policies });
    world.#disposer.use(world.manager);
    world.manager.onDecision((decision) => world.decisions.push(decision));
    return world;
  }

  /** A phone with the credentials of the device that has `number`; not registered yet. */
  async phone(number: string, options: Partial<RawPhoneOptions> = {}): Promise<RawPhone> {
    const [username, password] = CREDENTIALS[number] ?? [number, ""];
    this.#phones += 1;
    const host = `198.51.100.${20 + this.#phones}`;
    return this.#disposer.use(await RawPhone.open(this, { number, username, password, host, ...options }));
  }

  /** The same, registered, its NOTIFY about messages answered. */
  async registered(number: string, options: Partial<RawPhoneOptions> = {}): Promise<RawPhone> {
    const phone = await this.phone(number, options);
    const { final } = await phone.register();
    if (final.status !== 200) throw new Error(`${number} did not register: ${final.status}`);
    await phone.respond(await phone.take("NOTIFY"), 200);
    return phone;
  }

  close(): Promise<void> {
    return this.#disposer.close();
  }
}
