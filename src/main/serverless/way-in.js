'use strict';

const { createHash } = require('node:crypto');

const FUNCTION_ARN = { 'Fn::GetAtt': ['CheckpointLambdaFunction', 'Arn'] };

/** The body of an error in the format of the API. API Gateway fills in the id of the request. */
function error(code, title, rule) {
  const message = `${title} [${rule}]`;
  return JSON.stringify({ errorCode: code, message, error_code: code, error_msg: message, request_id: '$context.requestId' });
}

const unavailable = error('DIS.5000', 'System error.', 'try again later');
const throttled = error('DIS.4303', 'Exceeded traffic control limit.', 'try again later');

/** The answers that a REST API makes without the function, with the codes of the API. Others keep their status. */
const gatewayAnswers = {
  DEFAULT_4XX: { body: error('DIS.4200', 'Invalid request.', 'not an acceptable HTTP request') },
  DEFAULT_5XX: { body: unavailable, retry: true },
  MISSING_AUTHENTICATION_TOKEN: { status: 404, body: error('DIS.4200', 'Invalid request.', 'there is nothing at this path') },
  ACCESS_DENIED: { status: 403, body: error('DIS.4116', 'Invalid RBAC.', 'the API does not accept calls from this network') },
  WAF_FILTERED: { status: 403, body: error('DIS.4116', 'Invalid RBAC.', 'the firewall of the API refuses the call') },
  REQUEST_TOO_LARGE: { status: 413, body: error('DIS.4200', 'Invalid request.', 'the body must be at most 16 KiB') },
  THROTTLED: { status: 429, body: throttled, retry: true },
  QUOTA_EXCEEDED: { status: 429, body: throttled, retry: true },
  INTEGRATION_FAILURE: { status: 503, body: unavailable, retry: true },
  INTEGRATION_TIMEOUT: { status: 503, body: unavailable, retry: true },
};

/** The fields of the access log of the HTTP API, without any text that a caller chooses, and the type of a gateway's own answer. */
const accessLog = JSON.stringify({
  request_id: '$context.requestId',
  time: '$context.requestTime',
  route: '$context.resourcePath',
  status: '$context.status',
  source_ip: '$context.identity.sourceIp',
  latency_ms: '$context.responseLatency',
  integration_ms: '$context.integrationLatency',
  integration_error: '$context.integrationErrorMessage',
  gateway_answer: '$context.error.responseType',
});

const permission = (service, sourceArn) => ({
  Type: 'AWS::Lambda::Permission',
  Properties: {
    FunctionName: FUNCTION_ARN,
    Action: 'lambda:InvokeFunction',
    Principal: `${service}.amazonaws.com`,
    SourceArn: { 'Fn::Sub': sourceArn },
  },
});

const association = (webAcl, arn, dependsOn) => ({
  Type: 'AWS::WAFv2::WebACLAssociation',
  ...(dependsOn && { DependsOn: dependsOn }),
  Properties: { WebACLArn: webAcl, ResourceArn: arn },
});

function gatewayResponse(type, { status, body, retry }) {
  return {
    Type: 'AWS::ApiGateway::GatewayResponse',
    Properties: {
      RestApiId: { Ref: 'RestApi' },
      ResponseType: type,
      ...(status && { StatusCode: String(status) }),
      ResponseParameters: {
        'gatewayresponse.header.Content-Type': "'application/json; charset=utf-8'",
        'gatewayresponse.header.X-Request-Id': 'context.requestId',
        ...(retry && { 'gatewayresponse.header.Retry-After': "'1'" }),
      },
      ResponseTemplates: { 'application/json': body },
    },
  };
}

const method = (resource) => ({
  Type: 'AWS::ApiGateway::Method',
  Properties: {
    RestApiId: { Ref: 'RestApi' },
    ResourceId: resource,
    HttpMethod: 'ANY',
    AuthorizationType: 'NONE',
    Integration: {
      Type: 'AWS_PROXY',
      IntegrationHttpMethod: 'POST',
      Uri: {
        'Fn::Sub':
          'arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${CheckpointLambdaFunction.Arn}/invocations',
      },
    },
  },
});

/** Lets in the calls that come through the endpoints, and no other. */
function policy(vpcEndpoints) {
  const statement = { Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' };
  return {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', ...statement },
      { Effect: 'Deny', ...statement, Condition: { StringNotEquals: { 'aws:SourceVpce': vpcEndpoints } } },
    ],
  };
}

