import { expect } from "chai";
import type { Call, Transfer } from "../../src/simulator/index.ts";
import { settle } from "../support/fake-clock.ts";
import type { FakeIncoming, FakeSent } from "../support/fake-signalling.ts";
import { rejection } from "../support/rejection.ts";
import { ANSWER, OFFER } from "../support/sdp-samples.ts";
import { benchPhone, type PhoneBench } from "../support/test-phone.ts";

const DIALOG = "dialog-1";

describe("transfers of a phone", () => {
  let bench: PhoneBench;
  let call: Call;

  beforeEach(async () => {
    bench = benchPhone();
    call = await established("1009", DIALOG);
  });

  const last = (): FakeSent => bench.stack.sent.at(-1)!;

  async function established(number: string, dialogId: string): Promise<Call> {
    const made = await bench.phone.call(number);
    last().reply(200, { body: ANSWER, dialogId });
    await made.final();
    return made;
  }

  /** A REFER of the phone, answered. */
  async function transferred(sending: Promise<Transfer>, status = 202): Promise<Transfer> {
    await settle();
    last().reply(status);
    return await sending;
  }

  async function notify(status: string, state: string, event = "refer"): Promise<FakeIncoming> {
    const headers = { Event: event, "Subscription-State": state, "Content-Type": "message/sipfrag;version=2.0" };
    const incoming = bench.stack.deliver("NOTIFY", { dialogId: DIALOG, headers, body: `SIP/2.0 ${status}\r\n` });
    await settle();
    return incoming;
  }

  describe("that it asks for", () => {
    it("send REFER within the call, and tell what NOTIFYs say until the last", async () => {
      const transfer = await transferred(call.transfer("1003"));
      const { request, plan } = last();
      expect(plan.dialogId).to.equal(DIALOG);
      expect(request.get("Refer-To")).to.equal("<sip:1003@cm.example.com>");
      expect(request.get("Contact")).to.equal("<sip:1002@192.0.2.1:5060>");
      const ended = transfer.ended();
      const first = await notify("100 Trying", "active;expires=60");
      expect(first.responses.map(({ status }) => status)).to.deep.equal([200]);
      await notify("486 Busy Here", "terminated;reason=noresource");
      expect(await ended).to.equal(486);
      expect(transfer.statuses).to.deep.equal([100, 486]);
      expect(transfer.notifies).to.have.length(2);
      expect(transfer.final.status).to.equal(202);
    });

    it("end with the call where no NOTIFY comes (CAL-09)", async () => {
      const transfer = await transferred(call.transfer("1003"));
      const ended = transfer.ended();
      bench.stack.deliver("BYE", { dialogId: DIALOG });
      expect(await ended).to.equal(undefined);
    });

    it("take a NOTIFY that overtakes the 202", async () => {
      const sending = call.transfer("1003");
      await settle();
      await notify("100 Trying", "terminated");
      last().reply(202);
      expect(await (await sending).ended()).to.equal(100);
    });

    it("are over at once where they are refused, and NOTIFYs of none are 481", async () => {
      const transfer = await transferred(call.transfer("1003"), 403);
      expect(await transfer.ended()).to.equal(undefined);
      expect((await notify("100 Trying", "active")).responses.map(({ status }) => status)).to.deep.equal([481]);
      expect((await notify("", "active", "message-summary")).responses.map(({ status }) => status)).to.deep.equal([
        200,
      ]);
    });

    it("are told apart by the id in Event", async () => {
      const first = await transferred(call.transfer("1003"));
      const second = await transferred(call.transfer("1004"));
      const [one, two] = [first, second].map(({ requests }) => requests[0]?.cseq.number);
      await notify("404 Not Found", "terminated", `refer;id=${one ?? ""}`);
      await notify("200 OK", "terminated", `refer;id=${two ?? ""}`);
      expect(await first.ended()).to.equal(404);
      expect(await second.ended()).to.equal(200);
      expect((await notify("200 OK", "terminated", "refer;id=9999")).responses[0]?.status).to.equal(481);
    });

    it("time out where nothing is heard", async () => {
      const transfer = await transferred(call.transfer("1003"));
      const ended = rejection(transfer.ended());
      await bench.clock.advanceAsync(5000);
      expect((await ended).message).to.include("the end of its transfer");
    });

    it("name the far end of another call by an escaped Replaces", async () => {
      const other = await established("1004", "dialog-2");
      await transferred(call.transferTo(other));
      const { fromTag = "", callId } = bench.stack.sent[1]!.request;
      const named = encodeURIComponent(`${callId};to-tag=remote;from-tag=${fromTag}`);
      expect(last().request.get("Refer-To")).to.equal(`<sip:1004@cm.example.com?Replaces=${named}>`);
    });

    it("name the far end of a call that still rings, as soon as a provisional response has a tag", async () => {
      const ringing = await bench.phone.call("1004");
      const transferring = call.transferTo(ringing);
      await settle();
      expect(last().request.method, "nobody knows its dialog yet").to.equal("INVITE");
      last().reply(200, { body: ANSWER, dialogId: "dialog-2" });
      await transferred(transferring);
      const early = await bench.phone.call("1005");
      const { callId, fromTag = "" } = last().request;
      last().reply(180);
      await transferred(call.transferTo(early));
      const named = encodeURIComponent(`${callId};to-tag=remote;from-tag=${fromTag}`);
      expect(last().request.get("Refer-To")).to.equal(`<sip:1005@cm.example.com?Replaces=${named}>`);
    });

    it("can only lead to another call of the phone", async () => {
      expect(await rejection(call.transferTo(call))).to.have.property("code", "ERR_TRANSFER_TARGET");
    });
  });

  describe("that it is asked to follow", () => {
    const refer = async (headers: Record<string, string>): Promise<FakeIncoming> => {
      const incoming = bench.stack.deliver("REFER", { dialogId: DIALOG, headers });
      await settle();
      return incoming;
    };

    it("are declined unless its script wants them followed", async () => {
      const { responses } = await refer({ "Refer-To": "<sip:1003@cm.example.com>" });
      expect(responses.map(({ status }) => status)).to.deep.equal([603]);
    });

    it("are 202, a call, and NOTIFYs about it", async () => {
      call.followTransfers({ media: ["audio", "video"] });
      const replaces = encodeURIComponent("c1@h;to-tag=a;from-tag=b");
      const { request, responses } = await refer({
        "Refer-To": `<sip:1003@cm.example.com;method=INVITE?Replaces=${replaces}>`,
        "Referred-By": "<sip:1009@cm.example.com>",
      });
      expect(responses.map(({ status }) => status)).to.deep.equal([202]);
      const trying = last();
      expect(trying.request.body.toString()).to.equal("SIP/2.0 100 Trying\r\n");
      expect(trying.request.get("Event")).to.equal(`refer;id=${request.cseq.number}`);
      trying.reply(200);
      await settle();
      const invite = last();
      expect(invite.request.requestUri).to.equal("sip:1003@cm.example.com");
      expect(invite.request.get("Replaces")).to.equal("c1@h;to-tag=a;from-tag=b");
      expect(invite.request.get("Referred-By")).to.equal("<sip:1009@cm.example.com>");
      expect(invite.request.body.toString()).to.include("m=video");
      invite.reply(486);
      await settle();
      expect(last().request.body.toString()).to.equal("SIP/2.0 486 Busy Here\r\n");
      expect(last().request.get("Subscription-State")).to.equal("terminated;reason=noresource");
      expect(call.successor).to.have.property("invite", invite.request);
    });

    it("are refused where they lead nowhere", async () => {
      call.followTransfers();
      expect((await refer({})).responses[0]?.status).to.equal(400);
      expect((await refer({ "Refer-To": "<tel:1003>" })).responses[0]?.status).to.equal(400);
    });
  });

  describe("by an INVITE that replaces a call", () => {
    const invite = async (replaces: string): Promise<FakeIncoming> => {
      const incoming = bench.stack.deliver("INVITE", { body: OFFER, headers: { Replaces: replaces } });
      await settle();
      return incoming;
    };
    const named = (sent: FakeSent, tag = "remote"): string =>
      `${sent.request.callId};to-tag=${sent.request.fromTag ?? ""};from-tag=${tag}`;

    it("end it once they are accepted", async () => {
      const arrived = await invite(named(bench.stack.sent[0]!));
      const incoming = await bench.phone.nextInvite();
      expect(incoming.replaces).to.equal(call);
      const accepting = incoming.accept();
      await settle();
      bench.stack.deliver("ACK", { dialogId: arrived.request.callId });
      await settle();
      expect(last().request.method).to.equal("BYE");
      last().reply(200);
      await accepting;
      expect(call.ended).to.equal(true);
    });

    it("are accepted by themselves where transfers are followed", async () => {
      call.followTransfers();
      const arrived = await invite(named(bench.stack.sent[0]!));
      expect(arrived.responses.map(({ status }) => status)).to.deep.equal([200]);
      bench.stack.deliver("ACK", { dialogId: arrived.request.callId });
      await settle();
      expect(last().request.method).to.equal("BYE");
      expect(call.successor).to.have.property("invite", arrived.request);
      last().reply(200);
    });

    it("are 481 where no call is named, 486 where only a ringing one is meant, 603 where it is over", async () => {
      const first = bench.stack.sent[0]!;
      const statuses: (number | undefined)[] = [];
      for (const replaces of ["x;to-tag=1;from-tag=2", named(first, "other"), `${named(first)};early-only`]) {
        statuses.push((await invite(replaces)).responses[0]?.status);
      }
      bench.stack.deliver("BYE", { dialogId: DIALOG });
      await settle();
      statuses.push((await invite(named(first))).responses[0]?.status);
      expect(statuses).to.deep.equal([481, 481, 486, 603]);
    });

    it("are 481 where the call rings at this phone", async () => {
      bench.stack.deliver("INVITE", { headers: { "Call-ID": "ringing" } });
      const ringing = await bench.phone.nextInvite();
      await ringing.ring();
      expect((await invite("ringing;to-tag=phone;from-tag=caller")).responses[0]?.status).to.equal(481);
    });
  });
});
