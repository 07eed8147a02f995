import { describe, expect, test } from '@jest/globals';
import { simplify } from '../../../src/core/simplify.ts';
import { loadFollowUp } from '../../../src/triggers/read/load-follow-up.ts';
import { classifyReply, normaliseReply } from '../../../src/triggers/reply.ts';
import { configFiles, knowledge } from './config-files.ts';

const loaded = loadFollowUp(configFiles(), knowledge);
const scope = { now: new Date('2026-11-21T09:00:00+08:00'), zone: 'Asia/Shanghai' };

function riskOf(plan: string, text: string): string {
  const found = loaded.ok ? loaded.value.plans.find((candidate) => candidate.id === plan) : undefined;
  return found === undefined ? 'no plan' : classifyReply(normaliseReply(text, simplify), found, scope).risk;
}

describe('replies after a joint replacement', () => {
  test.each([
    ['伤口疼痛加剧', 'high'],
    ['傷口紅腫', 'high'],
    ['不疼,但是胸闷喘不上气', 'high'],
    ['伤口不疼,有点发烧', 'high'],
    ['今天38.5度', 'high'],
    ['３９度', 'high'],
    ['刀口渗液了', 'high'],
    ['恢复良好', 'low'],
    ['1', 'low'],
    ['１', 'low'],
    ['没什么问题', 'low'],
    ['不疼了,恢复得很好', 'low'],
    ['TD', 'optout'],
    ['ｔｄ', 'optout'],
    [' 退订。', 'optout'],
    ['n', 'optout'],
    ['疼痛没有减轻', 'unclassified'],
    ['没有不疼,一直疼得厉害', 'unclassified'],
    ['请问什么时候拆线', 'unclassified'],
    ['', 'unclassified'],
  ])('%j is %s', (text, risk) => {
    expect(riskOf('joint-replacement-postop', text)).toBe(risk);
  });
});

describe('glucose by text message', () => {
  test.each([
    ['17.2', 'high'],
    ['空腹3.5', 'high'],
    ['今早６.８', 'low'],
    ['忘记测了', 'unclassified'],
  ])('%j is %s', (text, risk) => {
    expect(riskOf('t2dm-monthly-glucose', text)).toBe(risk);
  });
});