/** A REST API that hands every call to the function; private, where it has endpoints of a VPC. */
function restApi({ name, stage, rateLimit, burstLimit, logRetentionInDays, webAcl }, vpcEndpoints) {
  const api = {
    RestApi: {
      Type: 'AWS::ApiGateway::RestApi',
      Properties: {
        Name: name,
        EndpointConfiguration: vpcEndpoints ? { Types: ['PRIVATE'], VpcEndpointIds: vpcEndpoints } : { Types: ['REGIONAL'] },
        ...(vpcEndpoints && { Policy: policy(vpcEndpoints) }),
      },
    },
    RestApiAnyPath: {
      Type: 'AWS::ApiGateway::Resource',
      Properties: {
        RestApiId: { Ref: 'RestApi' },
        ParentId: { 'Fn::GetAtt': ['RestApi', 'RootResourceId'] },
        PathPart: '{proxy+}',
      },
    },
    RestApiMethod: method({ Ref: 'RestApiAnyPath' }),
    RestApiRootMethod: method({ 'Fn::GetAtt': ['RestApi', 'RootResourceId'] }),
  };
  for (const [type, answer] of Object.entries(gatewayAnswers)) {
    const id = type.toLowerCase().replace(/(^|_)([a-z0-9])/g, (match, before, letter) => letter.toUpperCase());
    api[`RestApiAnswer${id}`] = gatewayResponse(type, answer);
  }
  // A deployment is a snapshot, so a change of the API needs a new one.
  const deployment = `RestApiDeployment${createHash('sha256').update(JSON.stringify(api)).digest('hex').slice(0, 12)}`;
  return {
    ...api,
    [deployment]: {
      Type: 'AWS::ApiGateway::Deployment',
      DependsOn: Object.keys(api).filter((id) => id !== 'RestApi'),
      Properties: { RestApiId: { Ref: 'RestApi' } },
    },
    RestApiStage: {
      Type: 'AWS::ApiGateway::Stage',
      Properties: {
        RestApiId: { Ref: 'RestApi' },
        DeploymentId: { Ref: deployment },
        StageName: stage,
        TracingEnabled: true,
        AccessLogSetting: { DestinationArn: { 'Fn::GetAtt': ['RestApiLogGroup', 'Arn'] }, Format: accessLog },
        MethodSettings: [
          { HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: rateLimit, ThrottlingBurstLimit: burstLimit },
        ],
      },
    },
    RestApiLogGroup: {
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: `/aws/rest-api/${name}`, RetentionInDays: logRetentionInDays },
    },
    RestApiPermission: permission(
      'apigateway',
      'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${RestApi}/*',
    ),
    ...(webAcl && {
      WebAclAssociation: association(
        webAcl,
        { 'Fn::Sub': `arn:\${AWS::Partition}:apigateway:\${AWS::Region}::/restapis/\${RestApi}/stages/${stage}` },
        'RestApiStage',
      ),
    }),
  };
}

