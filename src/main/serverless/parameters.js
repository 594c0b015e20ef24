'use strict';

const { existsSync, readFileSync } = require('node:fs');
const { isIP } = require('node:net');
const { join } = require('node:path');
const { ways } = require('./deployed.js');

/** The commands that need parameters. All others act on what is deployed. */
const PACKAGING = ['package', 'deploy', 'deploy function'];

const NAME = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z]([a-z0-9-]*[a-z0-9])?$/i;
const ENDPOINT =
  /^https:\/\/(?<host>[a-z0-9.-]+|\[(?<v6>[0-9a-f:.]+)\])(:(?<port>[0-9]{1,5}))?(\/([a-z0-9._~!$&'()*+,;=:@/-]|%[0-9a-f]{2})*)?$/i;

function isEndpoint(text) {
  const { host, v6, port = 443 } = ENDPOINT.exec(text)?.groups ?? {};
  return host !== undefined && (v6 ? isIP(v6) === 6 : NAME.test(host) || isIP(host) === 4) && port >= 1 && port <= 65535;
}

const UNITS = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400 };

/** Reads a number with a unit, or an ISO-8601 duration. Anything else is NaN. */
function seconds(text) {
  const [, number, unit = 's'] = /^([0-9]+)(ms|[smhd])?$/i.exec(text) ?? [];
  if (number !== undefined) {
    return number * UNITS[unit.toLowerCase()];
  }
  const iso = /^P(?:([0-9]+)D)?(?:T(?=[0-9])(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:\.[0-9]{1,9})?)S)?)?$/i.exec(text);
  const [, days = 0, hours = 0, minutes = 0, rest = 0] = iso ?? [];
  return iso ? days * UNITS.d + hours * UNITS.h + minutes * UNITS.m + Number(rest) : NaN;
}

const matches = (pattern) => (text) => pattern.test(text);
const truth = { rule: 'true or false', holds: matches(/^(true|false)$/) };
const count = { rule: 'a whole number from 1 on', holds: matches(/^0*[1-9][0-9]*$/) };

/** Every parameter of serverless.yml, and what it must be. What StartCheck refuses at the start, these rules refuse before. */
const rules = {
  package: { rule: 'the path of a zip file', holds: (text) => text !== '' },
  architecture: {
    rule: 'arm64 or x86_64, as the machine that built the package',
    holds: matches(/^(arm64|x86_64)$/),
    required: true,
  },
  accessKeys: truth,
  iamEndpoint: { rule: 'an https:// address with a host, and without user, query and fragment', holds: isEndpoint },
  iamCacheTime: {
    rule: 'more than zero and at most 24 hours, such as PT5M or 300s',
    holds: (text) => seconds(text) > 0 && seconds(text) <= UNITS.d,
  },
  iamCacheSize: { rule: 'from 1 to 10000', holds: (text) => /^[0-9]+$/.test(text) && text >= 1 && text <= 10000 },
  iamRequiredRoles: {
    rule: 'names of roles, separated by commas',
    holds: (text) => text.split(',').some((name) => name.trim() !== '') && !text.includes('${'),
  },
  iamCaBundle: { rule: 'the path of a file, from / on', holds: matches(/^\/[^\0{}]+$/) },
  api: { rule: 'http, rest, private, alb or none', holds: matches(/^(http|rest|private|alb|none)$/) },
  vpcEndpoints: {
    rule: 'the ids of interface endpoints for execute-api, such as vpce-0123456789abcdef0, separated by commas',
    holds: matches(/^vpce-[0-9a-f]{8,17}(,vpce-[0-9a-f]{8,17})*$/),
  },
  listenerArn: {
    rule: 'the ARN of a listener of an Application Load Balancer',
    holds: matches(/^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:listener\/app\/[A-Za-z0-9-]+\/[0-9a-f]+\/[0-9a-f]+$/),
  },
  listenerPriority: {
    rule: 'a whole number from 1 to 50000',
    holds: (text) => /^[1-9][0-9]{0,4}$/.test(text) && text <= 50000,
  },
  webAcl: {
    rule: 'the ARN of a regional web ACL of AWS WAF',
    holds: matches(/^arn:aws[a-z-]*:wafv2:[a-z0-9-]+:[0-9]{12}:regional\/webacl\/[A-Za-z0-9_-]+\/[0-9a-f-]+$/),
  },
  rateLimit: count,
  burstLimit: count,
  deletionProtection: truth,
  dashboard: truth,
  functionUrl: truth,
  disEndpoint: { rule: 'an https:// address with a host, and without a path', holds: matches(/^https:\/\/[A-Za-z0-9.-]+\/?$/) },
  alarmTopic: {
    rule: 'the ARN of an SNS topic',
    holds: matches(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$/),
  },
  expectedTraffic: count,
  remove: {
    rule: `one or more of ${Object.keys(ways)}, separated by commas`,
    holds: (text) => text.split(',').every((name) => Object.hasOwn(ways, name)),
  },
};

