import { tableSystem } from '../../fhir/v2-tables.ts';
import { Memory } from '../run/memory.ts';
import { singleSpaced } from './coded.ts';

const SYSTEM = 'http://terminology.hl7.org/CodeSystem/v2-0203';

/** Names of the codes of HL7 table 0203 as R4 has them. */
const NAMES = [
  'AC=Accreditation/Certification Identifier|ACSN=Accession ID|AM=American Express',
  'AMA=American Medical Association Number|AN=Account number|ANC=Account number Creditor',
  'AND=Account number debitor|ANON=Anonymous identifier|ANT=Temporary Account Number',
  'APRN=Advanced Practice Registered Nurse number|ASID=Ancestor Specimen ID|BA=Bank Account Number',
  'BC=Bank Card Number|BCFN=Birth Certificate File Number|BCT=Birth Certificate',
  'BR=Birth registry number|BRN=Breed Registry Number|BSNR=Primary physician office number',
  'CC=Cost Center number|CONM=Change of Name Document|CY=County number|CZ=Citizenship Card',
  'DC=Death Certificate ID|DCFN=Death Certificate File Number|DDS=Dentist license number',
  'DEA=Drug Enforcement Administration registration number',
  "DFN=Drug Furnishing or prescriptive authority Number|DI=Diner's Club card|DL=Driver's license number",
  'DN=Doctor number|DO=Osteopathic License number|DP=Diplomatic Passport|DPM=Podiatrist license number',
  'DR=Donor Registration Number|DS=Discover Card|EI=Employee number|EN=Employer number',
  'ESN=Staff Enterprise Number|FDR=Fetal Death Report ID|FDRFN=Fetal Death Report File Number',
  'FI=Facility ID|FILL=Filler Identifier|GI=Guarantor internal identifier|GL=General ledger number',
  'GN=Guarantor external identifier|HC=Health Card Number|IND=Indigenous/Aboriginal',
  'JHN=Jurisdictional health number (Canada)|LACSN=Laboratory Accession ID',
  'LANR=Lifelong physician number|LI=Labor and industries number|LN=License number|LR=Local Registry ID',
  "MA=Patient Medicaid number|MB=Member Number|MC=Patient's Medicare number",
  'MCD=Practitioner Medicaid number|MCN=Microchip Number|MCR=Practitioner Medicare number',
  'MCT=Marriage Certificate|MD=Medical License number|MI=Military ID number|MR=Medical record number',
  'MRT=Temporary Medical Record Number|MS=MasterCard|NBSNR=Secondary physician office number',
  'NCT=Naturalization Certificate|NE=National employer identifier|NH=National Health Plan Identifier',
  'NI=National unique individual identifier|NII=National Insurance Organization Identifier',
  'NIIP=National Insurance Payor Identifier (Payor)|NP=Nurse practitioner number',
  'NPI=National provider identifier|OBI=Observation Instance Identifier|OD=Optometrist license number',
  'PA=Physician Assistant number|PC=Parole Card|PCN=Penitentiary/correctional institution Number',
  'PE=Living Subject Enterprise Number|PEN=Pension Number|PHC=Public Health Case Identifier',
  'PHE=Public Health Event Identifier|PHO=Public Health Official ID|PI=Patient internal identifier',
  'PLAC=Placer Identifier|PN=Person number|PNT=Temporary Living Subject Number',
  'PPIN=Medicare/CMS Performing Provider Identification Number|PPN=Passport number',
  'PRC=Permanent Resident Card Number|PRN=Provider number|PT=Patient external identifier|QA=QA number',
  'RI=Resource identifier|RN=Registered Nurse Number|RPH=Pharmacist license number',
  'RR=Railroad Retirement number|RRI=Regional registry ID|RRP=Railroad Retirement Provider',
  'SB=Social Beneficiary Identifier|SID=Specimen ID|SL=State license|SN=Subscriber Number',
  'SNBSN=State assigned NDBS card Identifier|SNO=Serial Number|SP=Study Permit|SR=State registry ID',
  'SS=Social Security number|STN=Shipment Tracking Number|TAX=Tax ID number|TN=Treaty Number/ (Canada)',
  'TPR=Temporary Permanent Resident (Canada)|TRL=Training License Number|U=Unspecified identifier',
  'UDI=Universal Device Identifier',
  "UPIN=Medicare/CMS (formerly HCFA)'s Universal Physician Identification numbers",
  'USID=Unique Specimen ID|VN=Visit number|VP=Visitor Permit|VS=VISA|WC=WIC identifier',
  "WCN=Workers' Comp Number|WP=Work Permit|XV=Health Plan Identifier|XX=Organization identifier",
];

let names: ReadonlyMap<string, string> | undefined;

function nameOf(code: string): string | undefined {
  names ??= new Map(
    NAMES.join('|')
      .split('|')
      .map((pair): [string, string] => {
        const at = pair.indexOf('=');
        return [pair.slice(0, at), pair.slice(at + 1)];
      }),
  );
  return names.get(code);
}

type Concept = Readonly<Record<string, unknown>>;

const types = new Memory<Concept>();

/** The kind of an identifier, a code of table 0203, as CodeableConcept. */
export function identifierType(kind: string): Concept {
  return types.get(kind, () => {
    const code = singleSpaced(kind);
    const display = nameOf(code);
    const system = tableSystem(SYSTEM, code);
    return { coding: [display === undefined ? { system, code } : { system, code, display }] };
  });
}
