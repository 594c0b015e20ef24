'use strict';

/** The managed policies CachingDisabled and AllViewerExceptHostHeader, whose ids are the same in every account. */
const policies = {
  CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
  OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
};

const to = (origin, pattern) => ({
  ...(pattern && { PathPattern: pattern }),
  TargetOriginId: origin,
  ViewerProtocolPolicy: 'https-only',
  AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
  ...policies,
});

const origin = (id, host) => ({
  Id: id,
  DomainName: host,
  CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] },
});

/** One address for consumers that know only one: the calls of the function go to it, and all others to DIS. */
module.exports = async ({ resolveVariable }) => {
  const disEndpoint = await resolveVariable("self:custom.disEndpoint, ''");
  if (disEndpoint === '') {
    return {};
  }
  return {
    distribution: {
      Type: 'AWS::CloudFront::Distribution',
      Properties: {
        DistributionConfig: {
          Comment: await resolveVariable('self:custom.name'),
          Enabled: true,
          Origins: [
            origin('checkpoints', { 'Fn::Sub': '${HttpApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}' }),
            origin('dis', { 'Fn::Select': [2, { 'Fn::Split': ['/', disEndpoint] }] }),
          ],
          DefaultCacheBehavior: to('dis'),
          // The first pattern that matches counts, and * matches slashes too. Names decide the order: a stream may be called
          // "checkpoints" or "consumers", and a member of a consumer group "streams".
          CacheBehaviors: [
            to('dis', '/v2/*/apps/*/consumers/?*'),
            to('checkpoints', '/v2/*/apps/*/streams/*'),
            to('dis', '/v2/*/*/checkpoints'),
            to('dis', '/v2/*/*/checkpoints/'),
            to('checkpoints', '/v2/*/checkpoints'),
            to('checkpoints', '/v2/*/checkpoints/'),
          ],
          // By default CloudFront caches an error for ten seconds, and answers other callers with it.
          CustomErrorResponses: [400, 403, 404, 405, 414, 500, 501, 502, 503, 504].map((code) => ({
            ErrorCode: code,
            ErrorCachingMinTTL: 0,
          })),
        },
      },
    },
    url: {
      Description: 'One address for consumers that know only one: the checkpoint calls, and the rest of DIS',
      Value: { 'Fn::Sub': 'https://${DisRouter.DomainName}' },
    },
  };
};
