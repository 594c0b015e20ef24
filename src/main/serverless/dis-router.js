'use strict';

/** The managed policies CachingDisabled and AllViewerExceptHostHeader: they have the same ids in every account. */
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

/** One address for consumers that know only one: the checkpoints to the function, and all else to DIS. */
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
          // The first that matches counts, and * stands for slashes as well: a stream may be called "checkpoints".
          CacheBehaviors: [
            to('dis', '/v2/*/*/checkpoints'),
            to('dis', '/v2/*/*/checkpoints/'),
            to('checkpoints', '/v2/*/checkpoints'),
            to('checkpoints', '/v2/*/checkpoints/'),
          ],
          // Without these, an error is remembered for ten seconds, whoever asks next.
          CustomErrorResponses: [400, 403, 404, 405, 414, 500, 501, 502, 503, 504].map((code) => ({
            ErrorCode: code,
            ErrorCachingMinTTL: 0,
          })),
        },
      },
    },
    url: {
      Description: 'One address for consumers that know only one: the checkpoints, and the rest of DIS',
      Value: { 'Fn::Sub': 'https://${DisRouter.DomainName}' },
    },
  };
};
