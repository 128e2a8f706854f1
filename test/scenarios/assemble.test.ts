import { expect } from "chai";
import { BUILT_IN_LAB } from "../../src/cli/package-facts.ts";
import { Disposer } from "../../src/core/disposal.ts";
import { randomIds } from "../../src/core/ids.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import { loadLab, withTarget, type Lab } from "../../src/inventory/index.ts";
import { assemble, type TestBed } from "../../src/scenarios/index.ts";
import type { TracedMessage } from "../../src/simulator/index.ts";

describe("a phone of the test bed that registered and closes", () => {
  const disposer = new Disposer();
  let lab: Lab;
  let embedded: TestBed;

  const open = async (of: Lab): Promise<TestBed> =>
    disposer.use(await assemble({ lab: of, clock: systemClock, ids: randomIds(), log: silentLogger }));

  before(async () => {
    lab = await loadLab(BUILT_IN_LAB, { env: {} });
    embedded = await open(lab);
  });
  after(() => disposer.close());

  /** What each REGISTER of the phone asked for; the call manager has no binding of it any more. */
  async function registerAndClose(bed: TestBed): Promise<(string | undefined)[]> {
    const entries: TracedMessage[] = [];
    const device = lab.devices.find(({ type, digestUser }) => type === "basic" && digestUser !== undefined)!;
    const phone = await bed.openPhone("alice", device, { record: (entry) => void entries.push(entry) });
    expect((await phone.register()).final.status).to.equal(200);
    expect(embedded.callManager?.registrations()).to.have.length(1);
    await phone.close();
    expect(embedded.callManager?.registrations()).to.deep.equal([]);
    const registers = entries.filter(({ octets }) => octets.toString("latin1").startsWith("REGISTER "));
    return registers.map(({ message }) => message?.get("Expires"));
  }

  it("is forgotten by the reference call manager without a further message", async () => {
    expect(await registerAndClose(embedded)).to.deep.equal(["3600", "3600"]);
  });

  it("unregisters at a target that is not of its run", async () => {
    const foreign = await open(withTarget(lab, `sip:127.0.0.1:${embedded.target.port}`));
    expect(await registerAndClose(foreign)).to.deep.equal(["3600", "3600", "0", "0"]);
  });
});
