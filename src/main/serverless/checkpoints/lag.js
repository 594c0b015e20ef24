'use strict';

const { NO_CHECKPOINT } = require('./service.js');
const { inParallel } = require('./parallel.js');

/** The verdicts with their exit statuses, from the best to the worst, and what to do. */
const VERDICTS = {
  'up to date': { status: 0 },
  'no checkpoint': { status: 0 },
  unknown: { status: 0, advice: 'give --dis: the function does not know where the stream ends' },
  behind: { status: 3 },
  'standing still': { status: 4, advice: 'look at the consumer: it has submitted nothing for a while' },
  'below the range': { status: 5, advice: 'records are lost already: the stream no longer has those after the checkpoint' },
  'above the range': { status: 6, advice: 'the stream was made anew: stop the consumers, then rewind --made-anew' },
};

/** The sequence number is that of the last record that was read; a range ends before its next number. */
function verdict({ number }, range, age, stalledAfter) {
  if (number < 0n) {
    return 'no checkpoint';
  }
  if (range === undefined) {
    return age !== undefined && age > stalledAfter ? 'standing still' : 'unknown';
  }
  if (number > range.next) {
    return 'above the range';
  }
  if (number + 1n < range.first) {
    return 'below the range';
  }
  if (lagOf(number, range) === 0n) {
    return 'up to date';
  }
  return age !== undefined && age > stalledAfter ? 'standing still' : 'behind';
}

/** Records that the app has not read. */
function lagOf(number, { first, next }) {
  const read = number + 1n > first ? number + 1n : first;
  return next > read ? next - read : 0n;
}

async function rowsOf(consumer, ranges, { function: ours, 'stalled-after': stalledAfter }) {
  const states = await ours.states(consumer);
  const partitions = [...new Set([...(ranges?.keys() ?? []), ...states.keys()])].sort();
  return partitions.map((partition) => {
    const checkpoint = states.get(partition) ?? NO_CHECKPOINT;
    const range = ranges?.get(partition);
    const age = checkpoint.updatedAt && Math.max(0, Math.round((Date.now() - Date.parse(checkpoint.updatedAt)) / 1000));
    const hasLag = range && checkpoint.number >= 0n && checkpoint.number <= range.next;
    return {
      ...consumer,
      partition,
      number: checkpoint.number,
      end: range && range.next - 1n,
      lag: hasLag ? lagOf(checkpoint.number, range) : undefined,
      age,
      client: checkpoint.client,
      verdict: verdict(checkpoint, range, age, stalledAfter),
    };
  });
}

const HEADINGS = ['stream', 'app', 'partition', 'number', 'end', 'lag', 'age', 'verdict'];

function text(rows) {
  const lines = [
    HEADINGS,
    ...rows.map((row) => HEADINGS.map((name) => (row[name] === undefined ? '-' : `${row[name]}${name === 'age' ? ' s' : ''}`))),
  ];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((cells) => cells[column].length)));
  const table = lines.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd());
  const advice = [...new Set(rows.map((row) => row.verdict))]
    .filter((name) => VERDICTS[name].advice)
    .map((name) => `${name}: ${VERDICTS[name].advice}`);
  return [...table, ...advice].join('\n');
}

const json = (rows) =>
  rows
    .map((row) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value)))
    .join('\n');

/** The text format of Prometheus, for the textfile collector of a node exporter. */
function prometheus(rows) {
  const metrics = [
    ['checkpoint_sequence_number', 'Sequence number of the checkpoint', (row) => (row.number < 0n ? undefined : row.number)],
    ['checkpoint_lag_records', 'Records behind the end of the partition', (row) => row.lag],
    ['checkpoint_age_seconds', 'Seconds since the last submission', (row) => row.age],
    ['checkpoint_verdict', 'Exit status of the verdict: 0 is good', (row) => VERDICTS[row.verdict].status],
  ];
  return metrics
    .flatMap(([name, help, value]) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} gauge`,
      ...rows
        .filter((row) => value(row) !== undefined)
        .map((row) => `${name}{stream="${row.stream}",app="${row.app}",partition="${row.partition}"} ${value(row)}`),
    ])
    .join('\n');
}

const FORMATS = { text, json, prometheus };

/** lag: compares where apps stand with where the streams of DIS begin and end. */
module.exports = async function lag(options) {
  const { dis, consumers, format } = options;
  const all = await consumers();
  const streams = [...new Set(all.map(({ stream }) => stream))];
  const ranges = new Map();
  if (dis) {
    const answers = await inParallel(streams, (stream) => dis.partitions(stream));
    answers.forEach(({ value, error }, index) => {
      if (error) {
        throw error;
      }
      ranges.set(streams[index], value);
    });
  }
  const lists = await inParallel(all, (consumer) => rowsOf(consumer, ranges.get(consumer.stream), options));
  const failure = lists.find(({ error }) => error);
  if (failure) {
    throw failure.error;
  }
  const rows = lists.flatMap(({ value }) => value);
  if (rows.every(({ number }) => number < 0n)) {
    console.error('The function has no checkpoint at all: are project, stream and app spelled right?');
    return 1;
  }
  console.log(FORMATS[format](rows));
  return Math.max(...rows.map((row) => VERDICTS[row.verdict].status));
};

module.exports.FORMATS = Object.keys(FORMATS);
