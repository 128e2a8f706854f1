import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { InventoryError } from "../../src/core/errors.ts";
import { seededIds } from "../../src/core/ids.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import { loadLab, type LabProblem } from "../../src/inventory/index.ts";
import { TemporaryAuthority } from "../../src/sip/transport/index.ts";
import { rejection } from "../support/rejection.ts";

const authority = new TemporaryAuthority(systemClock, seededIds("certificates of a lab"));

describe("certificates that a lab names", () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "offhook-lab-"));
    const alice = authority.issue({ commonName: "alice" });
    const files = {
      "ca.pem": authority.ca,
      "alice.pem": alice.certificate,
      "alice.key": alice.key,
      "bob.key": authority.issue({ commonName: "bob" }).key,
      "no.pem": "no PEM at all",
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  const lab = (text: string): string => {
    const file = join(folder, "my.lab.yaml");
    writeFileSync(file, text);
    return file;
  };

  const problems = async (text: string): Promise<string[]> => {
    const error = await rejection(loadLab(lab(text), { env: {} }));
    if (!(error instanceof InventoryError)) throw error;
    return (error.details["problems"] as LabProblem[]).map(
      ({ code, place, path, message }) =>
        `${code} ${place.line}:${place.column} ${path} ${message.replace(folder, "…")}`,
    );
  };

  it("count from its folder, whatever the folder of the process", async () => {
    const { target, devices, phoneProfiles } = await loadLab(
      lab(`
target: { tls: { caFile: ca.pem, certificateFile: ./alice.pem, keyFile: ${join(folder, "alice.key")} } }
phoneProfiles: { p: { certificate: { certificateFile: alice.pem, keyFile: alice.key } } }
users: { u: { password: p }, v: { password: p } }
devices:
  own: { type: basic, digestUser: u, lines: [1], certificate: { certificateFile: alice.pem, keyFile: alice.key } }
  of-profile: { type: basic, digestUser: v, lines: [2], phoneProfile: p }
`),
      { env: {} },
    );
    const files = { certificateFile: join(folder, "alice.pem"), keyFile: join(folder, "alice.key") };
    expect(target.tls).to.deep.equal({ port: 0, verify: true, caFile: join(folder, "ca.pem"), certificate: files });
    expect(phoneProfiles.get("p")?.certificate).to.deep.equal(files);
    for (const device of devices) expect(device.certificate, device.name).to.deep.equal(files);
  });

  it("have to be there, be PEM, and fit together; all problems are told at once, with their places", async () => {
    const text = [
      "target: { tls: { caFile: alice.key } }",
      "phoneProfiles: { p: { certificate: { certificateFile: no.pem, keyFile: alice.key } } }",
      "users: { u: { password: p } }",
      "devices:",
      "  a: { type: basic, lines: [1], certificate: { certificateFile: nowhere.pem, keyFile: alice.pem } }",
      "  b: { type: basic, lines: [2], certificate: { certificateFile: alice.pem, keyFile: bob.key } }",
      "  c: { type: basic, lines: [2] }",
    ].join("\n");
    expect(await problems(text)).to.deep.equal([
      "ERR_LAB_VALUE 1:26 target.tls.caFile must be a PEM file with a certificate",
      "ERR_LAB_VALUE 2:55 phoneProfiles.p.certificate.certificateFile must be a PEM file with a certificate",
      "ERR_LAB_FILE 5:65 devices.a.certificate.certificateFile cannot be read: ENOENT: no such file or directory, open '…/nowhere.pem'",
      "ERR_LAB_VALUE 5:87 devices.a.certificate.keyFile must be a PEM file with a private key without a passphrase",
      "ERR_LAB_VALUE 6:85 devices.b.certificate.keyFile is not the key of the certificate in certificateFile",
      "ERR_LAB_DUPLICATE 7:29 devices.c.lines[0] directory number 2 also stands on b (…/my.lab.yaml:6:29). Give each its own, or mark every line of it `shared: true`",
    ]);
  });

  it("stand in pairs: certificate with key, and the target's with its authority", async () => {
    expect(await problems("target: { tls: { certificateFile: alice.pem, caFile: ca.pem } }")).to.deep.equal([
      "ERR_LAB_VALUE 1:16 target.tls needs certificateFile and keyFile together",
    ]);
    expect(await problems("target: { tls: { certificateFile: alice.pem, keyFile: alice.key } }")).to.deep.equal([
      "ERR_LAB_VALUE 1:16 target.tls needs caFile beside certificateFile: the authority that issued it",
    ]);
    expect(await problems("phoneProfiles: { p: { certificate: { keyFile: alice.key } } }")).to.deep.equal([
      "ERR_LAB_KEY 1:23 phoneProfiles.p.certificate.certificateFile is missing",
    ]);
  });
});
