import { expect } from "chai";
import { writeMeta, readCommand, splitFrame } from "../../src/drachtio/commands.ts";

function command(text: string): ReturnType<typeof readCommand> {
  return readCommand(splitFrame(Buffer.from(text)));
}

describe("drachtio commands", () => {
  it("take the secret and leave the tags of authenticate", () => {
    expect(command("id-1|authenticate|cymru|a,b")).to.deep.equal({ type: "authenticate", id: "id-1", secret: "cymru" });
  });

  it("take the verb of route and remove_route", () => {
    expect(command("1|route|invite")).to.deep.equal({ type: "route", id: "1", verb: "invite" });
    expect(command("2|remove_route|invite")).to.deep.equal({ type: "remove_route", id: "2", verb: "invite" });
  });

  it("take ids, route URI and message of sip, and leave empty what is not there", () => {
    expect(command("1|sip||c;from-tag=f|sip:proxy\r\nINFO x\r\n\r\nbody")).to.deep.equal({
      type: "sip",
      id: "1",
      transactionId: "",
      dialogId: "c;from-tag=f",
      routeUri: "sip:proxy",
      sip: Buffer.from("INFO x\r\n\r\nbody"),
    });
    expect(command("1|sip|t|\r\nSIP/2.0 200 OK\r\n")).to.include({ transactionId: "t", dialogId: "", routeUri: "" });
  });

  it("of an unknown type, and without one, are broken", () => {
    expect(() => command("1|frobnicate")).to.throw("Unknown message type");
    expect(() => command("only-an-id")).to.throw("Invalid message format");
  });

  it("can't be forged by a field: separators in it are replaced", () => {
    expect(writeMeta(["1", "a|b\r\nc", ""])).to.equal("1|a_b__c|");
  });
});
