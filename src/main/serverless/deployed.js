'use strict';

/** The ways in and their tables: each parameter that creates one, and how it is found in the resources of a template. */
const ways = {
  accessKeys: ({ AccessKeyTable }) => AccessKeyTable,
  iamEndpoint: ({ CheckpointLambdaFunction }) =>
    CheckpointLambdaFunction?.Properties.Environment.Variables.CHECKPOINT_IAM_ENDPOINT,
  functionUrl: ({ CheckpointLambdaFunctionUrl }) => CheckpointLambdaFunctionUrl,
  disEndpoint: ({ DisRouter }) => DisRouter,
  http: ({ HttpApi }) => HttpApi,
  rest: ({ RestApi }) => RestApi && !isPrivate(RestApi),
  private: ({ RestApi }) => RestApi && isPrivate(RestApi),
  alb: ({ LoadBalancerRule }) => LoadBalancerRule,
};

const isPrivate = ({ Properties }) => Properties.EndpointConfiguration.Types.includes('PRIVATE');

/** Fails a deployment or a rollback that would take away a way in, unless the parameter `remove` names it. */
module.exports = class Deployed {
  static ways = ways;

  constructor(serverless, options, { log }) {
    this.serverless = serverless;
    this.log = log;
    this.hooks = {
      'before:aws:deploy:deploy:createStack': () =>
        this.check('deployment', serverless.service.provider.compiledCloudFormationTemplate),
      'before:rollback:rollback': async () => {
        const template = options.timestamp && (await this.earlierTemplate(options.timestamp));
        if (template) {
          await this.check('rollback', template);
        }
      },
    };
  }

  async check(command, { Resources: next }) {
    const { Resources: deployed } = await this.deployedTemplate();
    const stage = this.aws().getStage();
    const named = this.serverless.service.custom.remove?.split(',') ?? [];
    const taken = Object.keys(ways).filter((way) => ways[way](deployed) && !ways[way](next));
    const lost = taken.filter((way) => !named.includes(way));
    if (lost.length > 0) {
      throw new this.serverless.classes.Error(
        `This ${command} would take ${lost.join(' and ')} away from stage ${stage}: ` +
          `${command === 'deployment' ? 'give the parameter as before, or ' : 'add '}` +
          `--param=remove=${[...named, ...lost]} if that is what you want`,
      );
    }
    for (const way of named.filter((name) => !taken.includes(name))) {
      const reason = ways[way]?.(next) ? 'its parameter is still given' : `stage ${stage} has none`;
      this.log.warning(`remove=${way} takes nothing away: ${reason}`);
    }
  }

  /** The template of the deployed stack, without resources where there is no stack yet. */
  async deployedTemplate() {
    const { GetTemplateCommand } = require.main.require('@aws-sdk/client-cloudformation');
    const client = await this.aws().getCloudFormationClient();
    try {
      const name = this.aws().naming.getStackName();
      return JSON.parse((await client.send(new GetTemplateCommand({ StackName: name }))).TemplateBody);
    } catch (error) {
      if (error.name === 'ValidationError' && /does not exist/.test(error.message)) {
        return { Resources: {} };
      }
      throw error;
    }
  }

  /** The template that a rollback deploys, from where osls keeps it. Undefined where there is none, which osls says itself. */
  async earlierTemplate(timestamp) {
    const date = [new Date(timestamp), new Date(Number(timestamp))].find((time) => !isNaN(time));
    if (!date) {
      return undefined;
    }
    const { S3Client, GetObjectCommand } = require.main.require('@aws-sdk/client-s3');
    const aws = this.aws();
    const service = [aws.getDeploymentPrefix(), this.serverless.service.service, aws.getStage()];
    const directory = `${date.getTime()}-${date.toISOString()}`;
    try {
      const object = await new S3Client(await aws.getAwsSdkV3Config()).send(
        new GetObjectCommand({
          Bucket: await aws.getServerlessDeploymentBucketName(),
          Key: [...service, directory, aws.naming.getCompiledTemplateS3Suffix()].join('/'),
        }),
      );
      return JSON.parse(await object.Body.transformToString());
    } catch (error) {
      if (error.name === 'NoSuchKey') {
        return undefined;
      }
      throw error;
    }
  }

  aws() {
    return this.serverless.getProvider('aws');
  }
};
