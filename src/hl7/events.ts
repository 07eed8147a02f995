/**
 * Message structure by message code and trigger event (HL7 table 0354, v2.1 to v2.8.2). `A21-A23` is a range; an event
 * that an older version gave a structure of its own stands under the latest that can hold it.
 */
const STRUCTURES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ADT: {
    ADT_A01: 'A01 A04 A08 A13',
    ADT_A02: 'A02',
    ADT_A03: 'A03',
    ADT_A05: 'A05 A14 A28 A31',
    ADT_A06: 'A06 A07',
    ADT_A09: 'A09 A10 A11',
    ADT_A12: 'A12',
    ADT_A15: 'A15',
    ADT_A16: 'A16',
    ADT_A17: 'A17',
    ADT_A18: 'A18',
    ADT_A20: 'A20',
    ADT_A21: 'A21-A23 A25-A27 A29 A32 A33',
    ADT_A24: 'A24',
    ADT_A30: 'A30 A34-A36 A46-A49',
    ADT_A37: 'A37',
    ADT_A38: 'A38',
    ADT_A39: 'A39-A42',
    ADT_A43: 'A43 A44',
    ADT_A45: 'A45',
    ADT_A50: 'A50 A51',
    ADT_A52: 'A52 A53',
    ADT_A54: 'A54 A55',
    ADT_A60: 'A60',
    ADT_A61: 'A61 A62',
  },
  ORU: { ORU_R01: 'R01', ORU_R30: 'R30-R32', ORU_R40: 'R40' },
  ORM: { ORM_O01: 'O01' },
  ORR: { ORR_O02: 'O02' },
  OMG: { OMG_O19: 'O19' },
  OML: { OML_O21: 'O21', OML_O33: 'O33', OML_O35: 'O35', OML_O39: 'O39', OML_O59: 'O59' },
  OMI: { OMI_O23: 'O23' },
  OMP: { OMP_O09: 'O09' },
  OMD: { OMD_O03: 'O03' },
  OMS: { OMS_O05: 'O05' },
  OMN: { OMN_O07: 'O07' },
  OMB: { OMB_O27: 'O27' },
  OMQ: { OMQ_O57: 'O57' },
  ORG: { ORG_O20: 'O20' },
  ORL: { ORL_O22: 'O22', ORL_O34: 'O34', ORL_O36: 'O36', ORL_O40: 'O40' },
  ORF: { ORF_R04: 'R04' },
  ORA: { ORA_R33: 'R33', ORA_R41: 'R41' },
  OUL: { OUL_R21: 'R21', OUL_R22: 'R22', OUL_R23: 'R23', OUL_R24: 'R24' },
  RDE: { RDE_O11: 'O11 O25 O01', RDE_O49: 'O49' },
  RDS: { RDS_O13: 'O13 O01' },
  RGV: { RGV_O15: 'O15 O01' },
  RAS: { RAS_O17: 'O17 O01' },
  RRE: { RRE_O12: 'O12 O26 O02' },
  SIU: { SIU_S12: 'S12-S24 S26 S27' },
  SRM: { SRM_S01: 'S01-S11' },
  SRR: { SRR_S01: 'S01-S11' },
  MDM: { MDM_T01: 'T01 T03 T05 T07 T09 T11', MDM_T02: 'T02 T04 T06 T08 T10' },
  DFT: { DFT_P03: 'P03', DFT_P11: 'P11' },
  BAR: { BAR_P01: 'P01', BAR_P02: 'P02', BAR_P05: 'P05', BAR_P06: 'P06', BAR_P10: 'P10', BAR_P12: 'P12' },
  VXU: { VXU_V04: 'V04' },
  VXQ: { VXQ_V01: 'V01' },
  VXR: { VXR_V03: 'V03' },
  VXX: { VXX_V02: 'V02' },
  PPR: { PPR_PC1: 'PC1-PC3' },
  PPG: { PPG_PCG: 'PCG PCH PCJ' },
  PPP: { PPP_PCB: 'PCB PCC PCD' },
  PGL: { PGL_PC6: 'PC6-PC8' },
  PMU: { PMU_B01: 'B01 B02', PMU_B03: 'B03', PMU_B04: 'B04-B06', PMU_B07: 'B07', PMU_B08: 'B08' },
  REF: { REF_I12: 'I12-I15' },
  RRI: { RRI_I12: 'I12-I15' },
  RQI: { RQI_I01: 'I01-I03' },
  RPI: { RPI_I01: 'I01 I04' },
  CRM: { CRM_C01: 'C01-C08' },
  CSU: { CSU_C09: 'C09-C12' },
  CCM: { CCM_I21: 'I21' },
  CCQ: { CCQ_I19: 'I19' },
  MFN: { MFN_M01: 'M01', MFN_M02: 'M02', MFN_M03: 'M03', MFN_M04: 'M04', MFN_M05: 'M05', MFN_M06: 'M06' },
  MFK: { MFK_M01: 'M01-M17' },
  QBP: { QBP_Q11: 'Q11', QBP_Q13: 'Q13', QBP_Q15: 'Q15', QBP_Q21: 'Q21-Q25 Q31' },
  RSP: { RSP_K11: 'K11', RSP_K21: 'K21', RSP_K22: 'K22', RSP_K23: 'K23 K24', RSP_K25: 'K25', RSP_K31: 'K31' },
  QRY: { QRY_A19: 'A19', QRY_PC4: 'PC4 PC9 PCE PCK', QRY_Q01: 'Q01 Q26-Q30', QRY_R02: 'R02' },
  ADR: { ADR_A19: 'A19' },
};

const TABLE = buildTable();

function buildTable(): ReadonlyMap<string, string> {
  const table = new Map<string, string>();
  for (const [code, structures] of Object.entries(STRUCTURES)) {
    for (const [structure, events] of Object.entries(structures)) {
      for (const event of eventsOf(events)) table.set(`${code}^${event}`, structure);
    }
  }
  return table;
}

/** The events of `A01-A03 A08`: each by itself, ranges written out. */
export function eventsOf(text: string): readonly string[] {
  return text.split(' ').flatMap(expand);
}

function expand(events: string): readonly string[] {
  const match = /^([A-Z]+)(\d+)-\1(\d+)$/.exec(events);
  const [, letters, first, last] = match ?? [];
  if (letters === undefined || first === undefined || last === undefined) return [events];
  const all: string[] = [];
  for (let n = Number(first); n <= Number(last); n += 1) all.push(letters + String(n).padStart(first.length, '0'));
  return all;
}

/**
 * Structure of a message by its event. For an event that HL7 defines the table decides, whatever MSH-9.3 says, since
 * senders write `ADT_A08` and versions before 2.3.1 nothing; for others MSH-9.3, else code and event.
 * @param declared MSH-9.3
 */
export function messageStructure(code: string, trigger: string, declared: string): string {
  const known = TABLE.get(`${code}^${trigger}`);
  if (known !== undefined) return known;
  if (declared !== '') return declared;
  return trigger === '' ? code : `${code}_${trigger}`;
}
