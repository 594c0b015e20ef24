'use strict';

const count = { type: 'integer', minimum: 1 };

/** What each parameter of serverless.yml may be, in JSON Schema; the ones that osls checks itself may be anything. */
const parameters = {
  architecture: {},
  accessKeys: { type: 'boolean' },
  iamEndpoint: { type: 'string', pattern: '^https://[^/?#\\s]+(/[^?#\\s]*)?$' },
  iamCacheTime: { type: 'string', pattern: '^(0*[1-9][0-9]*(ms|[smhd])?|PT[0-9].*)$' },
  iamCacheSize: { ...count, maximum: 10000 },
  iamRequiredRoles: { type: 'string', pattern: '^[^\\s,]+(,[^\\s,]+)*$' },
  iamCaBundle: { type: 'string', pattern: '^/' },
  memorySize: {},
  reservedConcurrency: {},
  rateLimit: count,
  burstLimit: count,
  logRetentionInDays: {},
  deletionProtection: { type: 'boolean' },
  dashboard: { type: 'boolean' },
  functionUrl: { type: 'boolean' },
  alarmTopic: { type: 'string', pattern: '^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$' },
};

/** Without what is null: osls leaves that out of the environment of a function, but not out of resources. */
function withoutNulls(value) {
  if (Array.isArray(value)) {
    return value.filter((element) => element !== null).map(withoutNulls);
  }
  if (value === null || typeof value !== 'object') {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, property]) => property !== null)
      .map(([name, property]) => [name, withoutNulls(property)]),
  );
}

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
    this.hooks = {
      initialize: () => {
        serverless.service.resources = withoutNulls(serverless.service.resources);
      },
      'before:package:initialize': () => {
        const { iamEndpoint, accessKeys } = serverless.service.custom;
        if (!iamEndpoint && !accessKeys) {
          throw new serverless.classes.Error('Give iamEndpoint, accessKeys=true or both: else nobody is let in');
        }
      },
    };
  }
};
