/**
 * Tables of coded fields (HL7 v2.9 chapters 3 to 17, attribute tables) that R4 knows as code systems: `number:table`. A
 * field whose codes are the user's alone is not here.
 */
const FIELD_TABLES: Readonly<Record<string, string>> = {
  ACC: '5:0136 6:0136 10:0136',
  AL1: '2:0127 4:0128',
  ARQ: '7:0276 8:0277',
  ARV: '2:0206',
  CTD: '1:0131 6:0185',
  DB1: '2:0334',
  DG1: '6:0052 9:0136 15:0359 17:0228 18:0136 21:0206 25:0731 26:0895',
  EVN: '4:0062',
  FT1: '6:0017 27:0206',
  GT1: '9:0001 11:0063 20:0066',
  IAM: '2:0127 4:0128 9:0436 14:0063 17:0438',
  IN1: '17:0063 20:0135 21:0173 23:0136 25:0136 27:0093 42:0066 43:0001',
  MSH: '15:0155 16:0155',
  NK1: '3:0063 7:0131 14:0002 15:0001 17:0223 18:0009 21:0220 22:0215 23:0136 24:0231 28:0189 34:0311 36:0295',
  NPU: '2:0116',
  NTE: '4:0364',
  OBR: '11:0065 24:0074 25:0123 30:0124 41:0224 42:0225 45:0340 46:0411 49:0507',
  OBX: '2:0125 8:0078 10:0080 11:0085 30:0909',
  ORC: '1:0119 5:0038 6:0121 20:0339 28:0177 29:0482 30:0483',
  PD1: '1:0223 2:0220 5:0295 7:0315 8:0316 9:0136 11:0215 12:0136 15:0435 16:0441 19:0140 20:0141 21:0142',
  PDA: '3:0136 6:0136 9:0136',
  PID: '8:0001 16:0002 22:0189 24:0136 30:0136 31:0136 32:0445 38:0429',
  PR1: '2:0089 6:0230 14:0418 17:0416 18:0417 20:0206',
  PRD: '1:0286 6:0185',
  PRT: '2:0287 4:0912',
  PV1: '2:0004 4:0007 10:0069 12:0087 13:0092 14:0023 15:0009 16:0099 36:0112 39:0115 40:0116 41:0117 51:0326',
  PV2: '7:0130 16:0213 18:0214 19:0136 21:0215 22:0136 24:0216 25:0217 27:0112 30:0218 32:0136 34:0136 36:0136 37:0136 38:0430 39:0431 40:0432 41:0433 42:0434 43:0315 44:0316 45:0435',
  RF1: '1:0283 2:0280 3:0281 4:0282 5:0284',
  ROL: '2:0287 3:0443 10:0406',
  RXA: '20:0322 21:0206',
  RXC: '1:0166',
  RXE: '9:0167',
  RXO: '9:0161',
  RXR: '1:0162 2:0550 3:0164 4:0165 6:0495',
  SCH: '7:0276 8:0277 25:0278',
  SPM: '4:0487 6:0371 7:0488 11:0369 15:0376 16:0489 20:0136 21:0490 22:0491 23:0492 24:0493 28:0544',
  TQ1: '9:0485 12:0427',
  TXA: '2:0270 3:0191 17:0271 18:0272 19:0273 20:0275',
};

const BASE = 'http://terminology.hl7.org/CodeSystem/v2-';

function readSegment(text: string): readonly (string | undefined)[] {
  const systems: (string | undefined)[] = [];
  for (const pair of text.split(' ')) {
    const [field, table = ''] = pair.split(':');
    systems[Number(field)] = BASE + table;
  }
  return systems;
}

let systems: ReadonlyMap<string, readonly (string | undefined)[]> | undefined;

/** The coding system of a field whose codes come from a table of the standard; undefined for any other field. */
export function fieldSystem(segment: string, field: number): string | undefined {
  systems ??= new Map(Object.entries(FIELD_TABLES).map(([name, text]) => [name, readSegment(text)]));
  return systems.get(segment)?.[field];
}
