/** The text in lines of at most `width` characters, broken between words; a longer word is broken where it has to be. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/ +/)) {
    let rest = word;
    if (line !== "" && line.length + 1 + rest.length > width) {
      lines.push(line);
      line = "";
    }
    while (line === "" && rest.length > width) {
      lines.push(rest.slice(0, width));
      rest = rest.slice(width);
    }
    line = line === "" ? rest : `${line} ${rest}`;
  }
  if (line !== "" || lines.length === 0) lines.push(line);
  return lines;
}

/** A line that begins with a label of `indent` characters, in lines of at most `width`: further ones are indented by it. */
export function wrapHanging(text: string, width: number, indent: number): string[] {
  if (text.length <= width) return [text];
  const lines = wrap(text.slice(indent), Math.max(width - indent, 1));
  return lines.map((line, index) => (index === 0 ? text.slice(0, indent) : " ".repeat(indent)) + line);
}
