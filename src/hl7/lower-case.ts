/** Segments that careless senders write in small letters; a line of text that begins like one of a few more is text. */
const NAMES = new Set(
  (
    'ACC AIG AIL AIP AIS AL1 DB1 DG1 DRG ERR EVN FT1 GT1 IAM IN1 IN2 IN3 MRG MSA NK1 NPU NTE OBR OBX ODS ORC PD1 PID ' +
    'PR1 PRB PRT PV1 PV2 QAK QPD RGS ROL RXA RXC RXD RXE RXG RXO RXR SCH SFT SPM TQ1 TQ2 TXA UB1 UB2'
  ).split(' '),
);

/** `pid|`, `pv1|`, `zpi|` at this place: a segment whose name is in small letters. */
export function startsInLowerCase(text: string, at: number, separator: number): boolean {
  if (text.charCodeAt(at + 3) !== separator) return false;
  const name = text.slice(at, at + 3);
  return /^[a-z][a-z0-9]{2}$/u.test(name) && (name.startsWith('z') || NAMES.has(name.toUpperCase()));
}
