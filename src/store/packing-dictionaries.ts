// What rows of any hospital have in common, for the compression of stored rows (docs/decisions/0007-packed-rows.md):
// skeletons of what is written most, not lists of all that there could be. Rows are stored that cannot be read without
// these texts: they are never changed. A better one is added to `DICTIONARIES`, and is used from then on.

const v3 = 'http://terminology.hl7.org/CodeSystem/v3-';
const v2 = 'http://terminology.hl7.org/CodeSystem/v2-';
const hl7 = 'http://terminology.hl7.org/CodeSystem/';

function coding(system: string, code: string, display?: string): string {
  return `"coding":[{"system":"${system}","code":"${code}"${display === undefined ? '' : `,"display":"${display}"`}}]`;
}

const day = '2026-01-01T00:00:00';

const SYSTEMS = [
  'http://loinc.org',
  'http://snomed.info/sct',
  'http://hl7.org/fhir/sid/icd-10',
  'http://hl7.org/fhir/sid/icd-9-cm',
  'http://www.whocc.no/atc',
  'urn:ietf:bcp:47',
  'urn:ietf:rfc:3986',
  'urn:dicom:uid',
  'urn:oid:2.16.840.1.113883.2.23.1.19.1',
  `${hl7}observation-category`,
  `${hl7}condition-category`,
  `${hl7}condition-ver-status`,
  `${hl7}allergyintolerance-verification`,
  `${hl7}location-physical-type`,
  `${hl7}diagnosis-role`,
  `${hl7}organization-type`,
  `${hl7}consentscope`,
  `${hl7}coverage-class`,
];

const TYPES =
  'Patient Encounter Observation Condition DiagnosticReport ServiceRequest Specimen Procedure MedicationRequest ' +
  'MedicationAdministration AllergyIntolerance Immunization Coverage RelatedPerson Location Organization ' +
  'PractitionerRole Appointment ImagingStudy DocumentReference Consent Account DetectedIssue Task Practitioner';

