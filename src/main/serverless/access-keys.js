'use strict';

const { createHash, createHmac, randomInt } = require('node:crypto');

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const ANY = UPPER + 'abcdefghijklmnopqrstuvwxyz';

const random = (length, characters) =>
  Array.from({ length }, () => characters[randomInt(characters.length)]).join('');

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();

/** Escapes, as in JavaScript, the characters that a terminal obeys, and those that break or turn a line. */
const visible = (text) =>
  text.replace(/[\p{C}\p{Zl}\p{Zp}\\]/gu, (character) => `\\u{${character.codePointAt(0).toString(16)}}`);

/** A secret leaves the machine over TLS alone. */
function isSafe({ protocol, hostname, username, search }) {
  const local = /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
  return (protocol === 'https:' || (protocol === 'http:' && local)) && username === '' && search === '';
}

/** The object of a JSON text, or undefined where it is anything else. */
function object(text) {
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The headers of a call of DynamoDB, signed with Signature Version 4, because osls has no client of DynamoDB. */
function signed(url, target, body, region, credentials) {
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    host: url.host,
    'x-amz-date': date,
    ...(credentials.sessionToken && { 'x-amz-security-token': credentials.sessionToken }),
    'x-amz-target': target,
  };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`).join('');
  // The path is encoded twice: once in the URL, and once more for the signature.
  const path = url.pathname.split('/').map(encodeURIComponent).join('/');
  const request = ['POST', path, '', lines, names, sha256(body)].join('\n');
  const scope = [date.slice(0, 8), region, 'dynamodb', 'aws4_request'];
  const key = scope.reduce(hmac, `AWS4${credentials.secretAccessKey}`);
  const text = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(request)].join('\n');
  const credential = [credentials.accessKeyId, ...scope].join('/');
  const signature = hmac(key, text).toString('hex');
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

const key = {
  usage: 'The access key (AK)',
  type: 'string',
  required: true,
};

/** Issues the keys that clients sign with, and shows, disables, enables and deletes them. */
module.exports = class AccessKeys {
  constructor(serverless, options, { writeText }) {
    this.serverless = serverless;
    this.options = options;
    this.writeText = writeText;
    this.commands = {
      'access-key': {
        usage: 'The access keys (AK/SK) of this stage',
        commands: {
          issue: {
            usage: 'Issue a key for a project. Its secret is shown this once',
            lifecycleEvents: ['issue'],
            options: {
              project: { usage: 'The project that the key lets in to', type: 'string', required: true },
              comment: { usage: 'Who or what it is for', type: 'string' },
            },
          },
          list: { usage: 'List the keys without their secrets', lifecycleEvents: ['list'] },
          disable: { usage: 'Let a key no longer in', lifecycleEvents: ['disable'], options: { key } },
          enable: { usage: 'Let a disabled key in again', lifecycleEvents: ['enable'], options: { key } },
          delete: { usage: 'Delete a key for good', lifecycleEvents: ['delete'], options: { key } },
        },
      },
    };
    this.hooks = {
      'access-key:issue:issue': () => this.issue(),
      'access-key:list:list': () => this.list(),
      'access-key:disable:disable': () => this.setEnabled(false),
      'access-key:enable:enable': () => this.setEnabled(true),
      'access-key:delete:delete': () => this.delete(),
    };
  }

  async issue() {
    const { project, comment } = this.options;
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(project)) {
      throw this.wrong('--project must be 1 to 64 of A-Z a-z 0-9 - _');
    }
    if (comment !== undefined && (comment === '' || comment.length > 200)) {
      throw this.wrong('--comment must be 1 to 200 characters');
    }
    const accessKey = random(20, UPPER);
    const secret = random(40, ANY);
    await this.call('PutItem', {
      Item: {
        access_key: { S: accessKey },
        secret: { S: secret },
        project_id: { S: project },
        enabled: { BOOL: true },
        created_at: { S: new Date().toISOString() },
        ...(comment !== undefined && { comment: { S: comment } }),
      },
      ConditionExpression: 'attribute_not_exists(access_key)',
    });
    this.writeText([
      `Access key (AK): ${accessKey}`,
      `Secret key (SK): ${secret}`,
      `Project: ${project}`,
      'The secret is not shown again.',
    ]);
  }

  async list() {
    let page = {};
    do {
      page = await this.call('Scan', {
        ConsistentRead: true,
        ExclusiveStartKey: page.LastEvaluatedKey,
        ProjectionExpression: 'access_key, project_id, enabled, created_at, #comment',
        ExpressionAttributeNames: { '#comment': 'comment' },
      });
      for (const { access_key: accessKey, project_id: project, enabled, created_at: created, comment } of page.Items) {
        const state = enabled?.BOOL === true ? 'enabled' : 'disabled';
        const columns = [accessKey.S, project?.S ?? '-', state, created?.S ?? '-', comment?.S ?? ''];
        this.writeText(columns.map(visible).join('  ').trimEnd());
      }
    } while (page.LastEvaluatedKey);
  }

  async setEnabled(enabled) {
    await this.change('UpdateItem', {
      UpdateExpression: 'SET enabled = :enabled',
      ExpressionAttributeValues: { ':enabled': { BOOL: enabled } },
    });
    this.writeText(
      enabled
        ? `${this.options.key} is enabled. A running function may refuse it for 10 seconds more.`
        : `${this.options.key} is disabled. ${AccessKeys.delay}`,
    );
  }

  async delete() {
    await this.change('DeleteItem', {});
    this.writeText(`${this.options.key} is deleted. ${AccessKeys.delay}`);
  }

  static delay = 'A running function may accept it until its cache time (iamCacheTime) is over.';

  async change(action, input) {
    if (!/^[A-Z0-9]{10,40}$/.test(this.options.key)) {
      throw this.wrong('--key must be 10 to 40 of A-Z 0-9');
    }
    try {
      await this.call(action, {
        Key: { access_key: { S: this.options.key } },
        ConditionExpression: 'attribute_exists(access_key)',
        ...input,
      });
    } catch (error) {
      throw error.type === 'ConditionalCheckFailedException'
        ? this.wrong(`There is no access key ${this.options.key} in stage ${this.aws().getStage()}`)
        : error;
    }
  }

  async call(action, input) {
    const provider = this.aws();
    const region = provider.getRegion();
    const table = this.serverless.service.custom.accessKeyTable;
    const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
    const address = (await this.configuredAddress()) ?? `https://dynamodb.${region}.${suffix}`;
    if (!URL.canParse(address) || !isSafe(new URL(address))) {
      throw this.wrong(
        'The address of DynamoDB, from AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL or the endpoint_url of a profile, ' +
          'must be https://, or http:// and an address of this machine itself, without user and query',
      );
    }
    const url = new URL(address);
    const credentials = await provider.getAwsSdkV3CredentialsProvider()();
    const body = JSON.stringify({ TableName: table, ...input });
    const headers = signed(url, `DynamoDB_20120810.${action}`, body, region, credentials);
    const [response, text] = await fetch(url, { method: 'POST', headers, body, redirect: 'error' })
      .then(async (received) => [received, await received.text()])
      .catch((error) => {
        throw this.wrong(`DynamoDB cannot be reached at ${url.origin}: ${error.cause?.code ?? error.message}`);
      });
    const answer = response.headers.has('x-amzn-requestid') && object(text);
    if (!answer) {
      throw this.wrong(`${url.origin} answered ${action} with ${response.status}, and not as DynamoDB does: with an id, in JSON`);
    }
    if (response.ok) {
      return answer;
    }
    const type = answer.__type?.split('#').pop();
    const error = this.wrong(
      type === 'ResourceNotFoundException'
        ? `There is no table ${table} in ${region}: deploy the stage with --param=accessKeys=true`
        : `DynamoDB refused ${action} on ${table}: ${type} ${answer.message ?? answer.Message ?? ''}`,
    );
    error.type = type;
    throw error;
  }

  /** The address that the environment or a profile sets, as the SDK in osls reads it for a deployment. */
  configuredAddress() {
    const { resolveEndpointConfig } = require.main.require('@smithy/core/endpoints');
    return resolveEndpointConfig({ serviceId: 'DynamoDB' }).serviceConfiguredEndpoint();
  }

  aws() {
    return this.serverless.getProvider('aws');
  }

  wrong(message) {
    return new this.serverless.classes.Error(message);
  }
};
