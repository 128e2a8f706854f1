import { expect } from "chai";
import { seededIds } from "../../src/core/ids.ts";
import { SipEngine, SipResponse, TransportLayer, type Address, type SipMessage } from "../../src/sip/index.ts";
import { FakeClock, settle } from "../support/fake-clock.ts";
import { memoryNetwork } from "../support/memory-network.ts";
import { OrdinaryUa } from "../support/ordinary-ua.ts";

const SDP = "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";

/** A sound request with each of `changes` made: a header is replaced (`undefined`: taken away), `^` is the start line. */
function request(method: string, changes: Record<string, string | undefined> = {}, body = ""): string {
  const headers: Record<string, string | undefined> = {
    Via: "SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKtorture;rport",
    "Max-Forwards": "70",
    From: "<sip:caller@example.net>;tag=98asjd8",
    To: "<sip:ua@example.com>",
    "Call-ID": "torture.1@192.0.2.2",
    CSeq: `8 ${method}`,
    ...(method === "OPTIONS" || method === "MESSAGE" ? {} : { Contact: "<sip:caller@192.0.2.2>" }),
    ...(body === "" ? {} : { "Content-Type": "application/sdp" }),
    "Content-Length": String(body.length),
    ...changes,
  };
  const startLine = changes["^"] ?? `${method} sip:ua@example.com SIP/2.0`;
  const lines = Object.entries(headers).map(([name, value]) =>
    name === "^" || value === undefined ? "" : `${name}: ${value}\r\n`,
  );
  return `${startLine}\r\n${lines.join("")}\r\n${body}`;
}

const invite = (changes: Record<string, string | undefined> = {}, body = SDP): string =>
  request("INVITE", changes, body);

interface Rule {
  readonly message: string | Buffer;
  /** Final response that has to come; `silence` for none. */
  readonly answer: number | readonly number[] | "silence";
  readonly with?: readonly [header: string, value: RegExp];
}

