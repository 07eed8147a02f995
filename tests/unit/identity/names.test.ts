import { describe, expect, test } from '@jest/globals';

import { birthOf, compareBirths } from '../../../src/identity/birth.ts';
import { compareNames, motherOf, nameCopy, type NameCopy } from '../../../src/identity/name.ts';

const copy = (text: string): NameCopy => nameCopy({ text }) ?? { text: '', pinyin: [] };

describe('names', () => {
  test.each([
    [{ text: ' 張　偉 ' }, '张伟', ['zhangwei']],
    [{ family: '张', given: ['伟'] }, '张伟', ['zhangwei']],
    [{ text: '买买提•艾力' }, '买买提·艾力', ['maimaitiaili']],
    [{ text: '买买提．艾力' }, '买买提·艾力', ['maimaitiaili']],
    [{ text: '王𬭎' }, '王𬭎', ['wanghong']],
    [{ text: '单雄信' }, '单雄信', ['shanxiongxin', 'danxiongxin']],
    [{ text: '仇英' }, '仇英', ['qiuying', 'chouying']],
    [{ text: '吕布' }, '吕布', ['lvbu']],
    [{ family: 'ZHANG', given: ['WEI'] }, 'zhangwei', ['zhangwei', 'weizhang']],
    [{ text: 'LYU BU' }, 'lvbu', ['lvbu', 'bulv']],
    [{ text: '王?' }, '王?', ['wang?']],
    [{ text: '王〓' }, '王?', ['wang?']],
  ])('%j', (parts, text, pinyin) => {
    expect(nameCopy(parts)).toMatchObject({ text, pinyin });
  });

  test.each(['无名氏', '无名氏2', '急诊无名氏', '未知', 'UNKNOWN', '无名 男'])('%s is nobody known', (text) => {
    expect(copy(text).unknown).toBe(true);
  });

  test.each(['', ' ', '123'])('"%s" is no name', (text) => {
    expect(nameCopy({ text })).toBeUndefined();
  });

  test.each([
    ['张伟', '張偉', 'equal'],
    ['买买提·艾力', '买买提艾力', 'equal'],
    ['张伟', '章伟', 'pinyin'],
    ['张伟', 'ZHANG WEI', 'pinyin'],
    ['张伟', 'Wei Zhang', 'pinyin'],
    ['单雄信', 'DAN XIONGXIN', 'pinyin'],
    ['王𬭎', '王?', 'wildcard'],
    ['买买提', '买买提·艾力', 'wildcard'],
    ['张伟', '张强', 'one-char'],
    ['张小伟', '张伟', 'one-char'],
    ['张伟', '张建国', 'surname'],
    ['张伟', '王芳', 'different'],
    ['??', '张伟', 'different'],
  ])('%s and %s: %s', (a, b, level) => {
    expect(compareNames([copy(a)], [copy(b)])).toBe(level);
    expect(compareNames([copy(b)], [copy(a)])).toBe(level);
  });

  test.each([
    ['孙丽之女', '孙丽'],
    ['孙丽之子', '孙丽'],
    ['孙丽之大女', '孙丽'],
    ['孙丽之子乙', '孙丽'],
    ['孙丽婴儿', '孙丽'],
    ['孙丽', undefined],
    ['王之女', undefined],
  ])('the mother of %s', (text, mother) => {
    expect(motherOf(text)).toBe(mother);
  });
});

describe('birth dates', () => {
  test.each([
    ['1968-03-12', undefined, { date: '1968-03-12', precision: 'day' }],
    ['1968-01-01', undefined, { date: '1968', precision: 'year' }],
    ['1968-01-01', '1968-03-12', { date: '1968-03-12', precision: 'day' }],
    ['1968', undefined, { date: '1968', precision: 'year' }],
    ['1900-01-01', undefined, undefined],
    [undefined, '1968-03-12', { date: '1968-03-12', precision: 'day' }],
  ])('%s with an ID number of %s', (raw, id, expected) => {
    expect(birthOf(raw, id)).toEqual(expected);
  });

  test.each([
    ['1968-03-12', '1968-03-12', 'equal'],
    ['1968-03-12', '1968-03-13', 'one-edit'],
    ['1968-03-12', '1968-03-21', 'one-edit'],
    ['1968-03-12', '1968-12-03', 'one-edit'],
    ['1968-01-01', '1969-05-06', 'year'],
    ['1968-01-01', '1971-05-06', 'different'],
    ['1968-03-12', '1968-11-30', 'part'],
    ['1968-03-12', '1999-09-09', 'different'],
    ['1968-03-12', undefined, 'missing'],
  ])('%s and %s: %s', (a, b, level) => {
    expect(compareBirths(birthOf(a, undefined), birthOf(b, undefined))).toBe(level);
  });
});
