import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
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

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const LAB = join(ROOT, "scenarios/reference.lab.yaml");
const SCENARIO = fileURLToPath(new URL("./fixtures/register-and-call.xml", import.meta.url));

describe("SIPp as a third-party phone at offhook callmanager", function () {
  this.timeout(30_000);
  let callManager: Peer;
  let bed: TestBed;
  let bob: SimulatedPhone;
  let port: number;
  let folder: string;

  before(async function () {
    needsProgram(this, "sipp", "sip-tester");
    folder = mkdtempSync(join(tmpdir(), "offhook-sipp-"));
    port = await freePort();
    const listen = ["udp", "tcp"].flatMap((protocol) => ["--listen", `${protocol}:127.0.0.1:${port}`]);
    callManager = new Peer(process.execPath, [join(ROOT, "bin/offhook.js"), "callmanager", "--lab", LAB, ...listen]);
    await callManager.says("listening on");
    const lab = withTarget(await loadLab(LAB, { env: {} }), `sip:127.0.0.1:${port}`);
    bed = await assemble({ lab, clock: systemClock, ids: randomIds(), log: silentLogger });
    const device = lab.devices.find((candidate) => candidate.type === "advanced" && candidate.digestUser !== undefined);
    if (!device) throw new Error("the built-in lab has no Advanced phone");
    bob = await bed.openPhone("bob", device, { record: () => undefined });
    await bob.register();
  });

  after(async () => {
    await (bob as SimulatedPhone | undefined)?.close();
    await (bed as TestBed | undefined)?.close();
    await (callManager as Peer | undefined)?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function sipp(transport: "u1" | "t1", password: string): Peer {
    const fields = ["1002", `[authentication username=swhite password=${password}]`, bob.directoryNumber];
    writeFileSync(join(folder, "phone.csv"), `SEQUENTIAL\n${fields.join(";")}\n`);
    const args = ["-sf", SCENARIO, "-inf", join(folder, "phone.csv"), "-m", "1", "-t", transport, "-aa", "-nostdin"];
    const places = ["-i", "127.0.0.1", "-timeout", "8", "-timeout_error", "-recv_timeout", "4000"];
    return new Peer("sipp", [...args, ...places, `127.0.0.1:${port}`], { cwd: folder });
  }

  for (const transport of ["u1", "t1"] as const) {
    it(`registers with digest and calls one of our phones through it (${transport === "u1" ? "UDP" : "TCP"})`, async () => {
      const caller = sipp(transport, "pw-swhite");
      const incoming = await bob.nextInvite({ timeoutMs: 8_000 });
      await incoming.accept();
      expect(await incoming.session())
        .to.have.media("audio")
        .live()
        .direction("sendrecv");
      await incoming.nextRequest("BYE");
      expect(await caller.exited, caller.output).to.equal(0);
    });
  }

  it("does not register with a wrong password", async () => {
    expect(await sipp("u1", "wrong").exited).not.to.equal(0);
    await bob.noInvite();
  });

  it("is told of by decisions with their rules, and ends cleanly by a signal", async () => {
    const port = await freePort();
    const other = new Peer(process.execPath, [
      join(ROOT, "bin/offhook.js"),
      "callmanager",
      "--listen",
      `udp:127.0.0.1:${port}`,
    ]);
    await other.says("listening on");
    expect(callManager.output).to.match(/REG-\d\d/);
    other.signal("SIGTERM");
    expect(await other.exited).to.equal(0);
    expect(other.output).to.contain("closed");
  });
});
