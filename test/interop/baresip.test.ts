import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "../../src/assertions/index.ts";
import { randomIds } from "../../src/core/ids.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import { loadLab } from "../../src/inventory/index.ts";
import { assemble, type TestBed } from "../../src/scenarios/index.ts";
import type { SimulatedPhone } from "../../src/simulator/index.ts";
import { freePort, needsProgram, Peer } from "../support/programs.ts";

const LAB = fileURLToPath(new URL("../../scenarios/reference.lab.yaml", import.meta.url));

/** A file as microphone, another as loudspeaker. */
const CONFIG = `audio_source aufile,said.wav
audio_player aufile,heard.wav
module_path /usr/lib/baresip/modules
module g711.so
module aufile.so
module_app account.so
module_app menu.so
`;

/** Some seconds of a square wave: PCM, 16 bits, mono, 8000 Hz. */
function soundFile(): Buffer {
  const rate = 8000;
  const samples = Buffer.alloc(rate * 2 * 10);
  for (let at = 0; at < samples.length; at += 2) samples.writeInt16LE((at >> 4) % 2 === 0 ? 4000 : -4000, at);
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

describe("baresip as a third-party phone at the reference call manager", () => {
  let bed: TestBed;
  let alice: SimulatedPhone;
  let baresip: Peer | undefined;
  let folder: string;

  before(async function () {
    needsProgram(this, "baresip", "baresip-core");
    bed = await assemble({
      lab: await loadLab(LAB, { env: {} }),
      clock: systemClock,
      ids: randomIds(),
      log: silentLogger,
    });
    const device = bed.lab.devices.find(({ type, digestUser }) => type === "advanced" && digestUser !== undefined);
    if (!device) throw new Error("the built-in lab has no Advanced phone");
    alice = await bed.openPhone("alice", device, { record: () => undefined });
    await alice.register();
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "offhook-baresip-"));
  });

  afterEach(async () => {
    await baresip?.stop();
    baresip = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  after(async () => {
    await (alice as SimulatedPhone | undefined)?.close();
    await (bed as TestBed | undefined)?.close();
  });

  async function start(transport: "udp" | "tcp", password: string): Promise<Peer> {
    const at = bed.callManager?.addresses.find(({ protocol }) => protocol === transport);
    if (!at) throw new Error(`the call manager does not listen on ${transport}`);
    const account = `<sip:1002@${at.host}:${at.port};transport=${transport}>`;
    const settings = `auth_user=swhite;auth_pass=${password};regint=60;answermode=auto`;
    writeFileSync(join(folder, "accounts"), `${account};${settings}\n`);
    writeFileSync(join(folder, "said.wav"), soundFile());
    writeFileSync(join(folder, "config"), `sip_listen 127.0.0.1:${await freePort()}\n${CONFIG}`);
    baresip = new Peer("baresip", ["-f", folder, "-s", "-t", "20"], { cwd: folder });
    return baresip;
  }

  for (const transport of ["udp", "tcp"] as const) {
    it(`registers with digest, answers a call of ours and is heard (${transport.toUpperCase()})`, async () => {
      const peer = await start(transport, "pw-swhite");
      await peer.says("SIP/2.0 200 OK");
      const call = await alice.call("1002", { media: ["audio", "video"] });
      expect(await call.final(), peer.output).to.have.status(200);
      const session = await call.session();
      expect(session).to.have.media("audio").live();
      expect(session).to.have.media("video").notLive();
      expect(await call.nextAudio({ packets: 5 }), peer.output)
        .to.receivedAudio(5)
        .and.sentAudio();
      expect(await call.hangUp()).to.have.status(200);
    });
  }

  it("does not register with a wrong password", async () => {
    const peer = await start("udp", "wrong");
    await peer.says("401 Unauthorized");
    const before = bed.callManager?.registrations().map(({ line }) => line.directoryNumber);
    expect(before).not.to.include("1002");
  });
});
