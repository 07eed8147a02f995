import winston from 'winston';

import type { Log, LogFacts } from '../core/log.ts';

/** Levels of the operational log. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/**
 * Operational log on standard error, one JSON text a line, standard output being for what commands print; rotation is
 * the business of whoever runs the process. Debug lines cost nothing while they are off.
 */
export function createLog(level: LogLevel): Log {
  const logger = winston.createLogger({
    level,
    format: winston.format.combine(winston.format.timestamp(), winston.format.json()),
    transports: [new winston.transports.Stream({ stream: process.stderr })],
  });
  const debugging = logger.isLevelEnabled('debug');
  return {
    debug: (event, facts) => {
      if (debugging) logger.debug(event, facts);
    },
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };

  function write(at: LogLevel): (event: string, facts?: LogFacts) => void {
    return (event, facts) => {
      logger.log(at, event, facts);
    };
  }
}

/** The level that the environment asks for (`JINGLUO_LOG=debug`), `info` otherwise. */
export function logLevel(env: Readonly<Record<string, string | undefined>>): LogLevel {
  const asked = env['JINGLUO_LOG'];
  return asked === 'debug' || asked === 'warn' || asked === 'error' ? asked : 'info';
}
