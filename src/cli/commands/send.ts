import { sendFiles } from '../../app/send-files.ts';
import { hl7Files } from '../../app/map-files.ts';
import { guarded, withCommonOptions, withExamples, type Cli, type CommonOptions } from '../command.ts';
import { EXIT } from '../terminal.ts';

interface SendOptions extends CommonOptions {
  readonly to: string;
  readonly ca?: string;
}

/** `jingluo send PATHS`: a test client that prints the acknowledgements. */
export function registerSend(cli: Cli): void {
  const send = cli.program
    .command('send <paths...>')
    .description('send HL7 messages over MLLP and print the acknowledgements');
  withCommonOptions(send)
    .option('--to <host:port>', 'where to', '127.0.0.1:2575')
    .option('--ca <file>', 'speak TLS and trust this PEM authority')
    .action((paths: readonly string[], options: SendOptions) =>
      guarded(cli, options, async () => {
        const files = (await Promise.all(paths.map(hl7Files))).flat();
        let refused = 0;
        const { host, port } = addressOf(options.to);
        for await (const sent of sendFiles(files, {
          host,
          port,
          ...(options.ca === undefined ? {} : { ca: options.ca }),
        })) {
          if (!/^[AC]A$/.test(sent.code)) refused += 1;
          cli.terminal.out(
            options.json === true
              ? JSON.stringify(sent)
              : `${sent.file} #${sent.index}  ${sent.code}  ${sent.milliseconds} ms\n${sent.text}`,
          );
        }
        return refused === 0 ? EXIT.ok : EXIT.failed;
      }),
    );
  withExamples(send, [
    'send adt.hl7',
    'send messages/ --to 127.0.0.1:2576',
    'send adt.hl7 --to his.example:2575 --ca ca.pem --json',
  ]);
}

function addressOf(text: string): { readonly host: string; readonly port: number } {
  const at = text.lastIndexOf(':');
  return at < 0
    ? { host: '127.0.0.1', port: Number(text) }
    : { host: text.slice(0, at) || '127.0.0.1', port: Number(text.slice(at + 1)) };
}
