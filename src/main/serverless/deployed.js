'use strict';

/** What lets callers in, by the parameter that creates it, in a template of the stack. */
const ways = {
  accessKeys: ({ AccessKeyTable }) => AccessKeyTable,
  iamEndpoint: ({ CheckpointLambdaFunction }) =>
    CheckpointLambdaFunction?.Properties.Environment.Variables.CHECKPOINT_IAM_ENDPOINT,
  functionUrl: ({ CheckpointLambdaFunctionUrl }) => CheckpointLambdaFunctionUrl,
  disEndpoint: ({ DisRouter }) => DisRouter,
};

/** Lets a deployment fail that would take away a table or a way in, unless the parameter `remove` says so. */
module.exports = class Deployed {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = { 'before:aws:deploy:deploy:createStack': () => this.check() };
  }

  async check() {
    const { Resources: deployed } = await this.template();
    const { Resources: next } = this.serverless.service.provider.compiledCloudFormationTemplate;
    const meant = this.serverless.service.custom.remove?.split(',') ?? [];
    const lost = Object.keys(ways).filter((name) => ways[name](deployed) && !ways[name](next) && !meant.includes(name));
    if (lost.length > 0) {
      throw new this.serverless.classes.Error(
        `This would take ${lost.join(' and ')} away from stage ${this.aws().getStage()}: give the parameter as before, ` +
          `or --param=remove=${lost.join(',')} if that is what you want`,
      );
    }
  }

  /** The template of the deployed stack; one without resources where there is no stack yet. */
  async template() {
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

  aws() {
    return this.serverless.getProvider('aws');
  }
};