/** What the engine writes beside FHIR: journal, events, source records, notes, patient documents. */
const OWN = [
  `{"state":"stored","channel":"his","source":"HIS","contentType":"application/hl7-v2","receivedAt":"${day}.000Z","peer":"","lanes":["`,
  `"],"accepted":true,"crashes":0,"replays":0,"problems":[],"warnings":[],"unmapped":[],"event":"ADT^A01","control":"`,
  `","controlHash":"`,
  `{"state":"done","channel":"lis","source":"LIS","contentType":"application/hl7-v2","receivedAt":"`,
  `"event":"ORU^R01","doneAt":"${day}.000Z","mapping":"","resources":["Patient/","Encounter/`,
  `"unmapped":[{"path":"PV1-3","value":"","code":"","message":"`,
  `{"ref":"Condition/`,
  `{"ref":"DiagnosticReport/`,
  `{"ref":"Encounter/`,
  `{"ref":"Observation/`,
  `","encounter":"Encounter/`,
  `","message":"`,
  `{"s":[[17`,
  `,"HIS"]],"e":{"status":0,"class":0,"subject":0,"period":0,"gender":0,"birthDate":0,"address":0}`,
  `,"u":{"identifier":[["PID-3|HIS|MR",1,0],["PID-3|MPS|NI",1,0]],"name":[["PID-5",1,0]],"telecom":[["PID-13",1,0]]},"n":"HIS","c":"HIS"}`,
  `,"LIS",1]],"u":{"identifier":["OBR-2","OBR-3"],"result":[["$observation",`,
  `,"u":{"identifier":["PV1-19"],"participant":["PV1-7"],"location":["PV1-3"]},"n":"HIS","m":[[`,
  `"source":"HIS","state":"live","generation":1,"firstAt":"`,
  `","lastAt":"`,
  `"messages":{"1":"`,
  `"key":{"namespace":"HIS","kind":"MR","value":"`,
  `"patient":{"resourceType":"Patient","id":"`,
  `"copy":{"names":[{"text":"","pinyin":["`,
  `"birth":{"date":"19","precision":"day"},"sex":"male","ids":[{"type":"01","value":"`,
  `","valid":true,"birth":"`,
  `"phones":["13`,
  `"numbers":[{"namespace":"`,
  `{"members":[{"rec":"","src":"HIS","ids":[{"t":"MR","v":"`,
  `"},{"t":"NI","v":"`,
  `"live":true,"lastAt":{"$date":17`,
  `"name":"","names":[{"v":"","use":"official"}],"pinyin":["","sex":"female","birthDate":"19","birthPrecision":"day","deceased":null,"marital":"married","idNumber":{"v":"","type":"01","valid":true},"phones":[{"v":"1","use":"mobile","owner":"self","state":"ok"}],"emails":[],"address":{"region":"","city":"","line":{"v":"`,
  `"},"from":{"name":{"rec":"","msg":"","hl7":"PID-5","why":"only","at":{"$date":1795578716000}},"sex":{"rec":"`,
  `"hl7":"PID-8","why":"valid-id-number","at":{"$date":17`,
  `"birthDate":{"rec":"`,
  `"hl7":"PID-7","why":"newest","at":{"$date":17`,
  `"marital":{"rec":"`,
  `"hl7":"PID-16","why":"only","at":{"$date":17`,
  `"address":{"rec":"`,
  `"hl7":"PID-11","why":"only","at":{"$date":17`,
  `"phones.0":{"rec":"`,
  `"hl7":"PID-13","why":"only","at":{"$date":17`,
  `"conflicts":[],"security":{"labels":[],"hideFrom":[]},"keys":["id:HIS|MR|`,
  `","idn:01|`,
  `","rec:`,
  `","tel:1`,
  `"concepts":[{"id":"hypertension","state":"active","since":"2026-`,
  `"p":[["HIS","Condition/`,
  `"measures":{"n":0,"list":[]},"marks":[],"conditions":{"n":1,"list":[{"code":"","sys":"icd10","text":"","state":"active","since":"`,
  `"seen":1,"p":[["HIS","Observation/`,
  `{"at":"","by":[],"v":0,"unit":"mmol/L","flag":"H","low":0,"high":10,"last":{"`,
  `"allergies":{"n":1,"state":"known","list":[{"what":"青霉素","kind":"drug","crit":"high","reaction":"`,
  `"medications":{"n":0,"list":[]},"imaging":{"n":0,"list":[]},"procedures":{"n":0,"list":[]},"reports":{"n":0,"list":[]},"visits":{"n":1,"list":[{"no":"","class":"IMP","dept":"","campus":"","doctor":"","start":"`,
  `"state":"in-progress","p":[["HIS","Encounter/`,
  `"first":"`,
  `"last":"`,
  `"open":"Encounter/`,
  `"noShow":0,"byClass":{"AMB":0,"IMP":1,"EMER":0,"HC":0},"next":[]},"contacts":[{"name":"","rel":"spouse","phone":{"v":"1`,
  `"guardian":false,"p":[["HIS","RelatedPerson/`,
  `"consents":[],"optOut":[],"alerts":[],"schema":"jingluo.patient/1","asOf":"`,
  `"changedAt":"2026-`,
  `{"$date":17`,
].join('');

