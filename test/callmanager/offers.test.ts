import { expect } from "chai";
import type { HeaderField } from "../../src/sip/message/index.ts";
import { CALLEE, CALLER } from "./support/connect.ts";
import { mediaLines, type RawPhone } from "./support/raw-phone.ts";
import { TestWorld } from "./support/world.ts";

describe("an INVITE to the call manager", () => {
  let world: TestWorld;
  let alice: RawPhone;
  let bob: RawPhone;
  beforeEach(async () => {
    world = await TestWorld.start();
    alice = await world.registered("1002");
    bob = await world.registered("1003");
  });
  afterEach(() => world.close());

  const answerTo = async (headers: readonly HeaderField[], body = CALLER): Promise<string> => {
    const { responses } = await alice.call("1003", body, { headers });
    const last = responses.at(-1)!;
    const told = ["Accept", "Accept-Encoding", "Warning"].flatMap((name) => last.getAll(name));
    return [last.status, ...told].join(" ");
  };

  it("is refused with 415 where its session description is coded, unless that is optional", async () => {
    const coded = ["Content-Encoding", "gzip"] as const;
    expect(await answerTo([coded])).to.equal("415 identity");
    expect(await answerTo([coded, ["Content-Disposition", "session;handling=optional"]])).to.equal("100");
    expect(await answerTo([["Content-Encoding", "identity"]])).to.equal("100");
  });

  it("is refused with 406 where its sender would not read the answer", async () => {
    expect(await answerTo([["Accept", "text/nobodyKnowsThis"]])).to.match(/^406 399 .*application\/sdp/);
    expect(await answerTo([["Accept", "text/plain, application/sdp"]])).to.equal("100");
  });

  it("is refused with 400 where its session description cannot be read", async () => {
    expect(await answerTo([], CALLER.replace("m=audio", "m=audio x"))).to.match(/^400 399/);
    expect(await answerTo([], CALLER.replaceAll("\r\n", "\r"))).to.match(/^400 399/);
  });

  it("gets the line whose transport the called phone has too, where it offers audio over several", async () => {
    const audio = "m=audio 20000 RTP/AVP 0 8 101";
    for (const transport of ["RTP/SAVP", "TCP/RTP/AVP", "RTP/NEW"]) {
      const call = await alice.call("1003", CALLER.replace(audio, `m=audio 20010 ${transport} 0\r\n${audio}`));
      await bob.accept(await bob.take("INVITE"), CALLEE);
      expect(mediaLines(call.final)).to.deep.equal([`audio 0 ${transport} 0`, "audio 30000 RTP/AVP 0 101"]);
      await alice.sendIn(alice.dialogOf(call), "BYE");
      await bob.respond(await bob.take("BYE"), 200);
    }
  });
});
