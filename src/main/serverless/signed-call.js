'use strict';

const { createHash, createHmac } = require('node:crypto');

const SECONDS = 30;

const encoded = (text) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

/** The headers of a request that is signed with an access key, in the form of the v3 SDKs. */
function signed(method, url, body, { ak, sk }) {
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const path = url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`;
  // Joined by what sorts before every other sign, so that a name is not sorted by what follows it.
  const query = [...url.searchParams].map((parameter) => parameter.map(encoded).join('\0')).sort();
  const names = 'host;x-sdk-date';
  const request = [
    method,
    path,
    query.join('&').replaceAll('\0', '='),
    `host:${url.host}\nx-sdk-date:${date}\n`,
    names,
    sha256(body),
  ].join('\n');
  const signature = createHmac('sha256', sk).update(`SDK-HMAC-SHA256\n${date}\n${sha256(request)}`).digest('hex');
  return {
    'X-Sdk-Date': date,
    Authorization: `SDK-HMAC-SHA256 Access=${ak}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

/** The answer to a call with a token or an access key: its status, and its body as text. */
async function call(method, address, body, credentials) {
  const url = new URL(address);
  const proof = credentials.token
    ? { 'X-Auth-Token': credentials.token }
    : signed(method, url, body ?? '', credentials);
  const response = await fetch(url, {
    method,
    headers: { 'Content-Type': 'application/json', ...proof },
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(SECONDS * 1000),
  }).catch((error) => {
    throw new Error(`${url.origin} cannot be reached: ${error.cause?.code ?? error.cause?.message ?? error.message}`);
  });
  return { status: response.status, body: await response.text() };
}

module.exports = { call };

async function main([method, address, body], { AK: ak, SK: sk }) {
  if (!method || !address || !ak || !sk) {
    throw new Error('Usage: AK=… SK=… node signed-call.js <method> <address> [<body>]');
  }
  const answer = await call(method, address, body, { ak, sk });
  console.error(answer.status);
  if (answer.body) {
    console.log(answer.body);
  }
  process.exitCode = answer.status < 300 ? 0 : 1;
}

if (require.main === module) {
  main(process.argv.slice(2), process.env).catch((error) => {
    console.error(error.message);
    process.exitCode = 2;
  });
}