/** The schema of osls has rules for these. */
const CHECKED_BY_OSLS = ['memorySize', 'reservedConcurrency', 'logRetentionInDays'];

/** Removes null properties and elements: osls leaves them out of the environment of a function, but not out of resources. */
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

/** Fails the packaging where a stage or a parameter does not exist, or a parameter is wrong. */
module.exports = class Parameters {
  static rules = rules;

  constructor(serverless, options, { log }) {
    this.serverless = serverless;
    const { stage } = serverless.configurationInput.provider;
    const ofStage = this.read(stage);
    const given = (options.param ?? []).map((param) => param.split('=', 1)[0]);
    const known = [...Object.keys(rules), ...CHECKED_BY_OSLS];
    for (const name of [...Object.keys(ofStage), ...given]) {
      if (!known.includes(name)) {
        throw this.wrong(`There is no parameter '${name}', only ${known.join(', ')}`);
      }
    }
    if (ofStage.remove) {
      throw this.wrong('remove is for one deployment, so give it as --param=remove=…, and not in a file');
    }
    const { params } = serverless.configurationInput;
    params[stage] = { ...params[stage], ...ofStage };
    this.checkBeforeOsls();
    this.hooks = {
      initialize: () => {
        const { resources, custom } = serverless.service;
        if (custom.expectedTraffic === null) {
          delete resources.Resources.NoTraffic;
        }
        serverless.service.resources = withoutNulls(resources);
      },
      'before:package:initialize': () => {
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

  /**
   * Checks the parameters where osls checks its schema, which comes before every hook: else a wrong parameter would get the
   * message of the schema first, and a rollback would need the parameters of a deployment.
   */
  checkBeforeOsls() {
    const { configSchemaHandler, processedInput } = this.serverless;
    const { validateConfig } = configSchemaHandler;
    configSchemaHandler.validateConfig = async (configuration) => {
      if (PACKAGING.includes(processedInput.commands.join(' '))) {
        this.check(configuration.custom);
        await validateConfig.call(configSchemaHandler, configuration);
      }
    };
  }

  check(custom) {
    const broken = Object.entries(rules).filter(([name, { holds, required }]) =>
      custom[name] == null ? required : !holds(String(custom[name])),
    );
    if (broken.length > 0) {
      throw this.wrong(broken.map(([name, { rule }]) => `${name} must be ${rule}`).join('\n'));
    }
    const accessKeys = String(custom.accessKeys) === 'true';
    if (custom.iamEndpoint == null && !accessKeys) {
      throw this.wrong('Give iamEndpoint, accessKeys=true or both: else no caller gets in');
    }
    this.checkWayIn(custom);
    if (custom.disEndpoint != null && custom.iamEndpoint == null) {
      throw this.wrong('disEndpoint needs iamEndpoint, because callers get in through the router with tokens alone');
    }
  }

  checkWayIn({ api = 'http', vpcEndpoints, listenerArn, listenerPriority, webAcl, functionUrl, disEndpoint }) {
    const belongsTo = (way, name, value) => {
      if ((value != null) !== (api === way)) {
        throw this.wrong(`api=${way} needs ${name}, and no other api takes it`);
      }
    };
    belongsTo('private', 'vpcEndpoints', vpcEndpoints);
    belongsTo('alb', 'listenerArn', listenerArn);
    belongsTo('alb', 'listenerPriority', listenerPriority);
    if (webAcl != null && !['rest', 'private', 'alb'].includes(api)) {
      throw this.wrong('webAcl needs api=rest, private or alb: AWS WAF does not protect an HTTP API or a function URL');
    }
    if (api === 'none' && String(functionUrl) !== 'true') {
      throw this.wrong('api=none needs functionUrl=true: else no caller reaches the function');
    }
    if (disEndpoint != null && api !== 'http') {
      throw this.wrong('disEndpoint needs api=http, because the router calls the HTTP API');
    }
  }

  wrong(message) {
    return new this.serverless.classes.Error(message);
  }
};
