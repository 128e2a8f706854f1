export { DotsReporter, ListReporter, QuietReporter, type ConsoleOptions } from "./console.ts";
export { renderCtrf } from "./ctrf.ts";
export { renderHtml } from "./html/render-html.ts";
export { renderJunit } from "./junit.ts";
export { renderLadder, type LadderOptions } from "./ladder.ts";
export { messageLabel } from "./message-label.ts";
export { COLOURED, PLAIN, wantsColour, type Style } from "./style.ts";
export { latestAttempts, summarize, troubles, type Summary } from "./summary.ts";
export { renderSummary, renderTroubles, verdictSign, type TextReportOptions } from "./text-report.ts";
