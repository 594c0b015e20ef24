'use strict';

const { inParallel, isInterrupted } = require('./parallel.js');

/** The kinds of results, in the order of the last line. */
const KINDS = ['copied', 'already there', 'behind', 'failed', 'none'];

/**
 * Copies one checkpoint where the other side is behind. It never moves a checkpoint back: the function refuses a lower
 * number, but DIS may take it.
 */
async function copy({ consumer, partition, listed }, { dis, from, to, check }) {
  const wanted = await from.checkpoint(consumer, partition);
  if (wanted.number < 0n) {
    if (from === dis && listed.number >= 0n) {
      throw new Error(`DIS lists ${listed.number}, and its GET says -1: --dis must be DIS itself, and not a router`);
    }
    return { kind: 'none', text: `${from.name} has no checkpoint` };
  }
  const there = await to.checkpoint(consumer, partition);
  if (there.number >= wanted.number) {
    const ahead = there.number > wanted.number ? `, it is at ${there.number}` : '';
    return { kind: 'already there', wanted, text: `${wanted.number} is there${ahead}` };
  }
  if (check) {
    return { kind: 'behind', wanted, text: `${wanted.number} is missing, ${to.name} has ${there.number}` };
  }
  await to.commit(consumer, partition, { number: wanted.number, metadata: wanted.metadata });
  return { kind: 'copied', wanted, text: `${wanted.number} copied` };
}

/** The comparison decides: a failed submission may have been applied, and an acknowledged one may be lost. */
async function compare({ consumer, partition, result }, { from, to }) {
  if (result.wanted === undefined || result.kind === 'behind') {
    return result;
  }
  const there = await to.checkpoint(consumer, partition);
  return there.number >= result.wanted.number
    ? result
    : { kind: 'failed', text: `${from.name} had ${result.wanted.number}, and ${to.name} has ${there.number}` };
}

const failed = (error) => ({ kind: 'failed', text: error.message });

/** Copies the checkpoints of all consumers, or with --check compares them alone. */
module.exports = async function copyAll({ dis, function: ours, consumers, positionals: [direction], check }) {
  const [from, to] = direction === 'to-function' ? [dis, ours] : [ours, dis];
  const sides = { dis, from, to, check };
  const lists = await inParallel(await consumers(), async (consumer) => {
    const states = await dis.states(consumer);
    return [...states].map(([partition, listed]) => ({ consumer, partition, listed }));
  });
  const broken = lists.filter(({ error }) => error).map(({ error }) => failed(error));
  const partitions = lists.flatMap(({ value }) => value ?? []);
  const copied = await inParallel(partitions, (partition) => copy(partition, sides));
  const begun = partitions.slice(0, copied.length).map((partition, index) => ({
    ...partition,
    result: copied[index].value ?? failed(copied[index].error),
  }));
  const compared = await inParallel(begun, (partition) => compare(partition, sides));
  const results = compared.map(({ value, error }) => value ?? failed(error));
  begun.forEach(({ consumer: { stream, app }, partition }, index) => {
    const { kind, text } = results[index];
    console.log(`${stream} ${app} ${partition}: ${kind === 'failed' ? 'FAILED: ' : ''}${text}`);
  });
  broken.forEach(({ text }) => console.log(`FAILED: ${text}`));
  const count = (kind) => [...results, ...broken].filter((result) => result.kind === kind).length;
  console.log(KINDS.map((kind) => `${count(kind)} ${kind}`).join(', '));
  if (isInterrupted()) {
    console.error('Interrupted: run the same command again, it goes on where it stopped');
    return 1;
  }
  if (results.every(({ kind }) => kind === 'none')) {
    console.error(`${from.name} has no checkpoint at all: are project, stream and app spelled right?`);
    return 1;
  }
  return count('failed') + count('behind') === 0 ? 0 : 1;
};
