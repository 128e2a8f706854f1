import { expect } from "chai";
import { parseSdp, writeSdp, type SessionDescription } from "../../src/sdp/index.ts";

const SESSION: SessionDescription = {
  version: "0",
  origin: {
    username: "-",
    sessionId: "1",
    sessionVersion: "2",
    networkType: "IN",
    addressType: "IP6",
    address: "2001:db8::1",
  },
  name: " ",
  connection: { networkType: "IN", addressType: "IP6", address: "2001:db8::1" },
  bandwidths: [{ type: "TIAS", value: "64000" }],
  times: ["0 0"],
  attributes: [{ name: "sendrecv" }],
  media: [],
};

describe("writeSdp", () => {
  it("writes in the order of RFC 8866 §9", () => {
    const others = [
      { letter: "k", value: "clear:x" },
      { letter: "i", value: "info" },
    ];
    expect(writeSdp({ ...SESSION, others })).to.equal(
      "v=0\r\no=- 1 2 IN IP6 2001:db8::1\r\ns= \r\ni=info\r\nc=IN IP6 2001:db8::1\r\nb=TIAS:64000\r\nt=0 0\r\nk=clear:x\r\na=sendrecv\r\n",
    );
  });

  it("puts a line that was added where the grammar has it, though the rest is out of order", () => {
    const read = parseSdp("v=0\r\no=- 1 2 IN IP4 h\r\ns=-\r\nt=0 0\r\nc=IN IP4 h\r\na=x\r\n");
    const changed = {
      ...read,
      bandwidths: [{ type: "AS", value: "64" }],
      attributes: [...read.attributes, { name: "y" }],
    };
    expect(writeSdp(changed)).to.equal(
      "v=0\r\no=- 1 2 IN IP4 h\r\ns=-\r\nt=0 0\r\nc=IN IP4 h\r\nb=AS:64\r\na=x\r\na=y\r\n",
    );
  });

  it("writes an m= line without formats, and one with a number of ports", () => {
    const media = { kind: "audio", port: 4000, portCount: 2, protocol: "RTP/AVP", bandwidths: [], attributes: [] };
    expect(writeSdp({ ...SESSION, media: [{ ...media, formats: ["0", "8"] }] })).to.contain(
      "m=audio 4000/2 RTP/AVP 0 8\r\n",
    );
    expect(writeSdp({ ...SESSION, media: [{ ...media, formats: [] }] })).to.contain("m=audio 4000/2 RTP/AVP\r\n");
  });

  it("leaves percent signs alone, which are formats to sdp-transform", () => {
    expect(writeSdp({ ...SESSION, name: "%s %d %%", attributes: [{ name: "x", value: "%v" }] })).to.contain(
      "s=%s %d %%\r\n",
    );
  });

  it("makes no two lines of one", () => {
    const attributes = [{ name: "x", value: "1\r\nm=video 1 RTP/AVP 31" }];
    expect(() => writeSdp({ ...SESSION, attributes })).to.throw("can't hold CR, LF or NUL");
  });
});
