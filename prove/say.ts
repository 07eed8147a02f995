/** Replaces the progress line on the terminal; in a log each is a line of its own. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
  else process.stderr.write(`${text}\n`);
}

/** Ends the progress line. */
export function endProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
}

/** Prints a line of the result. */
export function result(text: string): void {
  process.stdout.write(`${text}\n`);
}
