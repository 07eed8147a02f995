import { describe, expect, test } from '@jest/globals';
import { formatProblem } from '../../../src/core/problem.ts';
import { loadFollowUp } from '../../../src/triggers/read/load-follow-up.ts';
import { configFiles, knowledge } from './config-files.ts';

const files = configFiles();
const joint = files.plans.find((file) => file.path.endsWith('joint.yaml'))?.text ?? '';

function faultsOf(change: (text: string) => string): readonly string[] {
  const plans = [{ path: 'p.yaml', text: change(joint) }];
  const loaded = loadFollowUp({ ...files, plans }, knowledge);
  return loaded.ok ? [] : loaded.error.map(formatProblem);
}

describe('the follow-up files of the repository', () => {
  test('all load', () => {
    const loaded = loadFollowUp(files, knowledge);
    expect(loaded.ok ? loaded.value.plans.map((plan) => plan.id) : loaded.error.map(formatProblem)).toEqual([
      'chemo-side-effect-d3',
      'critical-value',
      'joint-replacement-postop',
      'pregnancy-calendar',
      't2dm-monthly-glucose',
    ]);
  });

  test('each plan lists exactly the types that it reads', () => {
    const loaded = loadFollowUp(files, knowledge);
    const reads = loaded.ok ? Object.fromEntries(loaded.value.plans.map((plan) => [plan.id, plan.reads])) : {};
    expect(reads).toMatchObject({
      'joint-replacement-postop': ['Procedure'],
      'critical-value': [],
      't2dm-monthly-glucose': ['Condition', 'Observation', 'Patient'],
    });
  });
});

describe('faults of a plan, with file, line and column', () => {
  test.each<[string, string, string, RegExp]>([
    [
      'a misspelt setting',
      'late: send }',
      'lates: send }',
      /^p\.yaml:\d+:\d+ steps\.0\.at: there is no setting `lates` here; did you mean `late`\?/,
    ],
    [
      'an unquoted text with a comma',
      "'术后第7天未回复,请电话回访'",
      '未回复, 请电话回访',
      /there is no setting `请电话回访` here/,
    ],
    [
      'an unknown template',
      'template: joint-d3-medication',
      'template: joint-d3-medicatoin',
      /there is no template `joint-d3-medicatoin`; did you mean `joint-d3-medication`\?/,
    ],
    [
      'an unknown anchor',
      'anchor: surgery, offset: P3D',
      'anchor: surgrey, offset: P3D',
      /there is no anchor `surgrey`; did you mean `surgery`\?/,
    ],
    ['an unknown event', 'patient.deceased', 'patient.died', /expected one of .*patient\.deceased/],
    [
      'a misspelt path',
      "%event.encounter.status = 'finished'",
      "%event.encounter.statsu = 'finished'",
      /`Encounter` has no `statsu`; did you mean `status`\?/,
    ],
    [
      'a misspelt member of the document',
      '%doc.procedures',
      '%doc.procedure',
      /`%doc` has no `procedure`; did you mean `procedures`\?/,
    ],
    [
      'a syntax error in FHIRPath',
      "key: '%event.encounter.id'",
      'key: "%event.encounter.("',
      /this is not a FHIRPath expression/,
    ],
    [
      'a key with a patient id',
      "key: '%event.encounter.id'",
      'key: "%event.encounter.subject.reference"',
      /may not hold person or patient ids/,
    ],
    ['a duration that is none', 'offset: P3D', 'offset: 3 days', /trigger\.plan-invalid/],
    ['a wrong pattern', '"发(高)?烧', '"发(高?烧', /not a regular expression/],
    [
      'a read without bound',
      "%doc.procedures.where(encounter.reference = 'Encounter/' + %enrolment.key and code.coding.where(code.startsWith('81.51') or code.startsWith('81.54')).exists())",
      '%doc.procedures',
      /must be narrowed at once/,
    ],
    [
      'quiet hours overridden for a patient',
      'title: 术后第3天用药提醒',
      'quietHours: override',
      /may not override quiet hours/,
    ],
    [
      'an unknown concept',
      "key: '%event.encounter.id'",
      'key: "%doc.conditions.concept(\'t2d\').id"',
      /there is no concept `t2d`/,
    ],
    ['broken YAML', 'kind: FollowUpPlan', 'kind: [FollowUpPlan', /trigger\.yaml-invalid/],
    ['the same step twice', 'id: d7-rehab', 'id: d3-medication', /step `d3-medication` stands already in line \d+/],
  ])('%s', (_name, right, wrong, expected) => {
    expect(joint).toContain(right);
    const faults = faultsOf((text) => text.replace(right, wrong));
    expect(faults.find((fault) => expected.test(fault)) ?? faults).toMatch(expected);
    expect(faults.every((fault) => /^p\.yaml:\d+:\d+/.test(fault))).toBe(true);
  });

  test('are all told at once', () => {
    const faults = faultsOf((text) =>
      text
        .replace('anchor: surgery, offset: P3D', 'anchor: x, offset: P3D')
        .replace('template: joint-d3-medication', 'template: nothing'),
    );
    expect(faults).toHaveLength(2);
  });
});

describe('faults of templates and the directory', () => {
  test('a diagnosis word in a text for patients', () => {
    const text =
      'diagnosisWords: [癌]\ntemplates:\n  - { id: a, version: 1.0.0, audience: patient, text: "癌症复查" }\n';
    const loaded = loadFollowUp({ ...files, plans: [], templates: [{ path: 't.yaml', text }] }, knowledge);
    expect(loaded.ok ? [] : loaded.error.map((fault) => fault.code)).toEqual(['trigger.template-diagnosis']);
  });

  test('broken Liquid', () => {
    const text = 'templates:\n  - { id: a, version: 1.0.0, audience: patient, text: "{{ patient.name" }\n';
    const loaded = loadFollowUp({ ...files, plans: [], templates: [{ path: 't.yaml', text }] }, knowledge);
    expect(loaded.ok ? [] : loaded.error.map((fault) => fault.code)).toEqual(['trigger.template-invalid']);
  });

  test('a role of somebody who does not exist', () => {
    const text = 'staff:\n  - { id: D0900, name: x }\nroles:\n  on-call: [D0901]\n';
    const loaded = loadFollowUp({ ...files, plans: [], directory: { path: 'd.yaml', text } }, knowledge);
    expect(loaded.ok ? [] : loaded.error.map(formatProblem)).toEqual([
      'd.yaml:4:13 roles.on-call.0: there is no member of staff `D0901`; did you mean `D0900`? [trigger.name-unknown]',
    ]);
  });
});