/** A rule and a target group behind a listener that is there already. */
function loadBalancer({ name, listenerArn, listenerPriority, webAcl }) {
  const targets = name.slice(0, 32).replace(/-$/, '');
  return {
    LoadBalancerTargets: {
      Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
      DependsOn: 'LoadBalancerPermission',
      Properties: {
        Name: targets,
        TargetType: 'lambda',
        Targets: [{ Id: FUNCTION_ARN }],
        // Without it, a second header or parameter of a name would be lost, and not be refused.
        TargetGroupAttributes: [{ Key: 'lambda.multi_value_headers.enabled', Value: 'true' }],
      },
    },
    LoadBalancerRule: {
      Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
      Properties: {
        ListenerArn: listenerArn,
        Priority: Number(listenerPriority),
        Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/v2/*', '//v2/*'] } }],
        Actions: [{ Type: 'forward', TargetGroupArn: { Ref: 'LoadBalancerTargets' } }],
      },
    },
    // By the name of the target group, because its ARN would make the two resources wait for each other.
    LoadBalancerPermission: permission(
      'elasticloadbalancing',
      `arn:\${AWS::Partition}:elasticloadbalancing:\${AWS::Region}:\${AWS::AccountId}:targetgroup/${targets}/*`,
    ),
    ...(webAcl && { WebAclAssociation: association(webAcl, balancerOf(listenerArn).arn) }),
  };
}

/** arn:…:listener/app/NAME/ID/LISTENER is a listener of the balancer arn:…:loadbalancer/app/NAME/ID. */
function balancerOf(listenerArn) {
  const [, before, id] = /^(.*:)listener\/(app\/[^/]+\/[^/]+)\/[^/]+$/.exec(listenerArn);
  return { arn: `${before}loadbalancer/${id}`, id };
}

const dimensions = (values) => Object.entries(values).map(([Name, Value]) => ({ Name, Value }));

/** The ways other than the HTTP API: resources, outputs, alarms in place of api-5xx, and metrics in place of the HTTP API's. */
const ways = {
  rest: (custom) => ({
    resources: restApi(custom),
    outputs: {
      RestApiUrl: {
        Description: 'Address of the REST API',
        Value: { 'Fn::Sub': `https://\${RestApi}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}/${custom.stage}` },
      },
    },
    alarms: {
      ApiServerErrors: { MetricName: '5XXError', Dimensions: dimensions({ ApiName: custom.name, Stage: custom.stage }) },
    },
    metrics: {
      namespace: 'AWS/ApiGateway',
      names: { Count: 'Count', '4xx': '4XXError', '5xx': '5XXError', Latency: 'Latency' },
      dimensions: ['ApiName', custom.name, 'Stage', custom.stage],
    },
  }),
  private: (custom) => {
    const endpoints = custom.vpcEndpoints.split(',');
    return {
      ...ways.rest(custom),
      resources: restApi(custom, endpoints),
      outputs: {
        RestApiUrl: {
          Description: 'Address of the REST API within the VPC, through the first of the endpoints',
          Value: { 'Fn::Sub': `https://\${RestApi}-${endpoints[0]}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}/${custom.stage}` },
        },
      },
    };
  },
  alb: (custom) => {
    const { id } = balancerOf(custom.listenerArn);
    const ofBalancer = { LoadBalancer: id };
    const ofTargets = { TargetGroup: { 'Fn::GetAtt': ['LoadBalancerTargets', 'TargetGroupFullName'] }, ...ofBalancer };
    const alarm = (MetricName, values) => ({
      Namespace: 'AWS/ApplicationELB',
      MetricName,
      Dimensions: dimensions(values),
      AlarmName: `${custom.name}-${MetricName.replace(/_/g, '-').toLowerCase()}`,
    });
    return {
      resources: loadBalancer(custom),
      outputs: {},
      alarms: {
        LoadBalancerErrors: alarm('HTTPCode_ELB_5XX_Count', ofBalancer),
        LoadBalancerTargetErrors: alarm('HTTPCode_Target_5XX_Count', ofTargets),
        LoadBalancerFunctionErrors: { ...alarm('LambdaUserError', ofTargets), Threshold: 1 },
      },
      metrics: {
        namespace: 'AWS/ApplicationELB',
        names: { Count: 'RequestCount', '4xx': 'HTTPCode_Target_4XX_Count', '5xx': 'HTTPCode_Target_5XX_Count' },
        dimensions: ['TargetGroup', '${LoadBalancerTargets.TargetGroupFullName}', 'LoadBalancer', id],
      },
    };
  },
  none: () => ({ resources: {}, outputs: {}, alarms: {}, metrics: { names: {} } }),
};

/** Shows the metrics of the way on the dashboard. A widget that has none left is dropped. */
function show({ namespace, names, dimensions: values }, dashboard) {
  const body = JSON.parse(dashboard.Properties.DashboardBody['Fn::Sub']);
  body.widgets = body.widgets.filter(({ properties }) => {
    properties.metrics = properties.metrics
      ?.filter(([of, metric]) => of !== 'AWS/ApiGateway' || names[metric])
      .map(([of, metric, ...rest]) =>
        of === 'AWS/ApiGateway' ? [namespace, names[metric], ...values, ...rest.slice(2)] : [of, metric, ...rest],
      );
    return properties.metrics?.length !== 0;
  });
  dashboard.Properties.DashboardBody['Fn::Sub'] = JSON.stringify(body);
}

/** Puts another way in, in place of the HTTP API that serverless.yml describes: the parameter api. */
module.exports = class WayIn {
  constructor(serverless) {
    this.hooks = {
      initialize: () => {
        const { custom, provider, resources } = serverless.service;
        const packages = ['package', 'deploy'].includes(serverless.processedInput.commands.join(' '));
        if (packages && custom.api !== 'http') {
          this.replace(serverless, ways[custom.api]({ ...custom, stage: provider.stage }), resources);
        }
      },
    };
  }

  replace(serverless, { resources, outputs, alarms, metrics }, { Resources, Outputs, extensions }) {
    serverless.service.functions.checkpoint.events = [];
    delete extensions.HttpApiStage;
    const { Type, Properties } = Resources.ApiServerErrors;
    delete Resources.ApiServerErrors;
    for (const [id, own] of Object.entries(alarms)) {
      Resources[id] = { Type, Properties: { ...Properties, ...own } };
    }
    Object.assign(Resources, resources);
    Object.assign(Outputs, outputs);
    if (Resources.Dashboard) {
      show(metrics, Resources.Dashboard);
    }
  }
};
