import type { ProblemCode } from '../core/problem.ts';
import { PROBLEMS } from '../core/problems/index.ts';

/** Languages in which acknowledgements explain themselves. */
export type AckLanguage = 'en' | 'zh';

/** Conditions of HL7 table 0357 with their English and Chinese texts. */
const CONDITIONS: Readonly<Record<string, readonly [en: string, zh: string]>> = {
  '0': ['Message accepted', '消息已接收'],
  '100': ['Segment sequence error', '消息段顺序错误'],
  '101': ['Required field missing', '缺少必填字段'],
  '102': ['Data type error', '数据类型错误'],
  '103': ['Table value not found', '代码表中无此值'],
  '200': ['Unsupported message type', '不支持的消息类型'],
  '201': ['Unsupported event code', '不支持的事件代码'],
  '202': ['Unsupported processing id', '不支持的处理标识'],
  '203': ['Unsupported version id', '不支持的版本'],
  '204': ['Unknown key identifier', '未知的关键标识'],
  '205': ['Duplicate key identifier', '关键标识重复'],
  '206': ['Application record locked', '记录被锁定'],
  '207': ['Application internal error', '应用程序内部错误'],
};

/** Condition of table 0357 and Chinese text of problems that senders are told of; others are 207. */
const EXPLAINED: Readonly<Record<string, readonly [condition: string, zh: string]>> = {
  'hl7.empty': ['100', '消息为空'],
  'hl7.no-msh': ['100', '内容不是以 MSH 段开头，不是 HL7 v2 消息'],
  'hl7.charset-unsupported': ['103', 'MSH-18 声明的字符集不受支持，请使用 UNICODE UTF-8 或 GB 18030-2000'],
  'hl7.charset-invalid': ['102', '消息字节与声明的字符集、UTF-8、GB18030 均不符'],
  'hl7.segment-missing': ['100', '缺少必需的消息段'],
  'pipeline.key-field-missing': ['101', '缺少使用该消息所必需的字段'],
  'pipeline.no-control-id': ['101', 'MSH-10（消息控制号）为空'],
  'pipeline.unknown-content-type': ['200', '不支持的内容类型'],
  'pipeline.queries-off': ['200', '该通道不回答查询'],
  'pipeline.query-unsupported': ['201', '不支持的查询'],
  'pipeline.query-invalid': ['102', '查询参数无法识别'],
  'pipeline.query-key-unknown': ['204', '未知的患者标识'],
  'pipeline.query-domain-unknown': ['204', '未知的患者标识域'],
  'pipeline.query-key-ambiguous': ['205', '该患者标识对应多名患者'],
  'pipeline.pending': ['207', '消息已保存，正在等待处理'],
  'channel.not-hl7': ['100', '收到的不是带 MLLP 帧的 HL7 v2 消息'],
  'channel.message-too-large': ['207', '消息超过长度上限'],
};

/** What an ERR segment says of a problem: condition of table 0357 with its text, and one sentence for the user. */
export interface AckText {
  readonly condition: string;
  readonly conditionText: string;
  readonly userText: string;
}

/** Words an acknowledgement for a code of the catalogue, in a language. */
export function ackText(code: ProblemCode, language: AckLanguage, condition?: string): AckText {
  const explained = EXPLAINED[code];
  const number = condition ?? explained?.[0] ?? '207';
  const [en, zh] = CONDITIONS[number] ?? [number, number];
  const userText = language === 'zh' ? (explained?.[1] ?? zh) : PROBLEMS[code].meaning;
  return { condition: number, conditionText: language === 'zh' ? zh : en, userText };
}