/** What RFC 4475 and RFC 5118 teach, each with a message of our own. */
const RULES: Readonly<Record<string, Rule>> = {
  "4475 §3.1.1.2: every character that a token, a user part and a display name may hold": {
    message: Buffer.from(
      request("!interesting-Method0123456789_*+`.%indeed'~", {
        "^": "!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0",
        To: '"BEL:\\\x07 NUL:\\\0 DEL:\\\x7f" <sip:1_unusual.URI~(to-be!sure)&isn\'t+it$/crazy?,/;;*@example.com>',
        From: "token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%=\"\xd1\x80\";tag=_token~1'+`*%!-.",
        "Call-ID": "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{",
        CSeq: "139122385 !interesting-Method0123456789_*+`.%indeed'~",
        "extensionHeader-!.%*+_`'~": "\xef\xbb\xbf\xe5\xa4\xa7\xe5\x81\x9c\xe9\x9b\xbb",
      }),
      "latin1",
    ),
    answer: [405, 501],
    with: ["Allow", /INVITE/],
  },
  "4475 §3.1.1.4: escaped NULs in a URI": {
    message: request("REGISTER", {
      To: "sip:null-%00-null@example.com",
      Contact: "<sip:%00@host5.example.com>, <sip:%00%00@host5.example.com>",
    }),
    answer: 200,
    with: ["Contact", /%00@/],
  },
  "4475 §3.1.1.5: a percent sign in a method, a display name and a branch escapes nothing": {
    message: request("RE%47IST%45R", { To: '"%Z%45" <sip:resource@example.com>' }),
    answer: [405, 501],
  },
  "4475 §3.1.1.7: very long values": {
    message: invite({
      To: `"${"I have a user name of extreme proportion ".repeat(20)}" <sip:user@example.com:6000;unknownparam1=${"very".repeat(99)}value>`,
      From: `sip:${"amazinglylongcallername".repeat(9)}@example.net;tag=12${"982".repeat(99)}424;unknownheaderparam=${"x".repeat(300)};unknownValueless${"param".repeat(40)}`,
      Via: `SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK${"long".repeat(99)};rport,SIP/2.0/TCP sip33.example.com, ${Array.from({ length: 34 }, (_, i) => `SIP/2.0/TCP sip${i}.example.com;received=192.0.2.${i};branch=very${i}`).join(",")}`,
      [`Unknown-${"Long".repeat(99)}-Name`]: `unknown-${"long".repeat(99)}-value; unknown-${"long".repeat(99)}-parameter`,
    }),
    answer: 200,
  },
  "4475 §3.1.1.9: a semicolon in the user part": {
    message: request("OPTIONS", { "^": "OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0" }),
    answer: 200,
  },
  "4475 §3.1.1.11: a body of many parts with octets of every value": {
    message: Buffer.from(
      request(
        "MESSAGE",
        { "Content-Type": "multipart/mixed;boundary=7a9cbec02ceef655", "Content-Transfer-Encoding": "binary" },
        "--7a9cbec02ceef655\r\nContent-Type: text/plain\r\n\r\nHello\r\n\r\n\0\xff\r\n--7a9cbec02ceef655--",
      ),
      "latin1",
    ),
    answer: [200, 415],
  },
  "4475 §3.1.1.12: a response with a reason in UTF-8": {
    message: Buffer.from(
      request("INVITE", { "^": "SIP/2.0 200 = 2**3 * 5**2 \xd0\xbd\xd0\xbe", Contact: "<sip:a@b>" }),
      "latin1",
    ),
    answer: "silence",
  },
  "4475 §3.1.2.2: a Content-Length beyond the datagram": { message: invite({ "Content-Length": "9999" }), answer: 400 },
  "4475 §3.1.2.4: numbers out of their range": {
    message: request("REGISTER", {
      "Max-Forwards": "300",
      CSeq: "36893488147419103232 REGISTER",
      Expires: "10000000000000000000000000000000000000000000",
      Contact: "<sip:user@host129.example.com>;expires=280297596632815",
    }),
    answer: 400,
  },
  "4475 §3.1.2.5: a response with numbers out of their range": {
    message: request("INVITE", { "^": "SIP/2.0 503 Service Unavailable", CSeq: "9292394834772304023312 OPTIONS" }),
    answer: "silence",
  },
  "4475 §3.1.2.7: angle brackets round the Request-URI": {
    message: invite({ "^": "INVITE <sip:user@example.com> SIP/2.0" }),
    answer: 400,
  },
  "4475 §3.1.2.9: several blanks in the start line": {
    message: invite({ "^": "INVITE  sip:user@example.com  SIP/2.0" }),
    answer: 400,
  },
  "4475 §3.1.2.11: a Request-URI with headers": {
    message: invite({ "^": "INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0" }),
    answer: [400, 200],
  },
  "4475 §3.1.2.12: a Date in another zone than GMT": {
    message: invite({ Date: "Fri, 01 Jan 2010 16:00:00 EST" }),
    answer: [200, 400],
  },
  "4475 §3.1.2.15: a display name of separators without quotes": {
    message: request("OPTIONS", { From: "Bell, Alexander <sip:a.g.bell@example.com>;tag=43" }),
    answer: [200, 400],
  },
  "4475 §3.1.2.17: a CSeq of another known method": { message: request("OPTIONS", { CSeq: "8 INVITE" }), answer: 400 },
  "4475 §3.1.2.19: a status code beyond 699": {
    message: request("OPTIONS", { "^": "SIP/2.0 4294967301 better not break the receiver" }),
    answer: "silence",
  },
  "4475 §3.3.2: a Request-URI of an unknown scheme": {
    message: request("OPTIONS", { "^": "OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0" }),
    answer: 416,
  },
  "4475 §3.3.4: unknown schemes in To and Contact of a REGISTER": {
    message: request("REGISTER", {
      To: "isbn:2983792873",
      From: "<http://www.example.com>;tag=3234233",
      Contact: "<name:John_Smith>",
    }),
    answer: [404, 400, 403],
  },
  "4475 §3.3.5: extensions required of proxy and endpoint": {
    message: request("OPTIONS", {
      Require: "nothingSupportsThis, nothingSupportsThisEither",
      "Proxy-Require": "noProxiesSupportThis",
    }),
    answer: 420,
    with: ["Unsupported", /^nothingSupportsThis, nothingSupportsThisEither$/],
  },
  "4475 §3.3.8: headers twice that may stand once": {
    message: invite({ "Call-ID": "one\r\nCall-ID: two", "Max-Forwards": "70\r\nMax-Forwards: 5" }),
    answer: 400,
  },
  "4475 §3.3.9: two Content-Lengths that differ": {
    message: request("OPTIONS", { "Content-Length": "13\r\nContent-Length: 5" }, "There's no way"),
    answer: 400,
  },
  "4475 §3.3.11: Max-Forwards of zero at its destination": {
    message: request("OPTIONS", { "Max-Forwards": "0" }),
    answer: [200, 483],
  },
  "4475 §3.3.13: a Contact with a parameter of the URI, not of the header": {
    message: request("REGISTER", { Contact: "<sip:+19725552222@gw1.example.net;unknownparam>" }),
    answer: 200,
  },
  "4475 §3.3.14: a Contact URI that carries an escaped header": {
    message: request("REGISTER", { Contact: "<sip:user@example.com?Route=%3Csip:sip.example.com%3E>" }),
    answer: 200,
  },
  "4475 §3.3.15: an Accept that leaves no answer": {
    message: invite({ Accept: "text/nobodyKnowsThis" }),
    answer: 406,
  },
  "5118 §4.2: an IPv6 address without brackets in the Request-URI": {
    message: request("REGISTER", { "^": "REGISTER sip:2001:db8::10 SIP/2.0" }),
    answer: 400,
  },
  "5118 §4.4: a port taken for the last group of an address": {
    message: request("REGISTER", { "^": "REGISTER sip:[2001:db8::10:5070] SIP/2.0" }),
    answer: 200,
  },
  "5118 §4.6: received in a Via with and without brackets": {
    message: request("BYE", {
      Via: "SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3-111;rport",
    }),
    answer: 481,
  },
  "5118 §4.7: IPv6 addresses in SDP": {
    message: invite({}, SDP.replaceAll("IP4 192.0.2.9", "IP6 2001:db8::20")),
    answer: 200,
  },
  "5118 §4.9: IPv4 addresses mapped into IPv6, in every place": {
    message: invite(
      {
        "^": "INVITE sip:user@[::ffff:192.0.2.1] SIP/2.0",
        Via: "SIP/2.0/UDP [::ffff:192.0.2.2]:5060;branch=z9hG4bKbh19;rport",
        Contact: '"T. desk phone" <sip:ted@[::ffff:192.0.2.2]>',
      },
      SDP.replaceAll("IP4 192.0.2.9", "IP6 ::ffff:192.0.2.9"),
    ),
    answer: 200,
  },
  "5118 §4.10: three colons in a row, which the grammar of RFC 3261 allowed by mistake": {
    message: request("OPTIONS", { From: "<sip:user@[2001:db8:::192.0.2.1]>;tag=1" }),
    answer: [200, 400],
  },
};

