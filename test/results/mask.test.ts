import { expect } from "chai";
import { maskSecrets } from "../../src/results/index.ts";

describe("maskSecrets", () => {
  it("masks a digest response and keeps its length", () => {
    const header = 'Authorization: Digest username="swhite", response="126c0643", algorithm=MD5';
    expect(maskSecrets(header)).to.equal('Authorization: Digest username="swhite", response="********", algorithm=MD5');
  });

  it("masks a response that a phone left unquoted", () => {
    expect(maskSecrets("Authorization: Digest response=abc,uri=x")).to.equal(
      "Authorization: Digest response=***,uri=x",
    );
  });

  it("masks the key of an SDES line and leaves its suite", () => {
    expect(maskSecrets("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0|2^20")).to.equal(
      "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:********|2^20",
    );
  });

  it("masks Basic credentials", () => {
    expect(maskSecrets("Authorization: Basic YWxpY2U=\r\nVia: x")).to.equal("Authorization: Basic ********\r\nVia: x");
  });

  it("leaves a message without secrets as it is", () => {
    const text = "SIP/2.0 200 OK\r\nContact: <sip:1002@192.0.2.1>;response\r\n\r\n";
    expect(maskSecrets(text)).to.equal(text);
  });
});
