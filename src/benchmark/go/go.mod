module checkpoint-go-peer

go 1.19

// What Debian 12 packages, with Go 1.19.
require (
	github.com/aws/aws-sdk-go-v2 v1.17.1
	github.com/aws/aws-sdk-go-v2/credentials v1.12.23
	github.com/aws/aws-sdk-go-v2/service/dynamodb v1.17.3
)
