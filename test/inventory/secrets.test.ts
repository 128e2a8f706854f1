import { expect } from "chai";
import { labFailure } from "../support/lab-failure.ts";

describe("message about a lab file", () => {
  const secret = "hunter2";
  const files: [what: string, text: string][] = [
    ["of the environment in a wrong place", "target:\n  port: ${S}"],
    ["of the environment among words", 'target: { profile: "${S}" }'],
    ["of the environment as the name of a user", 'devices: { d: { type: basic, digestUser: "${S}", lines: [1] } }'],
    ["as an escape", 'users: { u: { password: "\\u12zz" } }'],
    ["behind quotes", `users:\n  u:\n    password: "a" ${secret}`],
    ["like a block scalar", `users:\n  u:\n    password: |${secret}`],
    ["like a tag", `users:\n  u:\n    password: !${secret} x`],
    ["like an alias", `users:\n  u:\n    password: *${secret}`],
    ["behind a stray bracket", `users:\n  u:\n    password: }${secret}`],
    ["like a directive", `%${secret}\n---\nusers: {}`],
    ["in broken quotes", `users: { u: { password: "${secret}\\q" } }`],
    ["behind a reserved character", `users: { u: { password: @${secret} } }`],
    ["behind a stray dollar", `users: { u: { password: "\${${secret}" } }`],
    ["that starts a flow collection", `users: { u: { password: [${secret}] } }`],
    ["under a misspelt key", `users: { u: { pasword: ${secret} } }`],
  ];
  for (const [what, text] of files) {
    it(`shows none ${what}`, () => {
      const error = labFailure(text, { S: secret });
      const shown = error.message + JSON.stringify(error.details);
      expect(shown).to.not.include(secret).and.not.include("12zz");
    });
  }
});
