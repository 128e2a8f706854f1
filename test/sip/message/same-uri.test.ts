import { expect } from "chai";
import { parseUri, sameUri } from "../../../src/sip/message/index.ts";

/** The first block of each list: examples of RFC 3261 §19.1.4. */
const EQUAL = [
  ["sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"],
  ["sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"],
  ["sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on"],
  [
    "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
    "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
  ],
  [
    "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
    "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
  ],
  ["sip:a@[2001:db8::9:1]", "sip:a@[2001:0DB8:0:0:0:0:9:1]"],
  ["sip:a@[2001:db8::9:01]", "sip:a@[2001:db8:0::9:1]"],
  ["sip:a@[::ffff:192.0.2.1]", "sip:a@[::ffff:c000:201]"],
  ["sip:a@h;maddr=[2001:db8::1]", "sip:a@h;maddr=2001:db8:0::1"],
  ["sip:a%3bb@h", "sip:a%3Bb@h"],
  ["sip:a@h;x=%41", "sip:a@h;X=a"],
  ["sip:a@h;lr", "sip:a@h"],
  ["tel:+1-201-555", "tel:+1(201)5.55"],
  ["tel:1;a=b;c", "TEL:1;C;A=B"],
] as const;

const DIFFERENT = [
  ["SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"],
  ["sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"],
  ["sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"],
  ["sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"],
  ["sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"],
  ["sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"],
  ["sip:carol@chicago.com;security=off", "sip:carol@chicago.com;security=on"],
  ["sip:a@h", "sips:a@h"],
  ["sip:a@h", "sip:h"],
  ["sip:a@h", "sip:a:b@h"],
  ["sip:a@h;user=phone", "sip:a@h"],
  ["sip:a@h;ttl=1", "sip:a@h"],
  ["sip:a@h;maddr=b", "sip:a@h;maddr=c"],
  ["sip:a@h;method=INVITE", "sip:a@h"],
  ["sip:a@h;x=1", "sip:a@h;x"],
  ["sip:a+b@h", "sip:a%2Bb@h"],
  ["sip:a@h?b=c&b=c", "sip:a@h?b=c"],
  ["sip:a@[2001:db8::1]", "sip:a@[2001:db8::2]"],
  ["sip:1@h", "tel:1"],
  ["tel:1", "sip:1@h"],
  ["tel:1;ext=2", "tel:1"],
  ["http://a", "http://b"],
] as const;

describe("sameUri", () => {
  for (const [a, b] of EQUAL) {
    it(`${a} equals ${b}`, () => {
      expect(sameUri(parseUri(a), parseUri(b))).to.equal(true);
      expect(sameUri(parseUri(b), parseUri(a))).to.equal(true);
    });
  }
  for (const [a, b] of DIFFERENT) {
    it(`${a} differs from ${b}`, () => {
      expect(sameUri(parseUri(a), parseUri(b))).to.equal(false);
      expect(sameUri(parseUri(b), parseUri(a))).to.equal(false);
    });
  }
});
