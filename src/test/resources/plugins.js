'use strict';

// Calls the plugins of src/main/serverless as osls does, many times in one process, because each start of osls takes seconds.
// It reads an array of { plugin, hook, custom, options, serviceDir, environment } and writes an array of { output, error }. A case
// without a hook checks the parameters. NODE_PATH has the libraries of osls.

const { readFileSync } = require('node:fs');
const { resolve } = require('node:path');

class ServerlessError extends Error {}

async function run({ plugin, hook, custom = {}, options = {}, serviceDir = '.', environment = {} }) {
  const output = [];
  const serverless = {
    serviceDir,
    classes: { Error: ServerlessError },
    configurationInput: { provider: { stage: options.stage ?? 'dev' }, params: {} },
    configSchemaHandler: { validateConfig: async () => {} },
    processedInput: { commands: ['package'] },
    service: { custom },
    getProvider: () => ({
      getStage: () => options.stage ?? 'dev',
      getRegion: () => 'eu-central-1',
      getAwsSdkV3CredentialsProvider: () => async () => ({ accessKeyId: 'local', secretAccessKey: 'local' }),
    }),
  };
  const variables = { ...process.env };
  Object.assign(process.env, environment);
  try {
    const Plugin = require(resolve(`src/main/serverless/${plugin}.js`));
    const instance = new Plugin(serverless, options, {
      writeText: (text) => output.push(...[text].flat()),
      log: { warning: (text) => output.push(text) },
    });
    await (hook ? instance.hooks[hook]() : serverless.configSchemaHandler.validateConfig({ custom }));
    return { output, error: null };
  } catch (error) {
    if (!(error instanceof ServerlessError)) {
      throw error;
    }
    return { output, error: error.message };
  } finally {
    process.env = variables;
  }
}

async function main() {
  const results = [];
  for (const item of JSON.parse(readFileSync(0))) {
    results.push(await run(item));
  }
  console.log(JSON.stringify(results));
}

main();
