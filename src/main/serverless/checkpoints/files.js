'use strict';

const { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } = require('node:fs');

const { idOf } = require('./service.js');
const { inParallel } = require('./parallel.js');

/** A checkpoint as a line of JSON that people can read and edit. */
const line = ({ consumer, partition, checkpoint }) =>
  JSON.stringify({
    stream: consumer.stream,
    app: consumer.app,
    partition,
    sequence_number: String(checkpoint.number),
    metadata: checkpoint.metadata,
    generation_id: checkpoint.generation,
    client_id: checkpoint.client,
    updated_at: checkpoint.updatedAt,
  });

function parse(text, number, file) {
  const wrong = (reason) => new Error(`${file}, line ${number}: ${reason}`);
  let fields;
  try {
    fields = JSON.parse(text);
  } catch {
    throw wrong('this is no JSON');
  }
  for (const name of ['stream', 'app', 'partition', 'sequence_number']) {
    if (typeof fields[name] !== 'string') {
      throw wrong(`${name} must be a JSON string`);
    }
  }
  if (!/^(-1|\d{1,19})$/.test(fields.sequence_number)) {
    throw wrong('sequence_number must be 1 to 19 digits, or -1 for no checkpoint');
  }
  return {
    consumer: { stream: fields.stream, app: fields.app },
    partition: idOf(fields.partition),
    checkpoint: {
      number: BigInt(fields.sequence_number),
      metadata: fields.metadata ?? '',
      generation: fields.generation_id,
      client: fields.client_id,
      updatedAt: fields.updated_at,
    },
  };
}

/** The checkpoints of a file. */
function read(file) {
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((text, index) => [text, index + 1])
    .filter(([text]) => text.trim() !== '')
    .map(([text, number]) => parse(text, number, file));
}

/** Writes checkpoints to a new file, which is on the disk when this returns. */
function write(file, checkpoints) {
  if (existsSync(file)) {
    throw new Error(`${file} exists: name another file`);
  }
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    writeSync(descriptor, checkpoints.map((checkpoint) => `${line(checkpoint)}\n`).join(''));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** All checkpoints that the function has of these consumers. */
async function stored(ours, consumers) {
  const lists = await inParallel(consumers, async (consumer) =>
    [...(await ours.states(consumer))].map(([partition, checkpoint]) => ({ consumer, partition, checkpoint })),
  );
  const failure = lists.find(({ error }) => error);
  if (failure) {
    throw failure.error;
  }
  return lists.flatMap(({ value }) => value);
}

/** export: writes the checkpoints of the consumers to a file. */
async function exportAll({ function: ours, consumers, file }) {
  const checkpoints = await stored(ours, await consumers());
  if (checkpoints.length === 0) {
    console.error('The function has no checkpoint at all: are project, stream and app spelled right?');
    return 1;
  }
  write(file, checkpoints);
  console.log(`${checkpoints.length} exported to ${file}`);
  return 0;
}

/** import: submits the checkpoints of a file, and compares what is stored then. */
async function importAll({ function: ours, stream, app, file }) {
  const checkpoints = read(file)
    .filter(({ checkpoint }) => checkpoint.number >= 0n)
    .map((entry) => ({
      ...entry,
      consumer: { stream: stream?.[0] ?? entry.consumer.stream, app: app?.[0] ?? entry.consumer.app },
    }));
  if (checkpoints.length === 0) {
    console.error(`${file} has no checkpoint`);
    return 1;
  }
  const results = await inParallel(checkpoints, async ({ consumer, partition, checkpoint }) => {
    // The answer is not decisive: a submission that failed may have been applied.
    const failure = await ours.commit(consumer, partition, checkpoint).catch((error) => error);
    const there = await ours.checkpoint(consumer, partition);
    if (there.number !== checkpoint.number || there.metadata !== checkpoint.metadata) {
      throw failure ?? new Error(`the file has ${checkpoint.number}, and the function has ${there.number}`);
    }
  });
  let different = 0;
  checkpoints.forEach(({ consumer: { stream: name, app: owner }, partition }, index) => {
    const { error } = results[index] ?? { error: new Error('not begun') };
    if (error) {
      different++;
      console.log(`${name} ${owner} ${partition}: FAILED: ${error.message}`);
    }
  });
  console.log(`${checkpoints.length - different} imported, ${different} failed`);
  return different === 0 ? 0 : 1;
}

module.exports = { exportAll, importAll, read, write, stored };