describe("what the torture messages teach", () => {
  for (const [rule, { message, answer, with: header }] of Object.entries(RULES)) {
    it(`RFC ${rule}`, async () => {
      const responses = await answersTo(message);
      const finals = responses.filter(({ isFinal }) => isFinal);
      if (answer === "silence") {
        expect(responses).to.deep.equal([]);
        return;
      }
      expect([answer].flat(), "the final response").to.include(finals[0]?.status);
      if (header) expect(finals[0]?.get(header[0]), header[0]).to.match(header[1]);
    });
  }
});

/** What an ordinary user agent says to these octets; afterwards it answers an OPTIONS. */
async function answersTo(octets: string | Buffer): Promise<SipResponse[]> {
  const clock = new FakeClock();
  const network = memoryNetwork(clock);
  const ua = new OrdinaryUa();
  const place: Address = { protocol: "udp", host: "192.0.2.1", port: 5060 };
  const engine = await SipEngine.open({ listen: [place], clock, ids: seededIds("torture"), network }, ua);
  ua.engine = engine;
  const peer = await TransportLayer.open({ listen: [{ ...place, host: "192.0.2.2" }], clock, network });
  const heard: SipMessage[] = [];
  const responses = (): SipResponse[] => heard.splice(0).filter((message) => message instanceof SipResponse);
  const fail = (error: Error): never => {
    throw error;
  };
  peer.start({
    message: (message) => heard.push(message),
    malformed: fail,
    failed: (_to, _message, error) => fail(error),
  });
  try {
    peer.wire.sendRaw(Buffer.isBuffer(octets) ? octets : Buffer.from(octets, "latin1"), place);
    await settle();
    const answers = responses();
    peer.wire.sendRaw(
      request("OPTIONS", { "Call-ID": "alive", Via: "SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKalive" }),
      place,
    );
    await settle();
    const statuses = responses().map(({ status }) => status);
    expect(statuses, "answers to a valid request behind it").to.deep.equal([200]);
    return answers;
  } finally {
    await Promise.all([engine.close(), peer.close()]);
  }
}
