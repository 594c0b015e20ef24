#!/usr/bin/env node
// Does the job of the function in plain Node.js: it checks the token with IAM and caches the answer, validates the
// checkpoint, writes it conditionally, and logs. It reads the environment of the function, and polls the Runtime API.
import { createHash } from 'node:crypto';
import * as http from 'node:http';
import * as https from 'node:https';
import { ConditionalCheckFailedException, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';

const { AWS_LAMBDA_RUNTIME_API, AWS_REGION, CHECKPOINT_IAM_ENDPOINT, CHECKPOINT_TABLE, QUARKUS_DYNAMODB_ENDPOINT_OVERRIDE } =
  process.env;
const CACHE_MILLIS = 300_000;
const NAME = /^[A-Za-z0-9_-]{1,200}$/;
const RULES = {
  app_name: NAME,
  stream_name: NAME,
  checkpoint_type: /^LAST_READ$/,
  partition_id: /^(shardId-)?\d{1,10}$/,
  sequence_number: /^\d{1,19}$/,
};

const agents = { 'http:': new http.Agent({ keepAlive: true }), 'https:': new https.Agent({ keepAlive: true }) };
const table = new DynamoDBClient({ region: AWS_REGION, endpoint: QUARKUS_DYNAMODB_ENDPOINT_OVERRIDE });
const tokens = new Map();

function send(url, options, body) {
  return new Promise((resolve, reject) => {
    const { protocol } = new URL(url);
    const { request } = protocol === 'https:' ? https : http;
    const call = request(url, { agent: agents[protocol], ...options }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() }),
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** The project of the token; undefined if IAM does not know the token. */
async function projectOf(token) {
  const fingerprint = createHash('sha256').update(token).digest('hex');
  const known = tokens.get(fingerprint);
  if (known && Date.now() < known.until) {
    return known.project;
  }
  const answer = await send(`${CHECKPOINT_IAM_ENDPOINT}/v3/auth/tokens?nocatalog`, {
    headers: { 'X-Auth-Token': token, 'X-Subject-Token': token },
  });
  const project = answer.status === 200 ? JSON.parse(answer.body).token.project?.id : undefined;
  tokens.set(fingerprint, { project, until: Date.now() + CACHE_MILLIS });
  return project;
}

async function submit(event) {
  const project = await projectOf(event.headers['x-auth-token']);
  if (!project) {
    return 401;
  }
  if (!event.rawPath.startsWith(`/v2/${project}/`)) {
    return 403;
  }
  const body = JSON.parse(event.body);
  if (!Object.entries(RULES).every(([field, rule]) => rule.test(body[field]))) {
    return 400;
  }
  try {
    await table.send(
      new UpdateItemCommand({
        TableName: CHECKPOINT_TABLE,
        Key: {
          consumer: { S: `${project}/${body.stream_name}/${body.app_name}` },
          checkpoint: { S: `LAST_READ/${body.partition_id.replace('shardId-', '').padStart(10, '0')}` },
        },
        ConditionExpression:
          'attribute_not_exists(sequence_number) OR (sequence_number <= :sequence_number' +
          ' AND (attribute_not_exists(generation_id) OR generation_id <= :generation_id))',
        UpdateExpression: 'SET sequence_number = :sequence_number, metadata = :metadata, updated_at = :now',
        ExpressionAttributeValues: {
          ':sequence_number': { N: body.sequence_number },
          ':generation_id': { N: '9223372036854775807' },
          ':metadata': { S: body.metadata ?? '' },
          ':now': { S: new Date().toISOString() },
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return 201;
  } catch (e) {
    return e instanceof ConditionalCheckFailedException ? 400 : 503;
  }
}

async function poll() {
  const invocations = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;
  for (;;) {
    const next = await send(`${invocations}/next`);
    const event = JSON.parse(next.body);
    const statusCode = await submit(event);
    console.log(JSON.stringify({ request_id: event.requestContext.requestId, status: statusCode }));
    const id = next.headers['lambda-runtime-aws-request-id'];
    await send(
      `${invocations}/${id}/response`,
      { method: 'POST' },
      JSON.stringify({ statusCode, headers: { 'content-length': '0' } }),
    );
  }
}

poll();