/** FHIR resources as the record writes them: whole elements with their usual codes, in their usual order. */
const FHIR = [
  ...SYSTEMS.map((system) => `{"coding":[{"system":"${system}","code":"`),
  `"valueCodeableConcept":{"coding":[{"code":"`,
  `"valueString":"阴性(-)"`,
  `"valueString":"阳性(+)"`,
  `"valueDateTime":"${day}+08:00"`,
  `"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/`,
  `"dosageInstruction":[{"text":"","timing":{"code":{"text":"","repeat":{"frequency":1,"period":1,"periodUnit":"d"}},"route":{"coding":[{"code":"口服"}],"text":"口服"},"doseAndRate":[{"doseQuantity":{"value":`,
  `"medicationCodeableConcept":{"coding":[{"system":"`,
  `"authoredOn":"${day}+08:00","intent":"order","status":"completed"`,
  `"performedDateTime":"${day}+08:00","performer":[{"actor":{"reference":"Practitioner/`,
  `"participant":[{"actor":{"reference":"Location/`,
  `"relationship":[{${coding(`${v3}RoleCode`, 'SPS', 'spouse')},"text":"配偶"},{${coding(`${v2}0131`, 'C', 'Emergency Contact')}]`,
  `"maritalStatus":{${coding(`${v3}MaritalStatus`, 'M', 'Married')}},"communication":[{"language":{${coding('urn:ietf:bcp:47', 'zh', 'Chinese')},"text":"`,
  `"telecom":[{"system":"phone","value":"13","use":"mobile"}],"gender":"female","birthDate":"19`,
  `"telecom":[{"system":"email","value":"`,
  `"gender":"male","birthDate":"19","address":[{"use":"home","text":"省市区街道路号","line":["`,
  `"],"city":"市","state":"省","postalCode":"","country":"CHN"}]`,
  `"name":[{"use":"official","text":"王","family":"李","given":["`,
  `"identifier":[{"type":{${coding(`${v2}0203`, 'NI')}},"system":"urn:oid:2.16.840.1.113883.2.23.1.19.1","value":"`,
  `"clinicalStatus":{${coding(`${hl7}allergyintolerance-clinical`, 'active')}},"category":["medication"],"criticality":"high","code":{"coding":[{"code":"`,
  `"reaction":[{"manifestation":[{"text":"皮疹"}],"severity":"moderate"}]`,
  `"beneficiary":{"reference":"Patient/`,
  `"payor":[{"reference":"Organization/`,
  `"clinicalStatus":{${coding(`${hl7}condition-clinical`, 'active')}},"category":[{${coding(`${hl7}condition-category`, 'encounter-diagnosis', 'Encounter Diagnosis')}}],"code":{${coding('http://hl7.org/fhir/sid/icd-10', 'I10', '高血压')},"text":"`,
  `"},"onsetDateTime":"${day}+08:00","recordedDate":"`,
  `"status":"in-progress","class":{"system":"${v3}ActCode","code":"IMP","display":"inpatient encounter"},"serviceType":{"coding":[{"code":"内科"}]},"priority":{${coding(`${v3}ActPriority`, 'R', 'routine')}},"subject":{"reference":"Patient/`,
  `"status":"finished","class":{"system":"${v3}ActCode","code":"AMB","display":"ambulatory"}`,
  `"class":{"system":"${v3}ActCode","code":"EMER","display":"emergency"}`,
  `"period":{"start":"${day}+08:00","end":"${day}+08:00"},"participant":[{"type":[{${coding(`${v3}ParticipationType`, 'ATND', 'attender')}}],"individual":{"reference":"Practitioner/`,
  `"},"location":[{"location":{"reference":"Location/","display":"科床"},"status":"active"}],"serviceProvider":{"reference":"Organization/","display":"医院"},"reasonCode":[{"text":"`,
  `"diagnosis":[{"condition":{"reference":"Condition/","use":{${coding(`${hl7}diagnosis-role`, 'AD', 'Admission diagnosis')}`,
  `"hospitalization":{"admitSource":{${coding(`${v2}0023`, '1')}},"dischargeDisposition":{${coding(`${v2}0112`, '01')}`,
  `"mode":"instance","name":"科","physicalType":{${coding(`${hl7}location-physical-type`, 'bd', 'Bed')}}`,
  `"partOf":{"reference":"Location/`,
  `"specimen":[{"reference":"Specimen/`,
  `"collection":{"collectedDateTime":"${day}+08:00"},"receivedTime":"`,
  `"presentedForm":[{"contentType":"application/pdf","conclusion":"`,
  `"resultsInterpreter":[{"reference":"Practitioner/`,
  `"status":"active","identifier":[{"type":{${coding(`${v2}0203`, 'PLAC')}},"system":"urn:jingluo:namespace:","value":"`,
  `"},{"type":{${coding(`${v2}0203`, 'FILL')}},"system":"urn:jingluo:namespace:","value":"`,
  `"}],"intent":"order","category":[{${coding(`${v2}0074`, 'LAB', '检验')}}],"code":{"coding":[{"code":"`,
  `"requester":{"reference":"Practitioner/`,
  `"result":[{"reference":"Observation/"},{"reference":"Observation/`,
  `"basedOn":[{"reference":"ServiceRequest/"}],"status":"final","category":[{${coding(`${hl7}observation-category`, 'laboratory', 'Laboratory')}}],"code":{"coding":[{"system":"http://loinc.org","code":"`,
  `"},{"system":"urn:jingluo:codes:%E","code":"","display":"`,
  `"}],"text":"`,
  `"},"subject":{"reference":"Patient/`,
  `"},"patient":{"reference":"Patient/`,
  `"},"encounter":{"reference":"Encounter/`,
  `"},"effectiveDateTime":"${day}+08:00","issued":"${day}+08:00"`,
  `"valueQuantity":{"value":1.0,"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"},"interpretation":[{${coding(`${v3}ObservationInterpretation`, 'N', 'Normal')}}],"referenceRange":[{"low":{"value":0.5,"unit":"g/L","system":"http://unitsofmeasure.org","code":"g/L"},"high":{"value":10,"unit":"%","system":"http://unitsofmeasure.org","code":"%"},"text":"`,
  `"code":"H","display":"High"}]}]`,
  `"code":"L","display":"Low"}]}]`,
  `"unit":"10*9/L","system":"http://unitsofmeasure.org","code":"10*9/L"}`,
  `"unit":"umol/L","system":"http://unitsofmeasure.org","code":"U/L"}`,
  `"priority":"urgent","code":{"coding":[{"system":"urn:jingluo:work","code":"task"}],"text":"`,
  `"for":{"reference":"Patient/`,
  `"owner":{"identifier":{"system":"urn:jingluo:staff","value":"follow-up-team"},"display":"`,
  `{"reference":"Observation/`,
  ...TYPES.split(' ').map((type) => `{"resourceType":"${type}","id":"`),
  `","meta":{"versionId":"1","lastUpdated":"${day}.000Z","source":"urn:jingluo:message:`,
  `"},"identifier":[{"type":{${coding(`${v2}0203`, 'MR')}},"system":"urn:jingluo:namespace:HIS","value":"`,
  `"},{"type":{${coding(`${v2}0203`, 'VN')}},"system":"urn:jingluo:namespace:`,
  `"}],"name":[{"text":"`,
].join('');

