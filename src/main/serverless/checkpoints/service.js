'use strict';

const { call } = require('../signed-call.js');

/** Every release of DIS lists this many partitions, streams or apps in one answer. */
const PAGE = 100;

const ATTEMPTS = 5;
const FIRST_PAUSE_SECONDS = 0.2;
const LONGEST_PAUSE_SECONDS = 30;

/** Thrown for a 401. It ends the whole run, because every other call would get the same answer. */
class Unauthorized extends Error {}

const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** The checkpoint of a partition that has none. */
const NO_CHECKPOINT = { number: -1n, metadata: '' };

/** DIS or the function: both have the same calls for checkpoints. */
class Service {
  constructor(name, address, credentials, project, seconds) {
    this.name = name;
    this.base = `${address.replace(/\/+$/, '')}/v2/${project}`;
    this.credentials = credentials;
    this.seconds = seconds;
  }

  /** The answer's JSON. Repeats the call on 429 and 5xx, which the function allows for every call. */
  async request(method, path, { query, body } = {}) {
    const address = `${this.base}/${path}${query ? `?${new URLSearchParams(query)}` : ''}`;
    for (let attempt = 1; ; attempt++) {
      const answer = await call(method, address, body && JSON.stringify(body), this.credentials, this.seconds);
      if (answer.status < 300) {
        return answer.body ? this.json(answer.body) : undefined;
      }
      if (answer.status === 401) {
        throw new Unauthorized(
          `${this.name} answered 401: the token has expired, or the credentials are wrong. Get new ones and run the same command again: it goes on where it stopped.`,
        );
      }
      if ((answer.status !== 429 && answer.status < 500) || attempt === ATTEMPTS) {
        throw new Error(`${this.name} answered ${answer.status} ${answer.body}`);
      }
      const asked = Number(answer.retryAfter);
      await sleep(Math.min(asked > 0 ? asked : FIRST_PAUSE_SECONDS * 2 ** (attempt - 1), LONGEST_PAUSE_SECONDS));
    }
  }

  json(text) {
    try {
      return JSON.parse(text);
    } catch {
      throw new Error(`${this.name} answered text that is not JSON: ${text.slice(0, 200)}`);
    }
  }

  /**
   * The items of a list that comes in pages. The references of DIS do not agree whether a page begins at the item that is
   * named or after it, nor whether the answer says that there are more. So a page with nothing new is the end.
   */
  async pages(path, query, start, items, id) {
    const found = new Map();
    let last;
    let known;
    do {
      known = found.size;
      const page = await this.request('GET', path, { query: { ...query, ...(last !== undefined && { [start]: last }) } });
      for (const item of items(page) ?? []) {
        last = id(item);
        found.set(last, item);
      }
    } while (found.size > known);
    return [...found.values()];
  }

  /** The names of all streams of the project; DIS alone knows them. */
  streams() {
    return this.pages('streams', { limit: PAGE }, 'start_stream_name', (page) => page.stream_names, (name) => name);
  }

  /** The names of all apps of the project; DIS alone knows them. */
  async apps() {
    const name = (app) => app.app_name;
    return (await this.pages('apps', { limit: PAGE }, 'start_app_name', (page) => page.apps, name)).map(name);
  }

  /** The partitions of a stream with their first and next sequence numbers; DIS alone knows them. */
  async partitions(stream) {
    const partitions = await this.pages(
      `streams/${stream}`,
      { limit_partitions: PAGE },
      'start_partitionId',
      (page) => page.partitions,
      (partition) => partition.partition_id,
    );
    return new Map(partitions.map((partition) => [idOf(partition.partition_id), this.range(partition)]));
  }

  range({ partition_id: id, sequence_number_range: range }) {
    const [, first, next] = /^\[\s*(\d+)\s*:\s*(\d+)\s*\]$/.exec(range ?? '') ?? [];
    if (next === undefined) {
      throw new Error(`${this.name} answered no range of sequence numbers for ${id}: ${range}`);
    }
    return { first: BigInt(first), next: BigInt(next) };
  }

  /** Where an app stands on a stream: a map of partitions. DIS lists those without a checkpoint as well. */
  async states({ stream, app }) {
    const states = await this.pages(
      `apps/${app}/streams/${stream}`,
      { checkpoint_type: 'LAST_READ', limit: PAGE },
      'start_partition_id',
      (page) => page.partition_consuming_states,
      (state) => state.partition_id,
    );
    return new Map(states.map((state) => [idOf(state.partition_id), this.checkpointOf(state)]));
  }

  async checkpoint(consumer, partition) {
    return this.checkpointOf(
      await this.request('GET', 'checkpoints', { query: { ...parameters(consumer), partition_id: partition } }),
    );
  }

  checkpointOf(state) {
    if (!/^(-1|\d+)$/.test(state.sequence_number)) {
      throw new Error(`${this.name} answered a sequence number that is none: ${JSON.stringify(state)}`);
    }
    return {
      number: BigInt(state.sequence_number),
      metadata: state.metadata ?? '',
      ...(state.generation_id !== undefined && { generation: state.generation_id }),
      ...(state.client_id !== undefined && { client: state.client_id }),
      ...(state.updated_at !== undefined && { updatedAt: state.updated_at }),
    };
  }

  async commit(consumer, partition, { number, metadata, generation, client }) {
    await this.request('POST', 'checkpoints', {
      body: {
        ...parameters(consumer),
        partition_id: partition,
        sequence_number: String(number),
        metadata,
        ...(generation !== undefined && { generation_id: generation }),
        ...(client !== undefined && { client_id: client }),
      },
    });
  }

  async delete(consumer, partition) {
    await this.request('DELETE', 'checkpoints', { query: { ...parameters(consumer), partition_id: partition } });
  }

  /** The number of the first record of a partition from a time on; undefined if there is none yet. */
  async firstSince(stream, partition, time) {
    const { partition_cursor: start } = await this.request('GET', 'cursors', {
      query: {
        'stream-name': stream,
        'partition-id': partition,
        'cursor-type': 'AT_TIMESTAMP',
        timestamp: time.getTime(),
      },
    });
    const { records } = await this.request('GET', 'records', { query: { 'partition-cursor': start, limit: 1 } });
    return records.length === 0 ? undefined : BigInt(records[0].sequence_number);
  }
}

const parameters = ({ stream, app }) => ({ stream_name: stream, app_name: app, checkpoint_type: 'LAST_READ' });

/** A partition in the spelling shardId-0000000007; 7 is the same partition. */
function idOf(partition) {
  const [, number] = /^(?:shardId-)?(\d{1,10})$/.exec(partition) ?? [];
  if (number === undefined) {
    throw new Error(`${partition} is no partition: write 7 or shardId-0000000007`);
  }
  return `shardId-${number.padStart(10, '0')}`;
}

module.exports = { Service, Unauthorized, NO_CHECKPOINT, idOf, sleep };
