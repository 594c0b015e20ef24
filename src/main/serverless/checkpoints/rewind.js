'use strict';

const { existsSync } = require('node:fs');

const { NO_CHECKPOINT, sleep } = require('./service.js');
const { inParallel, isInterrupted } = require('./parallel.js');
const { read, write } = require('./files.js');

const key = ({ consumer: { stream, app }, partition }) => `${stream} ${app} ${partition}`;

const shown = (number) => (number < 0n ? 'none' : String(number));

/** The place of a partition, as a number; -1 for no checkpoint; undefined where it stays as it is. */
async function numberAt({ consumer: { stream }, partition, checkpoint: { number } }, range, options) {
  const { dis, 'to-datetime': time, 'to-number': fixed, shift } = options;
  if (options['made-anew']) {
    return number > range.next ? -1n : undefined;
  }
  if (fixed !== undefined) {
    return fixed;
  }
  if (shift !== undefined) {
    const shifted = number + shift;
    return number < 0n ? undefined : shifted < -1n ? -1n : shifted;
  }
  if (options.earliest) {
    return range.first - 1n;
  }
  if (options.latest) {
    return range.next - 1n;
  }
  const first = await dis.firstSince(stream, partition, time);
  return (first ?? range.next) - 1n;
}

/** The steps for each partition that is named, or for all. */
async function plan(options, entries) {
  const { dis, partition: named } = options;
  const streams = [...new Set(entries.map(({ consumer }) => consumer.stream))];
  const ranges = new Map();
  for (const stream of dis ? streams : []) {
    ranges.set(stream, await dis.partitions(stream));
  }
  const chosen = entries.filter(({ partition }) => !named || named.includes(partition));
  const results = await inParallel(chosen, async (entry) => {
    const range = ranges.get(entry.consumer.stream)?.get(entry.partition);
    if (dis && !range) {
      throw new Error(`${key(entry)}: DIS has no such partition`);
    }
    const number = await numberAt(entry, range, options);
    return number === undefined ? undefined : { ...entry, to: { number, metadata: entry.checkpoint.metadata } };
  });
  const failure = results.find(({ error }) => error);
  if (failure) {
    throw failure.error;
  }
  return results.map(({ value }) => value).filter((step) => step !== undefined);
}

function show(steps) {
  steps.forEach(({ to: { number: to }, checkpoint: { number }, ...entry }) => {
    const again = number > to ? `${number - to} records are read again` : number < to ? `${to - number} records are skipped` : 'as it is';
    console.log(`${key(entry)}: from ${shown(number)} to ${shown(to)}, ${again}`);
  });
}

/** Refuses while a consumer still submits, and outlasts writes that are still on their way to the table. */
async function requireQuiet(ours, consumers, wait) {
  const snapshot = async () => {
    const all = new Map();
    for (const consumer of consumers) {
      for (const [partition, { number, updatedAt }] of await ours.states(consumer)) {
        all.set(key({ consumer, partition }), `${number} ${updatedAt}`);
      }
    }
    return all;
  };
  const before = await snapshot();
  await sleep(wait);
  for (const [name, state] of await snapshot()) {
    if (before.get(name) !== state) {
      throw new Error(`${name} has moved within ${wait} seconds: stop its consumers first. Nothing was changed.`);
    }
  }
}

/** Brings a partition to its number. The same step again changes nothing. */
async function move(ours, { consumer, partition, to }) {
  const there = await ours.checkpoint(consumer, partition);
  if (there.number > to.number) {
    await ours.delete(consumer, partition);
  }
  if (to.number >= 0n && there.number !== to.number) {
    await ours.commit(consumer, partition, to);
  }
  const then = await ours.checkpoint(consumer, partition);
  if (then.number !== to.number) {
    throw new Error(`it is at ${shown(then.number)}, and not at ${shown(to.number)}`);
  }
}

async function execute(ours, steps) {
  const results = await inParallel(steps, async (step) => {
    await move(ours, step);
    console.log(`${key(step)}: is at ${shown(step.to.number)}`);
  });
  let failures = 0;
  results.forEach(({ error }, index) => {
    if (error) {
      failures++;
      console.log(`${key(steps[index])}: FAILED: ${error.message}`);
    }
  });
  const done = results.length - failures;
  console.log(`${done} moved, ${failures} failed, ${steps.length - results.length} not begun`);
  return isInterrupted() || failures > 0 ? 1 : 0;
}

/** The checkpoints of a file, all of them of these consumers. */
function entriesIn(file, consumers) {
  const names = new Set(consumers.map(({ stream, app }) => `${stream} ${app}`));
  const entries = read(file);
  const other = entries.find(({ consumer: { stream, app } }) => !names.has(`${stream} ${app}`));
  if (other) {
    throw new Error(`${file} has a checkpoint of ${key(other)}, which is not among the apps of this command`);
  }
  return entries;
}

/** The checkpoints as they were before the first run: from its export if there is one, so that a second run goes on. */
async function entriesOf({ function: ours, dis, consumers, export: file }) {
  const all = await consumers();
  if (file && existsSync(file)) {
    console.log(`Goes on with the checkpoints of ${file}`);
    return { entries: entriesIn(file, all), exported: true };
  }
  const entries = [];
  for (const consumer of all) {
    const states = await ours.states(consumer);
    const partitions = dis ? (await dis.partitions(consumer.stream)).keys() : states.keys();
    for (const partition of partitions) {
      entries.push({ consumer, partition, checkpoint: states.get(partition) ?? NO_CHECKPOINT });
    }
  }
  return { entries, exported: false };
}

const pastDays = (days) => ({ checkpoint: { number, updatedAt } }) =>
  number >= 0n && updatedAt !== undefined && Date.now() - Date.parse(updatedAt) > days * 86_400_000;

/** Shows the steps, and takes them with --execute, after an export that undoes them. */
async function change(options, steps, exported) {
  const { function: ours, export: file, wait } = options;
  show(steps);
  if (steps.length === 0) {
    console.log('There is nothing to change.');
    return 0;
  }
  if (!options.execute) {
    console.log('Nothing was changed. Run again with --execute.');
    return 0;
  }
  await requireQuiet(ours, [...new Set(steps.map(({ consumer }) => consumer))], wait);
  if (!exported) {
    write(file, steps);
  }
  const status = await execute(ours, steps);
  console.log(`To undo it: rewind --restore=${file}`);
  return status;
}

/** rewind: moves the checkpoints of apps to another place, back or forward. */
async function rewind(options) {
  const { entries, exported } = await entriesOf(options);
  if (options.restore) {
    const wanted = new Map(entriesIn(options.restore, await options.consumers()).map((entry) => [key(entry), entry]));
    const now = new Map(entries.map((entry) => [key(entry), entry.checkpoint]));
    const steps = [...wanted.values()].map((entry) => ({
      ...entry,
      checkpoint: now.get(key(entry)) ?? NO_CHECKPOINT,
      to: entry.checkpoint,
    }));
    return change(options, steps, exported);
  }
  return change(options, await plan(options, entries), exported);
}

/** abandoned: finds checkpoints that nobody has submitted for days, and deletes them with --execute. */
async function abandoned(options) {
  const { entries, exported } = await entriesOf({ ...options, dis: undefined });
  const steps = entries.filter(pastDays(options.days)).map((entry) => ({ ...entry, to: NO_CHECKPOINT }));
  return change(options, steps, exported);
}

module.exports = { rewind, abandoned };
