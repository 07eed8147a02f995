/** Codes of DICOM's own vocabulary (PS3.16 annex D) that are no numbers, as R4 lists them: modalities, devices, states. */
const WORDS: ReadonlySet<string> = new Set(
  (
    'ARCHIVE AR AS AU BDUS BI BMD CAD CAPTURE COMP CP CR CS CT DG DM DOCD DSS DX ECG EPS ES F FC FILMD FP FS GM H HC HD ' +
    'IO IVOCT IVUS KER KO LEN LOG LP LS M MC MCD MEDIM MG MP MR NEARLINE NM OAM OCT OFFLINE ONLINE OP OPM OPR OPT OPV ' +
    'OSS OT PR PRINT PT PX REG RF RG RT RTDOSE RTIMAGE RTPLAN RTRECORD RTSTRUCT SEG SM SMR SR SRF TG U UNAVAILABLE US ' +
    'VA VIDD WSD XA XC'
  ).split(' '),
);

/** URI of DICOM's vocabulary in R4, which calls its list of codes complete. */
export const DICOM_SYSTEM = 'http://dicom.nema.org/resources/ontology/DCM';

/** True for a code that has the form of one of DICOM's: six digits, or one of its words. */
export const isDicomCode = (code: string): boolean => /^1\d{5}$/u.test(code) || WORDS.has(code);
