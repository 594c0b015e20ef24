'use strict';

const { createHash, createHmac } = require('node:crypto');

const SECONDS = 30;

/**
 * Percent-encodes a name or a value of a URL's query after RFC 3986. Escapes stay escapes. A plus is a plus, because the function,
 * unlike a form, does not read it as a blank.
 */
const encoded = (text) =>
  text.replace(/%([0-9a-f]{2})|./gi, (part, escaped) => {
    const code = escaped ? parseInt(escaped, 16) : part.charCodeAt(0);
    const character = String.fromCharCode(code);
    return /[A-Za-z0-9._~-]/.test(character) ? character : `%${code.toString(16).toUpperCase().padStart(2, '0')}`;
  });

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

/** The headers of a request that is signed with an access key, in the form of the v3 SDKs. */
function signed(method, url, body, { ak, sk }) {
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const path = url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`;
  // NUL sorts before every other sign, so that a name is compared to its end before its value is.
  const query = url.search
    .slice(1)
    .split('&')
    .filter((parameter) => parameter !== '')
    .map((parameter) => /^([^=]*)=?(.*)$/.exec(parameter).slice(1).map(encoded).join('\0'))
    .sort();
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

/** The answer to a call with a token or an access key: its status, its Retry-After, and its body as text. */
async function call(method, address, body, credentials, seconds = SECONDS) {
  const url = new URL(address);
  const proof = credentials.token
    ? { 'X-Auth-Token': credentials.token }
    : signed(method, url, body ?? '', credentials);
  const response = await fetch(url, {
    method,
    headers: { 'Content-Type': 'application/json', ...proof },
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(seconds * 1000),
  }).catch((error) => {
    throw new Error(`${url.origin} cannot be reached: ${error.cause?.code ?? error.cause?.message ?? error.message}`);
  });
  return { status: response.status, retryAfter: response.headers.get('Retry-After'), body: await response.text() };
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
