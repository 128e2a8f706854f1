import { expect } from "chai";
import { isKeepalive } from "../../../src/sip/message/index.ts";
import { REGISTER } from "./sample-messages.ts";

describe("isKeepalive", () => {
  const stun = Buffer.from("000100002112a442000102030405060708090a0b", "hex");
  for (const [title, octets] of [
    ["nothing", Buffer.alloc(0)],
    ["CRLF", Buffer.from("\r\n")],
    ["CRLF CRLF", Buffer.from("\r\n\r\n")],
    ["a NUL", Buffer.alloc(1)],
    ["four NULs", Buffer.alloc(4)],
    ["NULs and CRLF", Buffer.from("\0\0\r\n")],
    ["a STUN binding request", stun],
    ["a STUN binding request at an odd place of its memory", Buffer.concat([Buffer.from("x"), stun]).subarray(1)],
  ] as const) {
    it(`is true of ${title}`, () => {
      expect(isKeepalive(octets)).to.equal(true);
    });
  }

  for (const [title, octets] of [
    ["a SIP message", Buffer.from(REGISTER)],
    ["a SIP message behind CRLFs", Buffer.from(`\r\n\r\n${REGISTER}`)],
    ["text", Buffer.from("hello")],
    ["what only starts like STUN", Buffer.from("000100002112a443000102030405060708090a0b", "hex")],
  ] as const) {
    it(`is false of ${title}`, () => {
      expect(isKeepalive(octets)).to.equal(false);
    });
  }
});
