'use strict';

const { parseArgs } = require('node:util');

const { Service, idOf } = require('./checkpoints/service.js');
const copy = require('./checkpoints/copy.js');
const lag = require('./checkpoints/lag.js');
const { exportAll, importAll } = require('./checkpoints/files.js');
const { rewind, abandoned } = require('./checkpoints/rewind.js');

const SERVICES = `  --function=<address>   the function
  --dis=<address>        DIS itself, never a router
  --project=<id>
  --stream=<name>        may be given several times
  --app=<name>           may be given several times
  --timeout=<seconds>    for each call, 30 by default

Without --stream or --app, DIS says which there are, and all of them are meant.

Credentials come from the environment: DIS_TOKEN, or DIS_AK and DIS_SK; FUNCTION_TOKEN, or FUNCTION_AK and FUNCTION_SK.`;

const STATUSES = 'Exit status: 0 where everything is as it should be, 1 where something is not, 2 for a wrong command.';

const COMMANDS = {
  copy: {
    run: copy,
    summary: 'copy checkpoints from DIS to the function, or back',
    usage: `copy to-function|to-dis [--check]

Copies each checkpoint where the other side is behind, and compares all of them at the end.

  --check                changes nothing, and says which checkpoints are missing on the other side`,
    options: { check: { type: 'boolean' } },
    needs: ['function', 'dis'],
    positionals: ['to-function', 'to-dis'],
  },
  lag: {
    run: lag,
    summary: 'show which consumer is behind',
    usage: `lag [--format=text|json|prometheus] [--stalled-after=<seconds>]

Shows for each partition the number of the checkpoint, the end of the partition, the lag, the age of the last submission and a
verdict. Without --dis the end is unknown.

  --stalled-after        an app that is behind and has submitted nothing for longer stands still; 300 by default

Exit status by the worst verdict: 0 up to date, 3 behind, 4 standing still, 5 below the range (records are lost), 6 above the
range (the stream was made anew); 1 where that could not be found out, 2 for a wrong command.`,
    options: { format: { type: 'string', default: 'text' }, 'stalled-after': { type: 'string', default: '300' } },
    needs: ['function'],
  },
  export: {
    run: exportAll,
    summary: 'write checkpoints to a file',
    usage: `export --file=<new file>

Writes the checkpoints as lines of JSON that you can read and edit.`,
    options: { file: { type: 'string' } },
    needs: ['function', 'file'],
  },
  import: {
    run: importAll,
    summary: 'submit the checkpoints of a file',
    usage: `import --file=<file>

Submits each checkpoint, and compares. --stream and --app put all of them under another name, which may be given once.
A lower number than the stored one is refused: rewind first.`,
    options: { file: { type: 'string' } },
    needs: ['function', 'file'],
  },
  rewind: {
    run: rewind,
    summary: 'move apps back, or forward, to another place',
    usage: `rewind <place> [--partition=<id>]… [--execute --export=<file>]

A place is one of
  --to-datetime=<time>   the first record from that time on is read next, such as 2026-12-01T08:00:00Z
  --to-number=<number>   this is the last record that counts as read
  --earliest, --latest   the first record that the stream has is read next; the next one that comes
  --shift=<records>      so many records further; below 0 so many back
  --restore=<file>       where each was when a run of rewind or export wrote this file
  --made-anew            deletes the checkpoints that are above the range of their stream, which was deleted and made again

Shows what would happen. --execute does it: it refuses while a consumer still submits, writes the checkpoints as they are to the
file of --export, deletes and submits them, and reads them back. Stop the consumers first. Interrupted, run it again with the
same file. "rewind --restore=<file>" undoes it.

  --wait=<seconds>       how long nothing may move before, 10 by default: a late write could else be stored after the DELETE`,
    options: {
      partition: { type: 'string', multiple: true },
      'to-datetime': { type: 'string' },
      'to-number': { type: 'string' },
      earliest: { type: 'boolean' },
      latest: { type: 'boolean' },
      shift: { type: 'string' },
      'made-anew': { type: 'boolean' },
      restore: { type: 'string' },
      execute: { type: 'boolean' },
      export: { type: 'string' },
      wait: { type: 'string', default: '10' },
    },
    needs: ['function'],
  },
  abandoned: {
    run: abandoned,
    summary: 'find and delete checkpoints that nobody has submitted for days',
    usage: `abandoned --days=<number> [--execute --export=<file>]

Shows them. --execute deletes them, after an export that undoes it.`,
    options: {
      days: { type: 'string' },
      execute: { type: 'boolean' },
      export: { type: 'string' },
      wait: { type: 'string', default: '10' },
    },
    needs: ['function', 'days'],
  },
};

const PLACES = ['to-datetime', 'to-number', 'earliest', 'latest', 'shift', 'made-anew', 'restore'];

const PROGRAM = 'node src/main/serverless/checkpoints.js';

const HELP = `Works on the checkpoints of stream consumers.

  ${PROGRAM} <command> <options>

${Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`).join('\n')}

"<command> --help" shows its options.`;

const helpOf = ({ usage }) => `${PROGRAM} ${usage}

${SERVICES}

