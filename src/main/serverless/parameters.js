'use strict';

const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const count = { type: 'integer', minimum: 1 };

/**
 * What each parameter of serverless.yml may be, in JSON Schema; the ones that osls checks itself, and those with a rule below,
 * may be anything here.
 */
const parameters = {
  package: { type: 'string' },
  architecture: {},
  accessKeys: { type: 'boolean' },
  iamEndpoint: {},
  iamCacheTime: {},
  iamCacheSize: {},
  iamRequiredRoles: {},
  iamCaBundle: {},
  memorySize: {},
  reservedConcurrency: {},
  rateLimit: count,
  burstLimit: count,
  logRetentionInDays: {},
  deletionProtection: { type: 'boolean' },
  dashboard: { type: 'boolean' },
  functionUrl: { type: 'boolean' },
  disEndpoint: { type: 'string', pattern: '^https://[A-Za-z0-9.-]+/?$' },
  alarmTopic: { type: 'string', pattern: '^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$' },
  expectedTraffic: count,
  remove: { type: 'string', pattern: '^((^|,)(accessKeys|iamEndpoint|functionUrl|disEndpoint))+$' },
};

const LABEL = '[a-z0-9]([a-z0-9-]*[a-z0-9])?';
const OCTET = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const HOST = `((${LABEL}\\.)*[a-z]([a-z0-9-]*[a-z0-9])?|${OCTET}(\\.${OCTET}){3})`;
const ENDPOINT = new RegExp(`^https://${HOST}(:[0-9]{1,5})?(/([a-z0-9._~!$&'()*+,;=:@/-]|%[0-9a-f]{2})*)?$`, 'i');

const UNITS = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400 };

/** The seconds of a number with a unit or of an ISO-8601 duration, and of nothing else. */
function seconds(text) {
  const [, number, unit = 's'] = /^([0-9]+)(ms|[smhd])?$/i.exec(text) ?? [];
  if (number !== undefined) {
    return number * UNITS[unit.toLowerCase()];
  }
  const iso = /^P(?:([0-9]+)D)?(?:T(?=[0-9])(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:\.[0-9]{1,9})?)S)?)?$/i.exec(text);
  const [, days = 0, hours = 0, minutes = 0, rest = 0] = iso ?? [];
  return iso ? days * UNITS.d + hours * UNITS.h + minutes * UNITS.m + Number(rest) : NaN;
}

/** What the start of the function refuses (StartCheck), the packaging refuses. */
const rules = {
  iamEndpoint: {
    rule: 'an https:// address with a host, and without user, query and fragment',
    holds: (text) => ENDPOINT.test(text),
  },
  iamCacheTime: {
    rule: 'more than zero and at most 24 hours, such as PT5M or 300s',
    holds: (text) => seconds(text) > 0 && seconds(text) <= UNITS.d,
  },
  iamCacheSize: {
    rule: 'from 1 to 10000',
    holds: (text) => /^[0-9]+$/.test(text) && text >= 1 && text <= 10000,
  },
  iamRequiredRoles: {
    rule: 'names of roles, separated by commas',
    holds: (text) => /^[^\s,{}]+(,[^\s,{}]+)*$/.test(text),
  },
  iamCaBundle: {
    rule: 'the path of a file, from / on',
    holds: (text) => /^\/[^\0{}]+$/.test(text),
  },
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
  static rules = rules;

  constructor(serverless, options, { log }) {
    this.serverless = serverless;
    const { stage } = serverless.configurationInput.provider;
    const ofStage = this.read(stage);
    const given = (options.param ?? []).map((param) => param.split('=', 1)[0]);
    for (const name of [...Object.keys(ofStage), ...given]) {
      if (!Object.hasOwn(parameters, name)) {
        const known = Object.keys(parameters).join(', ');
        throw this.wrong(`There is no parameter '${name}', only ${known}`);
      }
    }
    if (ofStage.remove) {
      throw this.wrong('remove is for one deployment, so give it as --param=remove=…, and not in a file');
    }
    const { params } = serverless.configurationInput;
    params[stage] = { ...params[stage], ...ofStage };
    serverless.configSchemaHandler.defineCustomProperties({ type: 'object', properties: parameters });
    this.hooks = {
      initialize: () => {
        const { resources, custom } = serverless.service;
        if (custom.expectedTraffic === null) {
          delete resources.Resources.NoTraffic;
        }
        serverless.service.resources = withoutNulls(resources);
      },
      'before:package:initialize': () => {
        this.check(serverless.service.custom);
        if (stage !== 'dev' && !serverless.service.custom.alarmTopic) {
          log.warning(`${stage} has no alarmTopic: its alarms will notify nobody`);
        }
      },
    };
  }

  /** The parameters in the file of a stage. */
  read(stage) {
    const file = `parameters/${stage}.yml`;
    const path = join(this.serverless.serviceDir, file);
    if (!existsSync(path)) {
      if (stage === 'dev' || stage === 'prod') {
        return {};
      }
      throw this.wrong(`There is no stage '${stage}', only dev, prod and those with a file of parameters: ${file}`);
    }
    let content;
    try {
      content = require.main.require('js-yaml').load(readFileSync(path, 'utf8')) ?? {};
    } catch (error) {
      throw this.wrong(`${file} cannot be read: ${error.message}`);
    }
    if (typeof content !== 'object' || Array.isArray(content)) {
      throw this.wrong(`${file} must have lines of the form 'parameter: value'`);
    }
    return content;
  }

  check(custom) {
    const broken = Object.entries(rules).filter(([name, { holds }]) => custom[name] !== null && !holds(String(custom[name])));
    if (broken.length > 0) {
      throw this.wrong(broken.map(([name, { rule }]) => `${name} must be ${rule}`).join('\n'));
    }
    if (custom.iamEndpoint === null && !custom.accessKeys) {
      throw this.wrong('Give iamEndpoint, accessKeys=true or both: else nobody is let in');
    }
    if (custom.disEndpoint !== null && custom.iamEndpoint === null) {
      throw this.wrong('disEndpoint needs iamEndpoint: through the router only tokens let in');
    }
  }

  wrong(message) {
    return new this.serverless.classes.Error(message);
  }
};
