import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "../../src/assertions/index.ts";
import { randomIds } from "../../src/core/ids.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import { loadLab, withTarget } from "../../src/inventory/index.ts";
import { assemble, type TestBed } from "../../src/scenarios/index.ts";
import type { SimulatedPhone } from "../../src/simulator/index.ts";
import { freePort, needsProgram, Peer } from "../support/programs.ts";

const FIXTURES = fileURLToPath(new URL("./fixtures/", import.meta.url));
const LAB = join(FIXTURES, "kamailio.lab.yaml");

describe("our phones at a Kamailio registrar", () => {
  let kamailio: Peer;
  let bed: TestBed;
  let runFolder: string;

  before(async function () {
    needsProgram(this, "kamailio", "kamailio");
    this.timeout(20_000);
    runFolder = mkdtempSync(join(tmpdir(), "offhook-kamailio-"));
    const port = await freePort();
    const listen = ["udp", "tcp"].flatMap((protocol) => ["-l", `${protocol}:127.0.0.1:${port}`]);
    const config = join(FIXTURES, "kamailio.cfg");
    kamailio = new Peer("kamailio", ["-f", config, "-DD", "-E", "-m", "32", "-M", "8", "-Y", runFolder, ...listen]);
    await kamailio.says("registrar is ready");
    const lab = await loadLab(LAB, { env: { OFFHOOK_TEST_PASSWORD: "s3cret-1002" } });
    const target = withTarget(lab, `sip:127.0.0.1:${port}`);
    bed = await assemble({ lab: target, clock: systemClock, ids: randomIds(), log: silentLogger });
  });

  after(async () => {
    await (bed as TestBed | undefined)?.close();
    await (kamailio as Peer | undefined)?.stop();
    rmSync(runFolder, { recursive: true, force: true });
  });

  for (const name of ["by-udp", "by-tcp"]) {
    describe(name, () => {
      let phone: SimulatedPhone;

      beforeEach(async () => {
        const device = bed.lab.devices.find((candidate) => candidate.name === name);
        if (!device) throw new Error(`the lab has no device ${name}`);
        phone = await bed.openPhone("alice", device, { record: () => undefined });
      });

      afterEach(async () => {
        await phone.close();
      });

      it("registers with the right password", async () => {
        const registration = await phone.register();
        expect(registration).to.be.registered();
        expect(registration).to.be.challenged({ realm: "ccmsipline" });
        expect(registration.expiresSeconds).to.equal(120);
      });

      it("is refused with a wrong password", async () => {
        expect(await phone.register({ password: "wrong" })).to.be.refused([401]);
      });

      it("unregisters", async () => {
        expect(await phone.register()).to.be.registered();
        expect((await phone.unregister()).final).to.have.status(200);
      });
    });
  }
});
