/**
 * The text without control characters: what a peer sent must not reach a terminal as a command. Line ends stay when
 * `keepLines` is set.
 */
export function printable(text: string, keepLines = false): string {
  const clean = text.replace(/\r\n/g, "\n").replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, "·");
  return keepLines ? clean : clean.replace(/[\n\t]/g, "·");
}
