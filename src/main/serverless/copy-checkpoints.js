'use strict';

const { parseArgs } = require('node:util');
const { call } = require('./signed-call.js');

const USAGE = `Copies the checkpoints of an app on a stream from DIS to the function, or back.

  node src/main/serverless/copy-checkpoints.js to-function|to-dis [--check] \\
    --dis <address> --function <address> --project <id> --stream <name> --app <name>

  --check   changes nothing, and says what is missing on the other side

Credentials come from the environment: DIS_TOKEN, or DIS_AK and DIS_SK; FUNCTION_TOKEN, or FUNCTION_AK and FUNCTION_SK.
It ends with 0 where every checkpoint is there, with 1 where one is not, and with 2 where it was called wrongly.`;

/** As many partitions as every release of DIS lists in one answer. */
const PAGE = 100;

/** DIS or the function: the calls of checkpoints are the same. */
class Side {
  constructor(name, address, credentials, { project, stream, app }) {
    this.name = name;
    this.base = `${address.replace(/\/+$/, '')}/v2/${project}`;
    this.credentials = credentials;
    this.consumer = { stream_name: stream, app_name: app, checkpoint_type: 'LAST_READ' };
  }

  async get(path, query) {
    return JSON.parse(await this.call('GET', `${path}?${new URLSearchParams(query)}`));
  }

  async call(method, path, body) {
    const answer = await call(method, `${this.base}/${path}`, body, this.credentials);
    if (answer.status >= 300) {
      throw new Error(`${this.name} answered ${answer.status} ${answer.body}`);
    }
    return answer.body;
  }

  /** The ids of all partitions of the stream; the function does not know them. */
  async partitions() {
    const { app_name: app, stream_name: stream, checkpoint_type: type } = this.consumer;
    const ids = new Set();
    let last;
    let known;
    // The references of DIS do not agree whether a page begins at the partition that is named or after it, nor whether the
    // answer says that there are more. A page with nothing new is the end in any case.
    do {
      known = ids.size;
      const page = await this.get(`apps/${app}/streams/${stream}`, {
        checkpoint_type: type,
        limit: PAGE,
        ...(last && { start_partition_id: last }),
      });
      for ({ partition_id: last } of page.partition_consuming_states) {
        ids.add(last);
      }
    } while (ids.size > known);
    return ids;
  }

  /** The checkpoint of a partition, with -1 as its number where there is none. */
  async checkpoint(partition) {
    const stored = await this.get('checkpoints', { ...this.consumer, partition_id: partition });
    if (!/^(-1|[0-9]+)$/.test(stored.sequence_number)) {
      throw new Error(`${this.name} answered with what is no sequence number: ${JSON.stringify(stored)}`);
    }
    return { number: BigInt(stored.sequence_number), metadata: stored.metadata ?? '' };
  }

  async commit(partition, { number, metadata }) {
    const submission = { ...this.consumer, partition_id: partition, sequence_number: String(number), metadata };
    await this.call('POST', 'checkpoints', JSON.stringify(submission));
  }
}

/** Copies a checkpoint where the other side is behind, and says what was to do. */
async function copy(partition, wanted, to, check) {
  const there = await to.checkpoint(partition);
  // Only ever forward: the function refuses a lower number, but DIS may take it.
  if (there.number >= wanted.number) {
    return `${wanted.number} is there${there.number > wanted.number ? `, it is at ${there.number}` : ''}`;
  }
  if (check) {
    return `${wanted.number} is missing`;
  }
  await to.commit(partition, wanted);
  return `${wanted.number} copied`;
}

/** Whether everything is there at the end. */
async function copyAll({ dis, from, to, check }) {
  const wanted = new Map();
  const failures = new Map();
  const partitions = await dis.partitions();
  if (partitions.size === 0) {
    throw new Error('DIS lists no partition');
  }
  for (const partition of partitions) {
    try {
      const checkpoint = await from.checkpoint(partition);
      if (checkpoint.number < 0n) {
        console.log(`${partition}: ${from.name} has no checkpoint`);
        continue;
      }
      wanted.set(partition, checkpoint);
      console.log(`${partition}: ${await copy(partition, checkpoint, to, check)}`);
    } catch (error) {
      failures.set(partition, error.message);
      console.log(`${partition}: ${error.message}`);
    }
  }
  // The end decides. A failed submission may have been applied, and a consumer may have gone on.
  for (const [partition, { number }] of wanted) {
    try {
      const there = await to.checkpoint(partition);
      if (there.number >= number) {
        failures.delete(partition);
      } else if (!failures.has(partition)) {
        failures.set(partition, `${from.name} had ${number}, and ${to.name} has ${there.number}`);
      }
    } catch (error) {
      failures.set(partition, error.message);
    }
  }
  console.log(`Compared ${partitions.size} partitions: ${failures.size} failed`);
  failures.forEach((reason, partition) => console.error(`${partition} FAILED: ${reason}`));
  return failures.size === 0;
}

function order(argv, environment) {
  const names = ['dis', 'function', 'project', 'stream', 'app'];
  const strings = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
  const options = { ...strings, check: { type: 'boolean' } };
  const { values, positionals } = parseArgs({ args: argv, allowPositionals: true, options });
  const [direction] = positionals;
  if (positionals.length !== 1 || !['to-function', 'to-dis'].includes(direction)) {
    throw new Error('Say to-function or to-dis');
  }
  for (const name of names.filter((option) => !values[option])) {
    throw new Error(`--${name} is missing`);
  }
  const side = (name, option) => {
    const [token, ak, sk] = ['TOKEN', 'AK', 'SK'].map((kind) => environment[`${option.toUpperCase()}_${kind}`]);
    if (!token && !(ak && sk)) {
      const prefix = option.toUpperCase();
      throw new Error(`${prefix}_TOKEN, or ${prefix}_AK and ${prefix}_SK, must be in the environment`);
    }
    return new Side(name, values[option], { token, ak, sk }, values);
  };
  const dis = side('DIS', 'dis');
  const function_ = side('the function', 'function');
  const [from, to] = direction === 'to-function' ? [dis, function_] : [function_, dis];
  return { dis, from, to, check: values.check };
}

async function main() {
  let ordered;
  try {
    ordered = order(process.argv.slice(2), process.env);
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  process.exitCode = (await copyAll(ordered)) ? 0 : 1;
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