${usage.includes('Exit status') ? '' : STATUSES}`.trimEnd();

class WrongUse extends Error {}

function number(values, name, pattern, convert) {
  if (values[name] !== undefined) {
    if (!pattern.test(values[name])) {
      throw new WrongUse(`--${name} must be a number, and not ${values[name]}`);
    }
    values[name] = convert(values[name]);
  }
}

function checkPlace(values) {
  const given = PLACES.filter((place) => values[place] !== undefined);
  if (given.length !== 1) {
    throw new WrongUse(`Give one of ${PLACES.map((place) => `--${place}`).join(', ')}`);
  }
  if (!values.dis && ['to-datetime', 'earliest', 'latest', 'made-anew'].includes(given[0])) {
    throw new WrongUse(`--${given[0]} needs --dis, because DIS alone knows the records`);
  }
  if (values['to-datetime'] !== undefined) {
    const time = new Date(values['to-datetime']);
    if (Number.isNaN(time.getTime()) || !/(Z|[+-]\d\d:?\d\d)$/i.test(values['to-datetime'])) {
      throw new WrongUse('--to-datetime must be a time with its zone, such as 2026-12-01T08:00:00Z');
    }
    values['to-datetime'] = time;
  }
}

/** Checks the options of a command, and makes values of the texts. */
function check(name, { needs, positionals: allowed }, values, positionals) {
  if (positionals.length !== (allowed ? 1 : 0) || (allowed && !allowed.includes(positionals[0]))) {
    throw new WrongUse(allowed ? `Say ${allowed.join(' or ')}` : `${name} takes options only, and not ${positionals[0]}`);
  }
  for (const needed of ['project', ...needs].filter((option) => values[option] === undefined)) {
    throw new WrongUse(`--${needed} is missing`);
  }
  if (name !== 'import' && !values.dis && !(values.stream && values.app)) {
    throw new WrongUse('Give --stream and --app, or --dis, which knows them');
  }
  if (name === 'import' && (values.stream?.length > 1 || values.app?.length > 1)) {
    throw new WrongUse('import takes one --stream and one --app');
  }
  if (values.format !== undefined && !lag.FORMATS.includes(values.format)) {
    throw new WrongUse(`--format must be one of ${lag.FORMATS.join(', ')}`);
  }
  if (values.execute && !values.export) {
    throw new WrongUse('--execute needs --export=<file>, by which it can be undone');
  }
  for (const seconds of ['timeout', 'wait', 'stalled-after', 'days']) {
    number(values, seconds, /^\d{1,6}$/, Number);
  }
  number(values, 'to-number', /^\d{1,19}$/, BigInt);
  number(values, 'shift', /^-?\d{1,19}$/, BigInt);
  values.partition = values.partition?.map(idOf);
  if (name === 'rewind') {
    checkPlace(values);
  }
}

function service(name, option, values, environment) {
  const prefix = option.toUpperCase();
  const [token, ak, sk] = ['TOKEN', 'AK', 'SK'].map((kind) => environment[`${prefix}_${kind}`]);
  if (!token && !(ak && sk)) {
    throw new WrongUse(`${prefix}_TOKEN, or ${prefix}_AK and ${prefix}_SK, must be in the environment`);
  }
  if (!/^https?:\/\//.test(values[option]) || !URL.canParse(values[option])) {
    throw new WrongUse(`--${option} must be an https:// address`);
  }
  return new Service(name, values[option], { token, ak, sk }, values.project, values.timeout);
}

/** The command with its checked options; undefined where help was asked for. */
function parse([name, ...rest], environment) {
  if (name === undefined || name === '--help') {
    console.log(HELP);
    return undefined;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    throw new WrongUse(`There is no command ${name}, only ${Object.keys(COMMANDS).join(', ')}`);
  }
  let parsed;
  try {
    parsed = parseArgs({
      args: rest,
      allowPositionals: true,
      options: {
        help: { type: 'boolean' },
        function: { type: 'string' },
        dis: { type: 'string' },
        project: { type: 'string' },
        stream: { type: 'string', multiple: true },
        app: { type: 'string', multiple: true },
        timeout: { type: 'string', default: '30' },
        ...command.options,
      },
    });
  } catch (error) {
    throw new WrongUse(error.message);
  }
  const { values, positionals } = parsed;
  if (values.help) {
    console.log(helpOf(command));
    return undefined;
  }
  check(name, command, values, positionals);
  const dis = values.dis && service('DIS', 'dis', values, environment);
  const consumers = async () => {
    const apps = values.app ?? (await dis.apps());
    const streams = values.stream ?? (await dis.streams());
    return streams.flatMap((stream) => apps.map((app) => ({ stream, app })));
  };
  return () =>
    command.run({ ...values, positionals, dis, function: service('the function', 'function', values, environment), consumers });
}

async function main() {
  try {
    const run = parse(process.argv.slice(2), process.env);
    process.exitCode = run ? await run() : 0;
  } catch (error) {
    console.error(error instanceof WrongUse ? `${error.message}\n\nSee --help.` : error.message);
    process.exitCode = error instanceof WrongUse ? 2 : 1;
  }
}

main();