/** HL7 v2 messages as they arrive. */
const HL7 = [
  'MSH|^~\\&|HIS|HOSP|JINGLUO|HOSP|20260101000000||ADT^A01^ADT_A01|',
  '||ORU^R01^ORU_R01|||P|2.5|||AL|NE|CHN|UNICODE UTF-8\r',
  '|P|2.5.1|||||CHN|UNICODE UTF-8\rEVN|A01|20260101000000\r',
  'PID|1||^^^HIS^MR~^^^MPS^NI||^^^^^^L||19|M|||^^^^^CHN^H||^PRN^CP^^^1||ZH|M\r',
  'NK1|1|^^^^^^L|SPO^配偶|^^^^^CHN|^PRN^PH\r',
  'PV1|1|I|^^^^^^^^||||^^^^^^^^HIS^L||||||||||||',
  '|||||||||||||||||||||||||2026\r',
  'AL1|1|DA|^青霉素|SV|皮疹\rDG1|1||I10^高血压^ICD10||2026|A\rIN1|1|',
  'ORC|RE|^HIS|^LIS||CM\rOBR|1|^HIS|^LIS|^^L|||2026',
  '|||F\rOBX|1|NM|718-7^血红蛋白^LN||120|g/L|115-150|N|||F|||2026',
  '\rOBX|2|ST|^^LN||阴性|||N|||F\rOBX|10|NM|^^LN||1|10*9/L|3.5-9.5|H|||F\rOBX|11|NM|',
].join('');

/** The dictionaries by their number in packed rows. */
export const DICTIONARIES: readonly Buffer[] = [OWN, OWN + FHIR, HL7].map((text) => Buffer.from(text, 'utf8'));

/** Dictionary of journal, events, patient documents and everything else that the engine writes. */
export const OWN_DICTIONARY = 0;
/** Dictionary of FHIR resources. */
export const FHIR_DICTIONARY = 1;
/** Dictionary of messages. */
export const HL7_DICTIONARY = 2;
