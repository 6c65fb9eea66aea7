// The lines of a file, which end with byte 10 and with nothing else. Node's own readline also takes U+2028 and U+2029
// for an end, which may stand in anybody's text.

const NEWLINE = 10;

export interface FileLine {
  readonly text: string;
  /** Where it ends in the file, in bytes. */
  readonly end: number;
  /** Whether its newline is there: the last line of a file that was broken off may lack it. */
  readonly whole: boolean;
}

export async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncIterable<FileLine> {
  let pieces: Uint8Array[] = [];
  let end = 0;
  const line = (whole: boolean): FileLine => ({ text: Buffer.concat(pieces).toString(), end, whole });
  for await (const chunk of input) {
    let rest = chunk;
    for (let at = rest.indexOf(NEWLINE); at >= 0; at = rest.indexOf(NEWLINE)) {
      pieces.push(rest.subarray(0, at));
      end += at + 1;
      yield line(true);
      pieces = [];
      rest = rest.subarray(at + 1);
    }
    if (rest.length > 0) pieces.push(rest);
    end += rest.length;
  }
  if (pieces.length > 0) yield line(false);
}
