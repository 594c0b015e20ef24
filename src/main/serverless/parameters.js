'use strict';

const count = { type: 'integer', minimum: 1 };

/** What each parameter of serverless.yml may be, in JSON Schema; the ones that osls checks itself may be anything. */
const parameters = {
  architecture: {},
  iamEndpoint: { type: 'string', pattern: '^https://[^/?#\\s]+(/[^?#\\s]*)?$' },
  iamCacheTime: { type: 'string', pattern: '^([0-9]+(ms|[smhd])?|PT[0-9].*)$' },
  iamCacheSize: count,
  iamRequiredRoles: { type: 'string', pattern: '^[^\\s,]+(,[^\\s,]+)*$' },
  iamCaBundle: { type: 'string', pattern: '^/' },
  memorySize: {},
  reservedConcurrency: {},
  rateLimit: count,
  burstLimit: count,
  logRetentionInDays: {},
  deletionProtection: { type: 'boolean' },
  alarmTopic: { type: 'string', pattern: '^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$' },
};

/** Lets a wrong stage, and a parameter that is wrong or does not exist, fail the packaging. */
module.exports = class Parameters {
  constructor(serverless, options) {
    serverless.configSchemaHandler.defineCustomProperties({
      type: 'object',
      properties: { ...parameters, stage: { enum: ['dev', 'prod'] } },
    });
    for (const name of (options.param ?? []).map((param) => param.split('=', 1)[0])) {
      if (!Object.hasOwn(parameters, name)) {
        const known = Object.keys(parameters).join(', ');
        throw new serverless.classes.Error(`There is no parameter '${name}', only ${known}`);
      }
    }
  }
};
