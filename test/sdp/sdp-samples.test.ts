import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { parseSdp, writeSdp } from "../../src/sdp/index.ts";
import { testData } from "../support/test-data.ts";

interface Entry {
  readonly id: string;
  readonly file: string;
  readonly tags: readonly string[];
  readonly mlines: readonly { media: string; port: string; proto: string; formats: number; direction: string }[];
}

const manifest = testData("sdp", "MANIFEST.json");

/** Bodies that break the grammar; they are read, and written as the grammar has it. */
const NOT_WELL_FORMED: Readonly<Record<string, string>> = {
  "sdptransform-tcp-active": "no t= line",
  "sofia-message-1": "no o=, s= and t= line",
  "sofia-message-4": "no s= and t= line",
  "rtpengine-31": "an m= line that ends in a space instead of a format",
  "resip-01": "an m= line that ends in a space",
};

describe("the sample bodies", () => {
  if (manifest === undefined) {
    it("are read from shared/data/sdp, which is absent here");
    return;
  }
  const { entries } = JSON.parse(readFileSync(manifest, "utf8")) as { entries: readonly Entry[] };
  const read = (entry: Entry): string => readFileSync(path.join(path.dirname(manifest), entry.file), "latin1");

  it("are 124", () => {
    expect(entries).to.have.length(124);
  });

  for (const entry of entries) {
    const flaw = NOT_WELL_FORMED[entry.id];
    it(`${entry.id} has the m-lines of the manifest`, () => {
      const lines = parseSdp(read(entry)).media.map((media) => ({
        media: media.kind,
        port: media.portCount === undefined ? String(media.port) : `${media.port}/${media.portCount}`,
        proto: media.protocol,
        formats: media.formats.length,
      }));
      expect(lines).to.deep.equal(
        entry.mlines.map(({ media, port, proto, formats }) => ({ media, port, proto, formats })),
      );
    });

    it(`${entry.id} is written ${flaw === undefined ? "as it was read" : `within the grammar: it has ${flaw}`}`, () => {
      const body = read(entry);
      const lines = body.split(/\r?\n/).filter((line) => line !== "");
      const written = writeSdp(parseSdp(body));
      const withCrlf = lines.map((line) => `${line}\r\n`).join("");
      if (flaw === undefined) expect(written).to.equal(withCrlf);
      else expect(written).not.to.equal(withCrlf);
      expect(writeSdp(parseSdp(written))).to.equal(written);
    });
  }

  it("are for the most part octet-equal, CRLF and all", () => {
    const equal = entries.filter((entry) => writeSdp(parseSdp(read(entry))) === read(entry));
    expect(equal).to.have.length(107);
  });
});
